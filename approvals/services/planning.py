"""Who sits in a stage of a request, worked out anew with the people of today."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from approvals.keeping import SeatThere, givers, hear, keep
from approvals.models import ApprovalRequest, StageSeat
from approvals.routing import (
    Facts,
    HeldSeat,
    PlannedStage,
    Route,
    SeatedPerson,
    Seats,
    next_in_line,
    seat,
    spec_of_slot,
)
from approvals.routing.progress import seat_of
from approvals.selectors import rederive, routing_context
from approvals.selectors.escalation import line_context
from approvals.services.way import StageOnWay, Way, name_of


@dataclass(frozen=True, slots=True)
class StoredRoute:
    """The route that a request was sent on, with facts whose groups are those of today."""

    route: Route
    facts: Facts
    is_appeal: bool

    @classmethod
    def of(cls, way: Way) -> Self:
        """Derive it again. One SQL query, and one more where groups above have a say."""
        request = ApprovalRequest.objects.select_related(
            "policy_version__policy__group", "group"
        ).get(id=way.request.id)
        # The route stays what its facts and version say; who sits there follows the tree of today.
        facts = replace(Facts.from_json(request.facts), group_path=tuple(request.group.path))
        is_appeal = request.follows_as == ApprovalRequest.FollowsAs.APPEAL
        return cls(rederive(request), facts, is_appeal)

    def seated(
        self, step: int, there_anyway: frozenset[UUID], now: datetime
    ) -> PlannedStage | None:
        """Seat one of its stages with the people of today, or None when nobody could sit there.

        Who is ``there_anyway`` counts as having access. Two SQL queries.
        """
        stage = self.route.stages[step]
        context = routing_context(
            self.facts.group_path, self.facts.requester_id, now, further=(stage.spec,)
        )
        alone = replace(self.route, stages=(stage,))
        plan = seat(alone, self.facts, _with_deciders(context.seats, there_anyway))
        # Alone in its route, it has its place there all the same.
        return None if plan.dead_ends else replace(plan.stages[0], step=step)


def planned_anew(way: Way, on_way: StageOnWay, now: datetime) -> PlannedStage | None:
    """Seat one stage of the stored route with the people of today, or None when nobody could.

    A stage that somebody added follows from no policy, so nobody else can be found for it. Three
    SQL queries, and one more where groups above have a say.
    """
    step = on_way.stage.step
    if step is None:
        return None
    stored = StoredRoute.of(way)
    there = _there(way, on_way)
    planned = stored.seated(step, way.approvers | givers(there), now)
    if planned is None:
        return None
    if stored.is_appeal:
        hearing = _hearing(way, on_way, there, now)
        if hearing is None:
            return None
        planned = hear(planned, hearing, way.barred)
    return _apart(on_way, keep(planned, there)) if planned.people else None


def _hearing(
    way: Way, on_way: StageOnWay, there: Sequence[SeatThere], now: datetime
) -> list[SeatedPerson] | None:
    """Return who hears an appeal in a stage: who was to, or who comes next, or None for nobody.

    No SQL while they can decide, else five queries.
    """
    to_hear = [one for one in there if one.hears_appeal]
    given = givers(there)
    left = [one.person for one in to_hear if one.stays or one.person.membership_id in given]
    if left or not to_hear:
        return left
    last = to_hear[-1].person
    context = line_context(way.request, on_way.stage, {last.membership_id}, now)
    spec = spec_of_slot(context.spec, min(last.slots)) if context.spec else None
    asked = {one.person.membership_id for one in there} | way.barred | way.approvers
    asked |= {decision.membership_id for decision in way.decisions}
    found = next_in_line(
        HeldSeat(last.membership_id, spec, last.group_id, last.slots),
        context.facts,
        context.seats,
        asked=asked,
        amount=context.amount,
        only_above=True,
    )
    because = f"An appeal is heard here, and {last.name} cannot decide any more."
    return [one.seated(last.slots, because) for one in found] or None


def _there(way: Way, on_way: StageOnWay) -> list[SeatThere]:
    """Return a stage's seats as they are, those of people who were replaced included."""
    return [
        SeatThere(
            seat_id=one.id,
            person=SeatedPerson(
                membership_id=one.membership_id,
                name=name_of(one.membership),
                email=one.membership.user.email,
                label=one.label,
                slots=tuple(one.slots),
                group_id=one.on_group_id,
                group_name=one.on_group_name,
                why_you=one.why,
                why=one.told,
            ),
            stays=one.vacated_at is None and (one.holder_is_active or is_answered(way, one)),
            is_handed_over=one.origin == StageSeat.Origin.HANDED_OVER,
            is_escalated=one.origin == StageSeat.Origin.ESCALATED,
            hears_appeal=one.origin == StageSeat.Origin.APPEAL,
            in_place_of=one.in_place_of_id,
        )
        for one in (*on_way.seats, *on_way.vacated)
    ]


def people_there(
    way: Way,
    on_way: StageOnWay,
    *,
    of: Collection[UUID] | None = None,
    also: Iterable[SeatedPerson] = (),
) -> tuple[SeatedPerson, ...]:
    """Return who sits in a stage, or of those who ever did these, and ``also`` others beside."""
    vacated = {seat.membership_id for seat in on_way.vacated}
    found = {
        one.person.membership_id: one.person
        for one in _there(way, on_way)
        if (
            one.person.membership_id not in vacated
            if of is None
            else one.person.membership_id in of
        )
    }
    for person in also:
        own = found.get(person.membership_id, person)
        slots = tuple(sorted({*own.slots, *person.slots}))
        found[person.membership_id] = replace(own, slots=slots)
    return tuple(found.values())


def _apart(on_way: StageOnWay, planned: PlannedStage) -> PlannedStage:
    """Keep slots that follow from the subject apart from those that people of before answered.

    Such slots are numbered in the order of their people: a manager of today must not count as
    having agreed since another one, with the same number, has.
    """
    found = {person.membership_id for person in planned.people}
    used: dict[int, int] = {}
    for seat_there in on_way.seats:
        if seat_there.has_decision and seat_there.membership_id not in found:
            for slot in seat_there.slots:
                first = seat_of(slot)
                used[first] = max(used.get(first, 0), slot - first)
    people = tuple(
        replace(person, slots=tuple(slot + used.get(seat_of(slot), 0) for slot in person.slots))
        for person in planned.people
    )
    return replace(planned, people=people)


def _with_deciders(seats: Seats, deciders: frozenset[UUID]) -> Seats:
    """Keep in their seats whoever has agreed already, or is answered for: that stands."""
    return replace(
        seats,
        people={
            member: replace(person, is_active=True) if member in deciders else person
            for member, person in seats.people.items()
        },
    )


def is_answered(way: Way, seat: StageSeat) -> bool:
    """Tell whether what somebody in a seat has to say is known, from whichever of their seats."""
    return seat.has_decision or seat.membership_id in way.approvers
