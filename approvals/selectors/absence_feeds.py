"""Calendars that absences are read from, and whom their events mean."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership, PositionHolder
from accounts.permissions import Permission
from accounts.selectors import root_group
from approvals.models import AbsenceFeed
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

_ACTIVE = Q(status=Membership.Status.ACTIVE, user__is_active=True)


def own_feeds(actor: Actor) -> list[AbsenceFeed]:
    """Return the calendars that an actor has their absences read from. One SQL query."""
    if actor.id is None:
        return []
    return _current(Q(membership_id=actor.id))


def organization_feeds(actor: Actor) -> list[AbsenceFeed]:
    """Return the organization's calendars to whoever manages people at the root; else none.

    Two SQL queries.
    """
    return _current(Q(membership__isnull=True)) if keeps_feeds(actor) else []


def keeps_feeds(actor: Actor) -> bool:
    """Tell whether somebody keeps the organization's calendars. One SQL query."""
    return actor.can(Permission.MANAGE_PEOPLE, root_group().path)


def feed_for(actor: Actor, feed_id: UUID) -> AbsenceFeed:
    """Return a calendar of one's own, or of the organization. Raises `NotFound`."""
    found = AbsenceFeed.objects.filter(id=feed_id).first()
    if found is None or not (
        keeps_feeds(actor) if found.membership_id is None else found.membership_id == actor.id
    ):
        raise NotFound("There is no such calendar, or it is not yours to change.")
    return found


def feeds_to_read() -> list[tuple[UUID, str]]:
    """Return the calendars to be read, with their addresses. One SQL query.

    Those of people without access rest.
    """
    active = Q(membership__status=Membership.Status.ACTIVE, membership__user__is_active=True)
    found = AbsenceFeed.objects.filter(
        Q(membership__isnull=True) | active, ended_at__isnull=True
    ).order_by("id")
    return list(found.values_list("id", "url"))


def members_by_address(addresses: Collection[str]) -> dict[str, UUID]:
    """Return active members by their address in lower case. One SQL query, none for none."""
    if not addresses:
        return {}
    found = Membership.objects.filter(_ACTIVE, user__email__in=list(addresses))
    return {email.lower(): member for email, member in found.values_list("user__email", "id")}


def deputies_by_default(members: Mapping[UUID, Membership]) -> dict[UUID, Membership]:
    """Return who decides for people who chose nobody: their seat's deputy, or else their manager.

    Only those with access. Two SQL queries, none for nobody.
    """
    if not members:
        return {}
    seats = PositionHolder.objects.current().filter(
        membership_id__in=members.keys(), is_deputy=False
    )
    filled = {(one.position_id, one.group_id): one.membership_id for one in seats}
    beside = (
        PositionHolder.objects.current()
        .filter(
            is_deputy=True,
            position_id__in={position for position, _ in filled},
            group_id__in={group for _, group in filled},
        )
        .order_by("-since", "-id")
    )
    chosen = {member: one.manager_id for member, one in members.items() if one.manager_id}
    for one in beside:
        holder = filled.get((one.position_id, one.group_id))
        if holder is not None and holder != one.membership_id:
            chosen[holder] = one.membership_id
    people = Membership.objects.filter(_ACTIVE, id__in=set(chosen.values())).select_related("user")
    found = {one.id: one for one in people}
    return {
        member: found[deputy]
        for member, deputy in chosen.items()
        if deputy in found and deputy != member
    }


def _current(condition: Q) -> list[AbsenceFeed]:
    return list(
        AbsenceFeed.objects.filter(condition, ended_at__isnull=True)
        .select_related("deputy__user")
        .order_by("created_at", "id")
    )
