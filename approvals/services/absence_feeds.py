"""Calendars that absences are read from: adding and ending one, and following what it says."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Membership
from accounts.permissions import Permission, require
from accounts.selectors import organization_by_id, root_group
from approvals.absence_feeds import AwayEvent, Wanted, addresses_of, read_events, wanted_of
from approvals.absence_feeds.fetching import FeedUnreachable, check_address
from approvals.models import AbsenceFeed, Delegation
from approvals.models.request import is_active
from approvals.selectors import deputies_by_default, feed_for, members_by_address
from approvals.services.absences import (
    AbsenceTerms,
    close_delegation,
    hold,
    write_delegation,
)
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock

_KEPT_UNMATCHED = 50
_NOBODY = "Nobody here has one of the addresses that it names."
_NO_DEPUTY = "They have neither a deputy nor a manager who could decide for them."


@transaction.atomic
def add_feed(
    *,
    actor: Actor,
    membership: Membership | None,
    deputy: Membership | None,
    name: str,
    url: str,
    now: datetime,
) -> AbsenceFeed:
    """Have absences read from an iCalendar address, once an hour from now on.

    ``membership`` is the actor's own, or None for the organization's calendar, which takes the
    permission to manage people at the root. Without a ``deputy``, the deputy of a person's seat
    decides, or else their manager. The address stands in no record: whoever knows it can read the
    calendar. Raises `DomainError` beside the field.
    """
    if membership is None or membership.id != actor.id:
        require(actor, Permission.MANAGE_PEOPLE, root_group())
    url = url.strip()
    try:
        check_address(url)
    except FeedUnreachable as error:
        raise DomainError(str(error), field="url") from error
    if deputy is not None and not is_active(deputy):
        raise DomainError("They have no access; choose somebody else.", field="deputy")
    if deputy is not None and membership is not None and deputy.id == membership.id:
        raise DomainError("Nobody stands in for themselves; choose somebody else.", field="deputy")
    hold([membership.id] if membership else [])
    if AbsenceFeed.objects.filter(membership=membership, url=url, ended_at__isnull=True).exists():
        raise Conflict("This calendar is read already.", field="url")
    feed = AbsenceFeed.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        membership=membership,
        deputy=deputy,
        name=name.strip(),
        url=url,
        created_at=now,
    )
    _record(actor, AuditAction.ABSENCE_FEED_ADDED, feed, now)
    jobs.enqueue_on_commit(
        "approvals.read_absence_feeds", organization_id=str(actor.organization_id)
    )
    return feed


@transaction.atomic
def end_feed(*, actor: Actor, feed_id: UUID, now: datetime) -> AbsenceFeed:
    """Read a calendar no more; the absences that it has set and that are not over end, too."""
    found = feed_for(actor, feed_id)
    (feed,) = lock(AbsenceFeed.objects.filter(id=found.id))
    if feed.ended_at is not None:
        return feed
    feed.ended_at = now
    feed.save(update_fields=["ended_at"])
    for delegation in _held(feed, now):
        close_delegation(actor, delegation, now=now)
    _record(actor, AuditAction.ABSENCE_FEED_ENDED, feed, now)
    return feed


@transaction.atomic
def follow_feed(*, actor: Actor, feed_id: UUID, text: str, now: datetime) -> int:
    """Have the absences of a calendar be those that it says now; return how many have changed.

    An event that is new sets one, one that was moved ends and sets it anew, one that is gone or
    cancelled ends it. What a person has ended stays ended until its event is moved. Raises
    `FeedUnreadable`; what nobody can be found for is listed with the feed.
    """
    feeds = lock(AbsenceFeed.objects.filter(id=feed_id, ended_at__isnull=True))
    if not feeds:
        return 0
    (feed,) = feeds
    zone = ZoneInfo(organization_by_id(feed.organization_id).time_zone)
    events = read_events(text, now=now, zone=zone, is_personal=feed.membership_id is not None)
    wanted, unknown = _members(feed, events)
    members = hold({UUID(one.member) for one in wanted})
    deputies = _deputies(feed, members)
    unmatched = [_unmatched(event, _NOBODY) for event in unknown]
    unmatched += [
        _unmatched(one.event, _NO_DEPUTY) for one in wanted if UUID(one.member) not in deputies
    ]
    changed = _reconcile(
        actor, feed, [one for one in wanted if UUID(one.member) in deputies], members, deputies, now
    )
    feed.read_at, feed.last_error = now, ""
    feed.unmatched = unmatched[:_KEPT_UNMATCHED]
    feed.save(update_fields=["read_at", "last_error", "unmatched"])
    return changed


@transaction.atomic
def note_unread_feed(*, feed_id: UUID, why: str) -> None:
    """Say at a feed why it could not be read; what it has set before holds. One SQL statement."""
    AbsenceFeed.objects.filter(id=feed_id).update(last_error=why[:500])


def _members(
    feed: AbsenceFeed, events: Sequence[AwayEvent]
) -> tuple[list[Wanted], list[AwayEvent]]:
    if feed.membership_id is not None:
        return [Wanted(str(feed.membership_id), event) for event in events], []
    found = members_by_address(addresses_of(events))
    return wanted_of(events, {address: str(member) for address, member in found.items()})


def _deputies(feed: AbsenceFeed, members: Mapping[UUID, Membership]) -> dict[UUID, Membership]:
    """Return who decides for each: whom the feed names, their seat's deputy, or their manager."""
    present = {member.id: member for member in members.values() if is_active(member)}
    found = deputies_by_default(present)
    chosen = feed.deputy if feed.deputy is not None and is_active(feed.deputy) else None
    if chosen is not None:
        found |= {member: chosen for member in present if member != chosen.id}
    return found


