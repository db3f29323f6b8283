"""The ledger of one period of a budget: its meter, and every movement with the running balance."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.web import OrgRequest
from budgets import selectors
from budgets.exports import ledger_response
from budgets.forms import LedgerFilterForm
from budgets.rules import ZERO, effects
from procurement.core.paging import page_of

_LINES_PER_PAGE = 50


@require_GET
def ledger(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Show one period of a budget: its meter, and every movement with the running balance."""
    covering = selectors.period_for(request.actor, period_id)
    form = LedgerFilterForm(request.GET)
    narrowing = form.narrowing()
    lines = selectors.ledger_of(covering, narrowing)
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "budgets/ledger.html",
        {
            "covering": covering,
            "budget": selectors.budget_for(request.actor, covering.budget_id),
            "meter": effects([covering], ZERO)[0].meter,
            "form": form,
            "narrowing": narrowing,
            "moved": selectors.moved(lines) if narrowing.is_narrow else None,
            "page": page_of(request, lines, per_page=_LINES_PER_PAGE),
            "query": query.urlencode(),
            "periods": selectors.periods_around(covering),
            "can_manage": request.actor.can(Permission.MANAGE_BUDGETS, covering.group_path),
            "sees_orders": request.actor.can(Permission.VIEW_ORDERS, covering.group_path),
        },
    )


@require_GET
def ledger_csv(request: OrgRequest, period_id: UUID) -> HttpResponseBase:
    """Download the lines of one period's ledger that the page would show, all pages of them."""
    covering = selectors.period_for(request.actor, period_id)
    narrowing = LedgerFilterForm(request.GET).narrowing()
    name = f"ledger-{slugify(covering.group_name)}-{slugify(covering.period.label)}"
    return ledger_response(request.organization, [period_id], name, narrowing)
