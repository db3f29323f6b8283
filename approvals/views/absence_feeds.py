"""Pages of the calendars that absences are read from: one's own, and the organization's."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Membership
from accounts.permissions import Permission, require
from accounts.selectors import members_by_id, root_group
from accounts.web import OrgRequest, org_reverse
from approvals import services
from approvals.forms import FeedForm
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal


@require_http_methods(["GET", "POST"])
def add_feed(request: OrgRequest) -> HttpResponse:
    """Have the reader's absences read from their calendar."""
    member = members_by_id([request.actor.membership_id])[request.actor.membership_id]
    return _added(request, member, back="approvals:absence")


@require_http_methods(["GET", "POST"])
def add_organization_feed(request: OrgRequest) -> HttpResponse:
    """Have everybody's absences read from a calendar of the organization."""
    require(request.actor, Permission.MANAGE_PEOPLE, root_group())
    return _added(request, None, back="approvals:absences")


@require_POST
def end_feed(request: OrgRequest, feed_id: UUID) -> HttpResponse:
    """Read a calendar no more."""
    feed = services.end_feed(actor=request.actor, feed_id=feed_id, now=clock.now())
    messages.success(request, f"{feed.name} is not read any more; what it had set has ended.")
    back = "approvals:absence" if feed.membership_id else "approvals:absences"
    return redirect(org_reverse(request.organization, back))


def _added(request: OrgRequest, member: Membership | None, *, back: str) -> HttpResponse:
    form = FeedForm.of(request, actor=request.actor)
    leads_back = org_reverse(request.organization, back)
    if form.is_bound and form.is_valid():
        try:
            feed = services.add_feed(
                actor=request.actor, membership=member, now=clock.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{feed.name} is read now, and once an hour from now on.")
            return redirect(leads_back)
    context = {"form": form, "is_own": member is not None, "back": leads_back}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "approvals/absence_feed_form.html", context, status=status)
