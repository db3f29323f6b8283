"""Who fills the seats of groups, and who stands in for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import dependents
from accounts.effects import Effect, EffectKind, MemberChange, MemberChangeKind
from accounts.models import Membership, OrgGroup, Position, PositionHolder
from accounts.permissions import Permission, require
from accounts.selectors import all_conflicts, seat_overview
from accounts.services.duties import duties_that_meet
from accounts.services.rehearsal import agree, rehearse
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class _Seat:
    """A seat of a group, or the place of its deputy."""

    position: Position
    group: OrgGroup
    is_deputy: bool

    @property
    def name(self) -> str:
        return f"{self.position.name} of {self.group.name}"

    @property
    def title(self) -> str:
        return f"deputy {self.name}" if self.is_deputy else self.name


def fill_position(
    *,
    actor: Actor,
    position: Position,
    group: OrgGroup,
    membership: Membership,
    is_deputy: bool = False,
    seen: str | None = None,
    now: datetime,
) -> PositionHolder:
    """Seat a member, or make them its deputy; whoever was there before leaves, and stays on record.

    What waits for whoever leaves goes to others at once. ``seen`` is the fingerprint of the effects
    that were shown before (`preview_filling`). Raises `DomainError` where one person would be
    holder and deputy of the same seat, and `Conflict` where the effects have become others.
    """
    holder, _ = _fill(actor, _Seat(position, group, is_deputy), membership, seen, now)
    return holder


def preview_filling(
    *,
    actor: Actor,
    position: Position,
    group: OrgGroup,
    membership: Membership,
    is_deputy: bool = False,
    now: datetime,
) -> list[Effect]:
    """Return what seating a member would change, on every floor; nothing stays changed."""
    seat = _Seat(position, group, is_deputy)
    return rehearse(lambda: _fill(actor, seat, membership, None, now, is_told=True)[1])


def vacate_position(
    *,
    actor: Actor,
    position: Position,
    group: OrgGroup,
    is_deputy: bool = False,
    seen: str | None = None,
    now: datetime,
) -> None:
    """Empty a seat; from then on its deputy answers, or the nearest ancestor that fills it.

    ``seen`` is the fingerprint of the effects that were shown before (`preview_vacating`). Raises
    `Conflict` where they have become others.
    """
    _vacate(actor, _Seat(position, group, is_deputy), seen, now)


def preview_vacating(
    *, actor: Actor, position: Position, group: OrgGroup, is_deputy: bool = False, now: datetime
) -> list[Effect]:
    """Return what emptying a seat would change, on every floor; nothing stays changed."""
    seat = _Seat(position, group, is_deputy)
    return rehearse(lambda: _vacate(actor, seat, None, now, is_told=True))


def leave_seats(
    *, actor: Actor, membership: Membership, groups: QuerySet[OrgGroup], now: datetime
) -> list[Effect]:
    """Have a locked member leave the seats they fill on some groups; say who answers then.

    One SQL query, and a few for each seat. What waits for them is followed by whoever asks for it.
    """
    held = (
        PositionHolder.objects.current()
        .filter(membership=membership, group__in=groups)
        .select_related("position", "group", "membership__user")
        .order_by("position__name", "group__name")
    )
    effects = []
    for holder in held:
        seat = _Seat(holder.position, holder.group, holder.is_deputy)
        _leave(holder, now)
        action = AuditAction.DEPUTY_RELEASED if seat.is_deputy else AuditAction.POSITION_VACATED
        _record(actor, action, seat, holder, None, now)
        sentence = f"{membership.user.name} is {seat.title} no more.{_who_answers(seat)}"
        effects.append(_told(seat, membership, sentence))
    return effects


@transaction.atomic
def _fill(
    actor: Actor,
    seat: _Seat,
    membership: Membership,
    seen: str | None,
    now: datetime,
    *,
    is_told: bool = False,
) -> tuple[PositionHolder, list[Effect]]:
    """Seat a member. What it changes is worked out where it is told, or was before."""
    require(actor, Permission.MANAGE_PEOPLE, seat.group)
    if seat.position.archived_at is not None:
        raise DomainError(f"{seat.position.name} is archived; restore it first.", field="position")
    before, beside = _occupants(seat)
    if before is not None and before.membership_id == membership.id:
        return before, []
    if beside is not None and beside.membership_id == membership.id:
        raise DomainError(
            f"{membership.user.name} cannot stand in for themselves; choose somebody else.",
            field="membership",
        )
    is_told = is_told or seen is not None
    known = all_conflicts(now=now) if is_told else frozenset()
    if before is not None:
        _leave(before, now)
    holder = PositionHolder.objects.create(
        organization_id=actor.organization_id,
        position=seat.position,
        group=seat.group,
        membership=membership,
        is_deputy=seat.is_deputy,
        since=now,
    )
    action = AuditAction.DEPUTY_NAMED if seat.is_deputy else AuditAction.POSITION_FILLED
    _record(actor, action, seat, before, membership, now)
    effects = _follow(actor, [one for one in (before, beside) if one], now)
    if is_told:
        instead = f" in place of {before.membership.user.name}" if before else ""
        sentence = f"{membership.user.name} becomes {seat.title}{instead}."
        effects = [_told(seat, membership, sentence), *duties_that_meet(known, now=now), *effects]
        agree(effects, seen=seen)
    return holder, effects


@transaction.atomic
def _vacate(
    actor: Actor, seat: _Seat, seen: str | None, now: datetime, *, is_told: bool = False
) -> list[Effect]:
    require(actor, Permission.MANAGE_PEOPLE, seat.group)
    holder, _ = _occupants(seat)
    if holder is None:
        return []
    is_told = is_told or seen is not None
    known = all_conflicts(now=now) if is_told else frozenset()
    _leave(holder, now)
    action = AuditAction.DEPUTY_RELEASED if seat.is_deputy else AuditAction.POSITION_VACATED
    _record(actor, action, seat, holder, None, now)
    effects = _follow(actor, [holder], now)
    if is_told:
        sentence = f"{holder.membership.user.name} is {seat.title} no more.{_who_answers(seat)}"
        told = _told(seat, holder.membership, sentence)
        effects = [told, *duties_that_meet(known, now=now), *effects]
        agree(effects, seen=seen)
    return effects


def _occupants(seat: _Seat) -> tuple[PositionHolder | None, PositionHolder | None]:
    """Lock a seat; return who is in the place that changes, and who is in the one beside it."""
    lock(OrgGroup.objects.filter(id=seat.group.id))
    found = {
        holder.is_deputy: holder
        for holder in PositionHolder.objects.current()
        .filter(group=seat.group, position=seat.position)
        .select_related("membership__user")
    }
    return found.get(seat.is_deputy), found.get(not seat.is_deputy)


def _leave(holder: PositionHolder, now: datetime) -> None:
    """Have somebody leave a seat; that they held it stays on record."""
    holder.until = max(now, holder.since)
    holder.save(update_fields=["until"])


def _follow(actor: Actor, holders: Sequence[PositionHolder], now: datetime) -> list[Effect]:
    """Have every floor follow where somebody left a seat, or cannot answer in it."""
    effects: list[Effect] = []
    for holder in holders:
        member = holder.membership
        if holder.until is None and member.status == Membership.Status.ACTIVE:
            continue
        change = MemberChange(
            kind=MemberChangeKind.ROLES,
            membership_id=member.id,
            name=member.user.name or member.user.email,
            from_group_id=member.group_id,
        )
        effects += dependents.follow_member_change(actor=actor, change=change, now=now)
    return effects


def _who_answers(seat: _Seat) -> str:
    """Say who answers a seat that has just been emptied, if anybody does."""
    states = {state.position_id: state for state in seat_overview(seat.group)}
    answer = states[seat.position.id].answer if seat.position.id in states else None
    if answer is None or seat.is_deputy:
        return ""
    where = states[seat.position.id].answered_by or seat.group.name
    return f" {answer.person.name} of {where} answers from now on."


def _told(seat: _Seat, membership: Membership, sentence: str) -> Effect:
    return Effect(
        kind=EffectKind.SEAT_CHANGED,
        about=seat.position.id,
        subject=membership.user.name,
        sentence=sentence,
        group_id=seat.group.id,
    )


def _record(
    actor: Actor,
    action: AuditAction,
    seat: _Seat,
    before: PositionHolder | None,
    after: Membership | None,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="position",
        subject_id=seat.position.id,
        subject_label=seat.name,
        group_id=seat.group.id,
        before={"holder": before.membership.user.name} if before else None,
        after={"holder": after.user.name} if after else None,
        now=now,
    )
