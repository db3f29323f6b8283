"""Stages that were left out, since their people were asked anyway, and have to be asked after all.

A plan asks nobody twice: who surely decides in one stage is left out of another. Once somebody else
decides in their place, what they would have answered there is open again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from approvals.models import RequestEvent, Stage, StageSeat
from approvals.routing import (
    Mode,
    PlannedStage,
    Route,
    SeatedPerson,
    is_passed,
    needed,
)
from approvals.services.planning import StoredRoute, people_there, planned_anew
from approvals.services.replacing import replace_people
from approvals.services.requests import new_seat
from approvals.services.story import tell
from approvals.services.way import StageOnWay, Way, way_of
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.ids import new_id

_AHEAD = (Stage.Status.OPEN, Stage.Status.WAITING)
_Origin = StageSeat.Origin
WHY = "Whoever was to answer this, too, is not asked any more."


@dataclass(frozen=True, slots=True)
class Returned:
    """A stage that is asked after all. Where ``is_stranded``, its people are those of before."""

    stage: str
    people: tuple[str, ...]
    is_stranded: bool


def bring_back(actor: Actor, way: Way, *, now: datetime) -> list[Returned]:
    """Ask after all in stages that nobody will be asked about any more who could answer; say which.

    Of a locked way on which people were just replaced; the caller carries on, which opens what came
    back. Where nobody could sit, whoever was replaced does, until an administrator names somebody.
    No SQL where no stage was left out, else two queries and two for each, and more where one comes
    back.
    """
    left_out = _left_out(way)
    if not left_out:
        return []
    stored = StoredRoute.of(way)
    returned: list[Returned] = []
    for step in left_out:
        planned = stored.seated(step, way.approvers, now)
        if planned is not None and _is_heard(planned, _surely_heard(way)):
            continue
        found = None if planned is None else _without(planned, way.barred)
        fresh = found or _of_before(way, stored.route, step, now)
        if fresh is None:
            continue
        _insert(actor, way, stored.route, fresh, now)
        names = tuple(person.name for person in fresh.people)
        returned.append(Returned(fresh.name, names, is_stranded=found is None))
        way.stages[:] = way_of(way.request).stages
    return returned


def _left_out(way: Way) -> list[int]:
    """Return the steps that have no stage, after reading a way anew where there are any."""
    steps: list[int] = way.request.explanation.get("left_out", [])
    if not steps:
        return []
    way.stages[:] = way_of(way.request).stages
    there = {one.stage.step for one in way.stages}
    return [step for step in steps if step not in there]


def _is_heard(planned: PlannedStage, heard: frozenset[UUID]) -> bool:
    slots = {person.membership_id: person.slots for person in planned.people}
    return is_passed(planned.mode, slots, heard, planned.at_least)


def _without(planned: PlannedStage, barred: frozenset[UUID]) -> PlannedStage | None:
    people = tuple(one for one in planned.people if one.membership_id not in barred)
    return replace(planned, people=people) if people else None


def _surely_heard(way: Way) -> frozenset[UUID]:
    """Return who has agreed, or has to for the request to be approved.

    The next in line, who is asked since nobody answered in time, or since somebody rejected, speaks
    for them. Who was added may be taken off again, and counts once they have agreed.
    """
    heard = set(way.approvers)
    for on_way in way.stages:
        if on_way.stage.step is None:
            continue
        own = [seat for seat in on_way.seats if seat.origin != _Origin.ESCALATED]
        if on_way.stage.status in _AHEAD:
            slots = {seat.membership_id: seat.slots for seat in own}
            heard |= needed(Mode(on_way.stage.mode), slots, on_way.stage.at_least)
        for seat in on_way.seats:
            if seat.membership_id in way.approvers:
                heard.update(_spoken_for(on_way, seat))
        if any(seat.origin == _Origin.APPEAL and seat.membership_id in heard for seat in own):
            heard |= way.barred
    return frozenset(heard)


def _spoken_for(on_way: StageOnWay, seat: StageSeat) -> Iterator[UUID]:
    """Yield those for whom the next in line has answered."""
    by_id = {one.id: one for one in on_way.seats}
    before = seat
    while before.origin == _Origin.ESCALATED and before.in_place_of_id in by_id:
        before = by_id[before.in_place_of_id]
        yield before.membership_id


def ask_lost_seats(actor: Actor, way: Way, *, now: datetime) -> None:
    """Ask in stages ahead for seats that were left out of them, for the same reason as stages.

    Of a locked way on which people were just replaced. One SQL query, and five for each stage ahead
    where all seats have to agree.
    """
    way.stages[:] = way_of(way.request).stages
    heard = _surely_heard(way)
    for index, on_way in enumerate(way.stages):
        if on_way.stage.status not in _AHEAD or on_way.stage.mode != Mode.ALL.value:
            continue
        planned = planned_anew(way, on_way, now)
        lost = () if planned is None else tuple(_lost(on_way, planned, heard))
        if planned is not None and lost:
            people = people_there(way, on_way, also=lost)
            replace_people(actor, way, on_way, replace(planned, people=people), now)
            way.stages[index] = way_of(way.request).stages[index]


def _lost(
    on_way: StageOnWay, planned: PlannedStage, heard: frozenset[UUID]
) -> Iterator[SeatedPerson]:
    """Yield who may answer slots that nobody sits in and nobody surely heard could answer."""
    taken = {slot for seat in on_way.seats for slot in seat.slots}
    answered = {slot for one in planned.people if one.membership_id in heard for slot in one.slots}
    for person in planned.people:
        slots = tuple(slot for slot in person.slots if slot not in taken | answered)
        if slots:
            yield replace(person, slots=slots)


def _of_before(way: Way, route: Route, step: int, now: datetime) -> PlannedStage | None:
    """Return a stage that nobody could sit in with those who were just replaced, if anybody was."""
    stage = route.stages[step]
    slots = tuple(range(1, len(stage.spec.approvers) + 1))
    found: dict[UUID, SeatedPerson] = {}
    for on_way in way.stages:
        gone = {one.membership_id for one in on_way.vacated if one.vacated_at == now}
        for person in people_there(way, on_way, of=gone - way.barred):
            found[person.membership_id] = replace(
                person, slots=slots, label=stage.spec.approvers[0].title
            )
    if not found:
        return None
    return PlannedStage(
        number=0,
        step=step,
        name=stage.spec.name,
        mode=stage.spec.mode,
        because=stage.because,
        people=tuple(found.values()),
        at_least=stage.spec.at_least,
    )


def _insert(actor: Actor, way: Way, route: Route, planned: PlannedStage, now: datetime) -> None:
    """Store a stage with its seats behind the others, not open yet, and say why it is asked."""
    request = way.request
    stage = Stage(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        number=max(one.stage.number for one in way.stages) + 1,
        step=planned.step,
        name=planned.name,
        mode=planned.mode.value,
        wave=_wave(way, route, planned.step),
        at_least=planned.at_least,
        because=planned.because,
        status=Stage.Status.WAITING,
    )
    stage.save(force_insert=True)
    for person in planned.people:
        new_seat(request, stage, person, asked_at=None).save(force_insert=True)
    tell(
        request,
        RequestEvent.Kind.REPLACED,
        stage=stage,
        about=planned.people[0].membership_id,
        text=f"“{stage.name}” has to agree after all. {WHY}",
        now=now,
    )
    record(
        actor=actor,
        action=AuditAction.APPROVAL_RESEATED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before={"people": []},
        after={
            "request_id": request.id,
            "stage": stage.name,
            "people": [person.name for person in planned.people],
        },
        reason=WHY,
        now=now,
    )


def _wave(way: Way, route: Route, step: int) -> int:
    """Return the wave in which a stage is asked: its place in the route, as far as that is ahead.

    Waves of a request are fixed. Where there is no room before the next one, it is asked beside it.
    """
    wave = route.stages[step].wave
    there = {
        route.stages[one.stage.step].wave: one.stage.wave
        for one in way.stages
        if one.stage.step is not None
    }
    before = max((own for routed, own in there.items() if routed < wave), default=0)
    after = min((own for routed, own in there.items() if routed > wave), default=before + 2)
    place = there.get(wave, min(before + 1, after))
    return max([place, *(one.stage.wave for one in way.ahead)])
