"""Handing a decision over: the seat goes to somebody else who is allowed to decide."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.selectors import members_by_id
from approvals.handing import why_not_hand_over
from approvals.models import RequestEvent, StageSeat
from approvals.selectors import counted_amount, receiver_of
from approvals.services.acting import lock_seat, record_action, refuse_unless_asked, said
from approvals.services.notices import Asked, ask
from approvals.services.returning import ask_lost_seats, bring_back
from approvals.services.settling import carry_on
from approvals.services.story import tell
from approvals.services.way import Way, name_of
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.ids import new_id


@transaction.atomic
def hand_over(
    *, actor: Actor, seat_id: UUID, to_id: UUID, reason: str, now: datetime
) -> list[StageSeat]:
    """Have somebody else decide in the holder's place; return the seats in which they are asked.

    Whoever sits in several open stages of the request is asked one question, so all of it goes.
    The stages' clocks run on. Raises `NotAllowed` for anybody but the holder, `Conflict` when
    nothing is left to decide, and `DomainError` without a reason or for somebody who cannot take
    it over.
    """
    way, _, seat = lock_seat(seat_id)
    if actor.id != seat.membership_id:
        raise NotAllowed("Only who is asked here can hand it over.")
    refuse_unless_asked(actor, way, seat, now)
    reason = said(reason, field="reason", otherwise="Say why you hand it over.")
    own = way.open_seats_of(seat.membership_id)
    _refuse_receiver(way, own, to_id, now)
    receiver = members_by_id([to_id])[to_id]
    StageSeat.objects.filter(id__in=[one.id for one in own]).update(vacated_at=now, closed_at=now)
    giver = name_of(seat.membership)
    fresh = [_seat_instead(way, one, to_id, f"{giver} handed", reason, now) for one in own]
    for one in fresh:
        tell(
            way.request,
            RequestEvent.Kind.HANDED_OVER,
            stage=one.stage,
            by=actor.id,
            about=to_id,
            text=reason,
            now=now,
        )
    record_action(
        actor,
        AuditAction.APPROVAL_HANDED_OVER,
        way.request,
        {
            "person": name_of(receiver),
            "membership_id": to_id,
            "stages": [one.stage.name for one in fresh],
        },
        before={"person": giver, "membership_id": seat.membership_id},
        reason=reason,
        now=now,
    )
    told = [Asked(one, name_of(receiver), receiver.user.email) for one in fresh]
    ask(way.request, told, now=now)
    ask_lost_seats(actor, way, now=now)
    if bring_back(actor, way, now=now):
        carry_on(actor, way, "", now=now)
    return fresh


def _refuse_receiver(way: Way, own: list[StageSeat], to_id: UUID, now: datetime) -> None:
    receiver = receiver_of(way.request, own, to_id, now=now)
    if receiver is None:
        raise DomainError("Choose somebody of this organization.", field="to")
    if to_id in way.barred:
        raise DomainError(
            f"{receiver.name} has rejected what is appealed here. Choose somebody else.", field="to"
        )
    slots = [slot for one in own for slot in one.slots]
    amount = counted_amount(way.request)
    refusal = why_not_hand_over(receiver, slots, amount, way.request.currency)
    if refusal is not None:
        raise DomainError(refusal, field="to")


def _seat_instead(
    way: Way, old: StageSeat, to_id: UUID, handed: str, reason: str, now: datetime
) -> StageSeat:
    """Seat somebody in a seat's slots; whoever sat in that stage before sits there again."""
    on_way, _ = way.find(old.id)
    former = next((one for one in on_way.vacated if one.membership_id == to_id), None)
    first = on_way.line_of(old)[-1]
    fresh = StageSeat(
        id=former.id if former else new_id(),
        organization_id=old.organization_id,
        request_id=old.request_id,
        stage=old.stage,
        membership_id=to_id,
        requester_id=old.requester_id,
        content_hash=old.content_hash,
        slots=old.slots,
        label=old.label,
        on_group_id=old.on_group_id,
        on_group_name=old.on_group_name,
        # What policy says of whoever sat there first is told in the third person.
        why=f"{handed} this over to you: “{reason}” {old.stage.because} {first.told}",
        told=f"{handed} it over: “{reason}” {first.told}",
        asked_at=now,
        origin=StageSeat.Origin.HANDED_OVER,
        in_place_of=old,
    )
    fresh.save(force_insert=former is None, force_update=former is not None)
    return fresh
