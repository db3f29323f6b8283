"""Reading the tree for its check, and what earlier checks have found."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.health import Finding, FindingKind, GroupState, findings
from accounts.models import HierarchyReview, Membership, OrgGroup, RoleGrant
from accounts.selectors.vacancies import seat_findings
from procurement.core.actors import Actor


def check_hierarchy(actor: Actor, *, on: date, now: datetime) -> list[Finding]:
    """Return what is odd about the whole tree. Nine SQL queries at most, however large it is."""
    at_home = _counts(Membership.objects.filter(status=Membership.Status.ACTIVE), "group_id")
    below = _counts(OrgGroup.objects.filter(is_active=True), "parent_id")
    granted = _counts(RoleGrant.objects.in_force(now), "group_id")
    states = [
        GroupState(
            id=group_id,
            name=name,
            people=at_home.get(group_id, 0),
            children=below.get(group_id, 0),
            grants=granted.get(group_id, 0),
            is_root=parent_id is None,
            ends_on=ends_on,
        )
        for group_id, parent_id, name, ends_on in OrgGroup.objects.filter(
            is_active=True
        ).values_list("id", "parent_id", "name", "ends_on")
    ]
    sites = _counts(Membership.objects.filter(~Q(site=""), status=Membership.Status.ACTIVE), "site")
    unseated = [
        Finding(
            FindingKind.UNSEATED,
            seat.group_id,
            seat.group_name,
            f"Nobody answers for {seat.position_name} of {seat.group_name}, which "
            f"{' and '.join(seat.because)} asks for. Fill the seat here or above.",
        )
        for seat in seat_findings(actor, now=now).vacant
    ]
    return [*unseated, *findings(states, sites, today=on)]


def last_review() -> HierarchyReview | None:
    """Return the latest check of the tree, or None. One SQL query."""
    return HierarchyReview.objects.order_by("-made_at").first()


def _counts(rows: QuerySet[Any, Any], by: str) -> dict[Any, int]:
    found = rows.order_by().values(by).annotate(number=Count("id"))
    return dict(found.values_list(by, "number"))
