"""Asking the next in line, too, where nobody has decided by the time that was set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Organization
from approvals.models import RequestEvent, Stage, StageSeat
from approvals.routing import HeldSeat, NextPerson, next_in_line, spec_of_slot
from approvals.routing.words import enumerated
from approvals.selectors.escalation import line_context
from approvals.services.clock_notices import Occasion, remind
from approvals.services.notices import Asked, ask
from approvals.services.requests import new_seat
from approvals.services.story import tell
from approvals.services.way import StageOnWay, Way, name_of
from approvals.timing import Timing
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor

_Origin = StageSeat.Origin


@dataclass(slots=True)
class _Escalated:
    """Somebody who is asked now, too: for whom, and in which slots."""

    person: NextPerson
    late: StageSeat
    slots: list[int]


def escalate(
    actor: Actor,
    organization: Organization,
    way: Way,
    on_way: StageOnWay,
    timing: Timing,
    now: datetime,
) -> bool:
    """Seat who comes next in a stage that is overdue, and mail them; tell whether anybody does.

    Of a locked request. Whoever was asked before can still answer: one of them is enough for each
    slot. The stage gets its whole time once more.
    """
    request, stage = way.request, on_way.stage
    asked_before = [seat for seat in on_way.seats if seat.is_open]
    escalated = list(_found(way, on_way, now))
    if not escalated:
        return False
    fresh = [_seated(way, on_way, one, now) for one in escalated]
    stage.escalations += 1
    stage.due_at = timing.due_at(now)
    stage.save(update_fields=["escalations", "due_at"])
    _keep(actor, way, stage, escalated, asked_before, now)
    ask(
        request,
        [
            Asked(seat, one.person.person.name, one.person.person.email)
            for seat, one in zip(fresh, escalated, strict=True)
        ],
        now=now,
    )
    remind(
        organization,
        request,
        asked_before,
        Occasion.ESCALATED,
        at=stage.due_at,
        also_asked=[one.person.person.name for one in escalated],
        now=now,
    )
    return True


def _keep(
    actor: Actor,
    way: Way,
    stage: Stage,
    escalated: Sequence[_Escalated],
    asked_before: Sequence[StageSeat],
    now: datetime,
) -> None:
    """Have the request's story and the trail say who is asked now, and why."""
    request = way.request
    for one in escalated:
        tell(
            request,
            RequestEvent.Kind.ESCALATED,
            stage=stage,
            about=one.person.person.membership_id,
            text=_because(one.late),
            now=now,
        )
    record(
        actor=actor,
        action=AuditAction.APPROVAL_ESCALATED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        after={
            "request_id": request.id,
            "stage": stage.name,
            "people": [one.person.person.name for one in escalated],
            "level": sorted({one.person.level.value for one in escalated}),
            "escalations": stage.escalations,
            "due_at": stage.due_at,
        },
        reason=f"{enumerated([name_of(one.membership) for one in asked_before])} did not answer "
        "in time.",
        now=now,
    )


def _found(way: Way, on_way: StageOnWay, now: datetime) -> Iterator[_Escalated]:
    """Yield who comes next for each seat that nobody has answered, each person once."""
    late = list(_unanswered(way, on_way))
    if not late:
        return
    holders = {seat.membership_id for seat in late}
    context = line_context(way.request, on_way.stage, holders, now)
    # Whoever has decided anywhere has had their say: their agreement must not count here unasked.
    asked = {seat.membership_id for seat in (*on_way.seats, *on_way.vacated)}
    asked |= {decision.membership_id for decision in way.decisions} | way.approvers | way.barred
    found: dict[UUID, _Escalated] = {}
    for seat in late:
        held = HeldSeat(
            membership_id=seat.membership_id,
            spec=spec_of_slot(context.spec, min(seat.slots)) if context.spec else None,
            group_id=seat.on_group_id,
            slots=tuple(seat.slots),
        )
        for person in next_in_line(
            held, context.facts, context.seats, asked=asked, amount=context.amount
        ):
            one = found.setdefault(person.person.membership_id, _Escalated(person, seat, []))
            one.slots += [slot for slot in seat.slots if slot not in one.slots]
    yield from found.values()


def _unanswered(way: Way, on_way: StageOnWay) -> Iterator[StageSeat]:
    """Yield the seat that each unanswered slot began with, each seat once.

    Several people may answer one slot; the line above the first of them is asked.
    """
    covered = {
        slot
        for seat in on_way.seats
        if seat.has_decision or seat.membership_id in way.approvers
        for slot in seat.slots
    }
    for seat in sorted(on_way.seats, key=lambda seat: seat.origin == _Origin.ESCALATED):
        if seat.is_open and not covered.issuperset(seat.slots):
            covered |= set(seat.slots)
            yield seat


def _seated(way: Way, on_way: StageOnWay, one: _Escalated, now: datetime) -> StageSeat:
    person = one.person.seated(tuple(sorted(one.slots)), _because(one.late))
    seat = new_seat(way.request, on_way.stage, person, asked_at=now)
    seat.origin = _Origin.ESCALATED
    seat.in_place_of = one.late
    writes.insert(seat)
    return seat


def _because(late: StageSeat) -> str:
    return f"{name_of(late.membership)} did not answer in time."
