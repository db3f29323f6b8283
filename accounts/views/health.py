"""The page of the hierarchy's check."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.health import FindingKind
from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.paging import page_of


@require_http_methods(["GET", "POST"])
def check_hierarchy(request: OrgRequest) -> HttpResponse:
    """Show what the last check of the tree has found; check it anew when asked to."""
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    if request.method == "POST":
        review = services.review_hierarchy(actor=request.actor, now=clock.now())
        found = len(review.findings)
        messages.success(request, f"Checked: {found} thing{'' if found == 1 else 's'} to look at.")
        return redirect(org_reverse(request.organization, "accounts:check"))
    last = selectors.last_review()
    rows = [
        {
            **finding,
            "head": FindingKind(finding["kind"]).head,
            "group_id": UUID(finding["group_id"]) if finding["group_id"] else None,
        }
        for finding in (last.findings if last else ())
    ]
    context = {"review": last, "page": page_of(request, rows)}
    return render(request, "accounts/check.html", context)
