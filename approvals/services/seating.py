"""Keeping seats filled: whoever can no longer decide is replaced by whoever sits there now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership
from approvals.keeping import SeatThere, givers, hear, keep
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import (
    Facts,
    HeldSeat,
    Mode,
    PlannedStage,
    SeatedPerson,
    Seats,
    next_in_line,
    seat,
    spec_of_slot,
)
from approvals.routing.progress import seat_of
from approvals.routing.words import enumerated
from approvals.selectors import rederive, routing_context
from approvals.selectors.escalation import line_context
from approvals.services.notices import Asked, ask
from approvals.services.removing import is_added, take_off
from approvals.services.requests import new_seat
from approvals.services.settling import carry_on
from approvals.services.way import StageOnWay, Way, name_of, way_of
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.locking import lock

_AHEAD = (Stage.Status.OPEN, Stage.Status.WAITING)
_APPEAL = StageSeat.Origin.APPEAL


@transaction.atomic
def reseat_requests(*, actor: Actor, now: datetime) -> int:
    """Replace people who lost their access in pending requests; return how many requests changed.

    Found by their seats, so it does not matter how the access ended. A seat that nobody can fill
    stays as it is until an administrator names somebody.
    """
    stranded = (
        StageSeat.objects.filter(
            ~Q(membership__status=Membership.Status.ACTIVE) | Q(membership__user__is_active=False),
            request__status=ApprovalRequest.Status.PENDING,
            closed_at__isnull=True,
        )
        .values_list("request_id", flat=True)
        .distinct()
    )
    changed = 0
    for request in lock(
        ApprovalRequest.objects.filter(
            id__in=list(stranded), status=ApprovalRequest.Status.PENDING
        ).select_related("requester__user", "group")
    ):
        if refill(actor, way_of(request), now=now):
            carry_on(actor, way_of(request), "", now=now)
            changed += 1
    return changed


@dataclass(frozen=True, slots=True)
class Reseated:
    """What became of one stage of a request: who was asked, and who is now.

    ``after`` is empty where nobody could sit there; whoever was asked then stays so. A stage that
    somebody had added ``is_taken_off`` when its person has left.
    """

    request: ApprovalRequest
    stage: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    is_taken_off: bool = False

    @property
    def sentence(self) -> str:
        """Say it."""
        of = f"{self.request.subject_label}, {self.stage}"
        if self.is_taken_off:
            return f"{of}: {enumerated(self.before)} will not be asked any more."
        if not self.after:
            return (
                f"{of}: nobody could be asked instead of {enumerated(self.before)}. Name somebody "
                "for the seat under Groups."
            )
        gone = [name for name in self.before if name not in self.after]
        fresh = [name for name in self.after if name not in self.before]
        if not fresh:
            return f"{of}: {enumerated(gone)} will not be asked any more."
        verb = "is" if len(fresh) == 1 else "are"
        instead = f" instead of {enumerated(gone)}" if gone else ", too"
        return f"{of}: {enumerated(fresh)} {verb} asked{instead}."


@transaction.atomic
def reseat_anew(*, actor: Actor, among: Q, now: datetime) -> list[Reseated]:
    """Work out anew who sits in the stages ahead of pending requests; return what has changed.

    ``among`` narrows the requests. Each keeps its policy version, its stages and the decisions that
    were made; people come from the present path of its group. About four SQL queries for each stage
    ahead, and more where somebody is replaced.
    """
    changed: list[Reseated] = []
    pending = ApprovalRequest.objects.filter(among, status=ApprovalRequest.Status.PENDING)
    for request in lock(
        ApprovalRequest.objects.filter(id__in=pending.values("id")).select_related(
            "requester__user", "group"
        )
    ):
        found = _reseat_one(actor, way_of(request), now)
        if any(reseated.after or reseated.is_taken_off for reseated in found):
            carry_on(actor, way_of(request), "", now=now)
        changed += found
    return changed


def _reseat_one(actor: Actor, way: Way, now: datetime) -> list[Reseated]:
    found: list[Reseated] = []
    for on_way in way.stages:
        if on_way.stage.status not in _AHEAD:
            continue
        before = tuple(name_of(seat.membership) for seat in on_way.seats)
        if _take_off_left(actor, way, on_way, now):
            found.append(Reseated(way.request, on_way.stage.name, before, (), is_taken_off=True))
            continue
        planned = _planned_anew(way, on_way, now)
        if planned is None:
            if not all(_is_answered(way, seat) or seat.holder_is_active for seat in on_way.seats):
                found.append(Reseated(way.request, on_way.stage.name, before, ()))
            continue
        planned = _still_to_answer(way, on_way, planned)
        decided = {seat.membership_id for seat in on_way.seats if seat.has_decision}
        wanted = {person.membership_id for person in planned.people} | decided
        if wanted == {seat.membership_id for seat in on_way.seats}:
            continue
        _replace(actor, way, on_way, planned, now)
        kept = [name_of(seat.membership) for seat in on_way.seats if seat.has_decision]
        after = tuple(dict.fromkeys([*kept, *(person.name for person in planned.people)]))
        found.append(Reseated(way.request, on_way.stage.name, before, after))
    return found


def _is_answered(way: Way, seat: StageSeat) -> bool:
    """Tell whether what somebody in a seat has to say is known, from whichever of their seats."""
    return seat.has_decision or seat.membership_id in way.approvers


def _still_to_answer(way: Way, on_way: StageOnWay, planned: PlannedStage) -> PlannedStage:
    """Leave out whoever could answer only what somebody has answered already.

    Where so many are enough, nobody is: they have to be different people, and each may be needed.
    """
    if planned.mode is Mode.AT_LEAST:
        return planned
    answered = {
        slot
        for seat in on_way.seats
        if seat.has_decision and seat.decision.choice == Decision.Choice.APPROVE
        for slot in seat.slots
    }
    people = tuple(
        person
        for person in planned.people
        if person.membership_id in way.approvers or not answered.issuperset(person.slots)
    )
    return replace(planned, people=people)


def refill(actor: Actor, way: Way, *, now: datetime) -> bool:
    """Seat others where somebody ahead on a locked way can no longer decide; tell whether any.

    No SQL while everybody can.
    """
    changed = False
    for index, on_way in enumerate(way.stages):
        if on_way.stage.status in _AHEAD and any(
            not _is_answered(way, seat) and not seat.holder_is_active for seat in on_way.seats
        ):
            if _take_off_left(actor, way, on_way, now):
                changed = True
                continue
            planned = _planned_anew(way, on_way, now)
            if planned is not None:
                _replace(actor, way, on_way, planned, now)
                way.stages[index] = way_of(way.request).stages[index]
                changed = True
    return changed


def _take_off_left(actor: Actor, way: Way, on_way: StageOnWay, now: datetime) -> bool:
    """Remove a stage that somebody added when nobody is left in it to decide; tell whether."""
    if not is_added(on_way) or any(
        _is_answered(way, seat) or seat.holder_is_active for seat in on_way.seats
    ):
        return False
    gone = enumerated([name_of(seat.membership) for seat in on_way.seats], "and")
    reason = f"{gone} cannot decide any more, and policy does not ask for this agreement."
    take_off(actor, way, on_way, reason, now=now)
    return True


def _planned_anew(way: Way, on_way: StageOnWay, now: datetime) -> PlannedStage | None:
    """Seat one stage of the stored route with the people of today, or None when nobody could.

    A stage that somebody added follows from no policy, so nobody else can be found for it. Three
    SQL queries, and one more where groups above have a say.
    """
    step = on_way.stage.step
    if step is None:
        return None
    request = ApprovalRequest.objects.select_related("policy_version__policy__group", "group").get(
        id=way.request.id
    )
    route = rederive(request)
    # The route stays what its facts and version say; who sits there follows the tree of today.
    facts = replace(Facts.from_json(request.facts), group_path=tuple(request.group.path))
    asked = (route.stages[step].spec,)
    there = _there(way, on_way)
    seats = _with_deciders(
        routing_context(facts.group_path, facts.requester_id, now, further=asked).seats,
        way.approvers | givers(there),
    )
    plan = seat(replace(route, stages=(route.stages[step],)), facts, seats)
    if plan.dead_ends:
        return None
    planned = plan.stages[0]
    if request.follows_as == ApprovalRequest.FollowsAs.APPEAL:
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
            stays=one.vacated_at is None and (one.holder_is_active or _is_answered(way, one)),
            is_handed_over=one.origin == StageSeat.Origin.HANDED_OVER,
            is_escalated=one.origin == StageSeat.Origin.ESCALATED,
            hears_appeal=one.origin == StageSeat.Origin.APPEAL,
            in_place_of=one.in_place_of_id,
        )
        for one in (*on_way.seats, *on_way.vacated)
    ]


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


def _replace(
    actor: Actor, way: Way, on_way: StageOnWay, planned: PlannedStage, now: datetime
) -> None:
    request, stage = way.request, on_way.stage
    is_open = stage.status == Stage.Status.OPEN
    former = {
        seat.membership_id: seat
        for seat in StageSeat.objects.filter(stage_id=stage.id).select_related("decision")
    }
    decided = {member for member, seat in former.items() if seat.has_decision}
    leaving = former.keys() - {person.membership_id for person in planned.people} - decided
    StageSeat.objects.filter(
        stage_id=stage.id, membership_id__in=leaving, vacated_at__isnull=True
    ).update(vacated_at=now, closed_at=now)
    asked = []
    appealed = {slot for one in former.values() if one.origin == _APPEAL for slot in one.slots}
    for person in planned.people:
        waits = is_open and person.membership_id not in way.approvers
        fresh = new_seat(request, stage, person, asked_at=now if waits else None)
        if appealed.issuperset(person.slots):
            fresh.origin = _APPEAL
        old = former.get(person.membership_id)
        is_new = old is None or old.vacated_at is not None
        if old is None:
            fresh.closed_at = now if is_open and not waits else None
            fresh.save(force_insert=True)
        else:
            _renew(old, fresh, is_new=is_new)
        if is_new and waits and not way.open_seats_of(person.membership_id):
            asked.append(Asked(old or fresh, person.name, person.email))
    record(
        actor=actor,
        action=AuditAction.APPROVAL_RESEATED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before={"people": [seat.membership.user.name for seat in on_way.seats]},
        after={
            "request_id": request.id,
            "stage": stage.name,
            "people": [person.name for person in planned.people],
        },
        reason="Who sits there has changed.",
        now=now,
    )
    ask(request, asked, now=now)


def _renew(old: StageSeat, fresh: StageSeat, *, is_new: bool) -> None:
    """Give a seat that exists its present slots and reasons; one that was vacated is asked anew."""
    for name in ("slots", "label", "on_group_id", "on_group_name", "why", "told"):
        setattr(old, name, getattr(fresh, name))
    if is_new:
        old.vacated_at, old.closed_at, old.asked_at = None, None, fresh.asked_at
        old.origin, old.in_place_of = fresh.origin, None
    old.save()
