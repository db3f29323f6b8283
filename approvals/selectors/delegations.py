"""Delegations as people see them: their own, whom they stand in for, and everybody's."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.selectors import within
from approvals.models import Delegation, DelegationGroup, DeputyLink
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

_OFFERED = 100


def own_delegations(actor: Actor, now: datetime) -> QuerySet[Delegation]:
    """Return who decides for an actor, now or later, the next one first. Two SQL queries."""
    return _current(now).filter(_own(actor, "membership_id")).order_by("starts_at", "id")


def delegations_to(actor: Actor, now: datetime) -> QuerySet[Delegation]:
    """Return for whom an actor stands in, now or later, the next one first. Two SQL queries."""
    return _current(now).filter(_own(actor, "deputy_id")).order_by("starts_at", "id")


def delegations_in_sight(
    actor: Actor, *, query: str = "", past: bool = False, now: datetime
) -> QuerySet[Delegation]:
    """Return the absences of the people whom an actor manages, the next one first.

    ``query`` narrows to those with all its words in the name or address of whoever is away, or of
    their deputy; ``past`` asks for those that are over, the latest first. Two SQL queries a page.
    """
    found = _dressed(
        Delegation.objects.filter(within(actor, Permission.MANAGE_PEOPLE, "membership__group__"))
    )
    for word in query.split():
        found = found.filter(
            Q(membership__user__name__icontains=word)
            | Q(membership__user__email__icontains=word)
            | Q(deputy__user__name__icontains=word)
            | Q(deputy__user__email__icontains=word)
        )
    if past:
        return found.exclude(_holds(now)).order_by("-ends_at", "-id")
    return found.filter(_holds(now)).order_by("starts_at", "id")


def delegation_for(actor: Actor, delegation_id: UUID) -> Delegation:
    """Return a delegation of one's own, or of somebody whom the actor manages.

    Two SQL queries; raises `NotFound`.
    """
    own = _own(actor, "membership_id")
    found = (
        _dressed(Delegation.objects.filter(id=delegation_id))
        .filter(own | within(actor, Permission.MANAGE_PEOPLE, "membership__group__"))
        .first()
    )
    if found is None:
        raise NotFound("There is no such absence, or it is not yours to change.")
    return found


def groups_to_narrow(membership_id: UUID | None) -> list[OrgGroup]:
    """Return the groups to which somebody's absence can be narrowed, by name.

    Their own, those in which they fill a seat, and what stands right below these; for nobody in
    particular, the root and what stands right below it. Two SQL queries.
    """
    if membership_id is None:
        at = OrgGroup.objects.filter(parent__isnull=True)
    else:
        at = OrgGroup.objects.filter(
            Q(members__id=membership_id)
            | Q(seats__membership_id=membership_id, seats__until__isnull=True)
        )
    ids = set(at.values_list("id", flat=True))
    found = OrgGroup.objects.filter(Q(id__in=ids) | Q(parent_id__in=ids), is_active=True)
    return list(found.order_by("name", "id")[:_OFFERED])


def groups_named(group_ids: Iterable[UUID]) -> dict[UUID, OrgGroup]:
    """Return groups by id. One SQL query."""
    found: dict[UUID, OrgGroup] = OrgGroup.objects.in_bulk(list(group_ids))
    return found


def deputy_link(link_id: UUID) -> DeputyLink:
    """Return the row behind a deputy's link, with whose it is. One SQL query; raises `NotFound`."""
    found = DeputyLink.objects.filter(id=link_id).select_related("membership__user").first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


def _own(actor: Actor, field: str) -> Q:
    """Return the condition for what is an actor's own; the system has nothing of its own."""
    return Q(**{field: actor.id}) if actor.id else Q(pk__in=[])


def _holds(now: datetime) -> Q:
    return Q(ended_at__isnull=True, ends_at__gt=now)


def _current(now: datetime) -> QuerySet[Delegation]:
    return _dressed(Delegation.objects.filter(_holds(now)))


def _dressed(found: QuerySet[Delegation]) -> QuerySet[Delegation]:
    return found.select_related(
        "membership__user", "membership__group", "deputy__user", "feed"
    ).prefetch_related(
        Prefetch("groups", DelegationGroup.objects.select_related("group").order_by("group__name"))
    )