def _reconcile(
    actor: Actor,
    feed: AbsenceFeed,
    wanted: Iterable[Wanted],
    members: Mapping[UUID, Membership],
    deputies: Mapping[UUID, Membership],
    now: datetime,
) -> int:
    held = {(one.membership_id, one.uid): one for one in _held(feed, now)}
    ended = _ended_by_people(feed)
    kept: set[tuple[UUID, str]] = set()
    changed = 0
    for one in wanted:
        member, event = members[UUID(one.member)], one.event
        key, deputy = (member.id, event.uid), deputies[member.id]
        before = held.get(key)
        if key in kept or (before is None and (*key, event.ends_at) in ended):
            continue
        kept.add(key)
        if before is not None and _is_same(before, event, deputy):
            continue
        if before is not None:
            _let_go(actor, before, now)
        changed += 1
        write_delegation(
            actor=actor,
            membership=member,
            deputy=deputy,
            terms=AbsenceTerms(event.starts_at, event.ends_at),
            source=Delegation.Source.CALENDAR,
            feed=feed,
            uid=event.uid,
            now=now,
        )
    gone = [delegation for key, delegation in held.items() if key not in kept]
    for delegation in gone:
        _let_go(actor, delegation, now)
    return changed + len(gone)


def _let_go(actor: Actor, delegation: Delegation, now: datetime) -> None:
    """End what its event does not stand for any more; without the event's name, it can come back.

    What a person has ended keeps the name, and so stays ended.
    """
    close_delegation(actor, delegation, now=now)
    Delegation.objects.filter(id=delegation.id).update(uid="")


def _is_same(before: Delegation, event: AwayEvent, deputy: Membership) -> bool:
    starts_at = max(event.starts_at, before.created_at)
    return (before.starts_at, before.ends_at, before.deputy_id) == (
        starts_at,
        event.ends_at,
        deputy.id,
    )


def _held(feed: AbsenceFeed, now: datetime) -> list[Delegation]:
    """Return what a feed has set and is not over, locked."""
    return lock(
        Delegation.objects.filter(feed=feed, ended_at__isnull=True, ends_at__gt=now).select_related(
            "membership__user", "deputy__user"
        )
    )


def _ended_by_people(feed: AbsenceFeed) -> Collection[tuple[UUID, str, datetime]]:
    """Return the events of a feed whose absence somebody has ended, with when it was over."""
    rows = Delegation.objects.filter(feed=feed, ended_at__isnull=False).exclude(uid="")
    return set(rows.values_list("membership_id", "uid", "ends_at"))


def _unmatched(event: AwayEvent, why: str) -> dict[str, str]:
    return {"title": event.title, "starts_at": event.starts_at.isoformat(), "why": why}


def _record(actor: Actor, action: AuditAction, feed: AbsenceFeed, now: datetime) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="absence_feed",
        subject_id=feed.id,
        subject_label=feed.name,
        group_id=None,
        after={"whose": "their own" if feed.membership_id else "everybody's"},
        now=now,
    )
