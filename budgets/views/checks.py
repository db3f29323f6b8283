"""Pages of the checks of the ledger: each comparison that was made, and what it found."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.web import OrgRequest
from budgets import selectors
from procurement.core.paging import page_of


@require_GET
def ledger_checks(request: OrgRequest) -> HttpResponse:
    """List the checks of the ledger, the latest first."""
    page = page_of(request, selectors.ledger_checks(request.actor))
    return render(request, "budgets/checks.html", {"page": page})


@require_GET
def ledger_check(request: OrgRequest, check_id: UUID) -> HttpResponse:
    """Show what one check has found."""
    check = selectors.ledger_check_for(request.actor, check_id)
    context = {"check": check, "more": check.found - len(check.findings)}
    return render(request, "budgets/check.html", context)
