"""Policies: which there are, and what holds on a group."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.selectors import root_group
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals import selectors
from approvals.effective import ADDITIONS, EffectivePolicy, LinePart
from approvals.picture import Occupants, bands_of
from approvals.selectors import SeatNow
from procurement.core import clock


@require_GET
def policies(request: OrgRequest) -> HttpResponse:
    """List the policies in sight; somebody who may write one chooses its group here."""
    chosen = uuid_or_none(request.GET.get("group"))
    if chosen is not None:
        return redirect(org_reverse(request.organization, "approvals:policy", group_id=chosen))
    may_manage = request.actor.can_anywhere(Permission.MANAGE_POLICIES)
    context = {
        "rows": selectors.policies_in_sight(request.actor, clock.now()),
        "groups": selectors.groups_without_policy(request.actor),
        "drafts": selectors.drafts_in_sight(request.actor),
        "may_manage": may_manage,
        # They are the whole organization’s, so they go with policies on its root.
        "sets_times": request.actor.can(Permission.MANAGE_POLICIES, root_group().path),
        "keeps_limits": request.actor.can_anywhere(Permission.MANAGE_PEOPLE),
    }
    return render(request, "approvals/policies.html", context)


@require_GET
def policy(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Show what holds for a group, who sits in the seats it names, and all versions."""
    now = clock.now()
    page = selectors.policy_page(request.actor, group_id, now)
    holds = page.holds
    context: dict[str, Any] = {
        "page": page,
        "effective": page.effective,
        "current": next((row for row in page.versions if row.is_in_force), None),
        "coming": next((row for row in page.versions if row.is_coming), None),
    }
    if holds:
        seats = selectors.seats_now(page.group, holds.nearest.document, now)
        context |= {"seats": seats, **_parts(holds, seats)}
    return render(request, "approvals/policy.html", context)


def _parts(holds: EffectivePolicy, seats: list[SeatNow]) -> dict[str, Any]:
    document = holds.nearest.document
    by_title = {
        seat.title: Occupants(seat.names, seat.sentence if seat.is_vacant else "") for seat in seats
    }
    people = {
        approver: by_title[approver.title]
        for stage in document.stages()
        for approver in stage.approvers
        if approver.title in by_title
    }
    return {
        "binding": holds.binding,
        "tiers": holds.of(LinePart.TIER),
        "bands": bands_of(document.tiers, document.currency, people),
        "additions": [line for part in ADDITIONS for line in holds.of(part)],
        "rules": holds.of(LinePart.RULE),
        "counting": holds.of(LinePart.COUNTING),
        "changing": holds.of(LinePart.CHANGE),
    }
