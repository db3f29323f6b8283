"""A version of a policy in full, how it differs from another, and publishing it again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.forms import RepublishForm
from procurement.core import clock
from procurement.core.errors import DomainError


@require_GET
def version(request: OrgRequest, group_id: UUID, number: int) -> HttpResponse:
    """Show what a version says, when it held, and what is different in it from another."""
    asked = request.GET.get("against", "")
    page = selectors.version_page(
        request.actor,
        group_id,
        number,
        clock.now(),
        against=int(asked) if asked.isdecimal() and len(asked) < 10 else None,  # noqa: PLR2004 – what a number column holds
    )
    return render(request, "approvals/version.html", {"page": page})


@require_http_methods(["GET", "POST"])
def republish(request: OrgRequest, group_id: UUID, number: int) -> HttpResponse:
    """Say what going back would change, ask why, and publish the version again as the next one."""
    now = clock.now()
    page = selectors.version_page(request.actor, group_id, number, now)
    require(request.actor, Permission.MANAGE_POLICIES, page.group)
    form = RepublishForm(request.POST or None, initial={"based_on": page.last.version.number})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                published = services.republish_version(
                    actor=request.actor,
                    group=page.group,
                    number=number,
                    reason=form.cleaned_data["reason"],
                    based_on=form.cleaned_data["based_on"],
                    accepted=form.acceptance,
                    now=now,
                )
            except services.PolicyHasDeadEnds:
                form.refuse_dead_ends()
            except DomainError as refused:
                form.add_error(
                    refused.field if refused.field in form.fields else None, refused.message
                )
                status = refused.status
            else:
                messages.success(
                    request,
                    f"Version {published.number} is published; it says what version {number} said.",
                )
                return redirect(
                    org_reverse(request.organization, "approvals:policy", group_id=group_id)
                )
    context: dict[str, Any] = {
        "page": page,
        "form": form,
        "findings": selectors.draft_findings(page.group, page.row.document, now),
    }
    return render(request, "approvals/republish.html", context, status=status)
