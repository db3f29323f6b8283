"""Keeping seats filled: whoever can no longer decide is replaced by whoever sits there now."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import Mode, PlannedStage
from approvals.routing.words import enumerated
from approvals.services.planning import is_answered, planned_anew
from approvals.services.removing import is_added, take_off
from approvals.services.replacing import replace_people
from approvals.services.returning import ask_lost_seats, bring_back
from approvals.services.settling import carry_on
from approvals.services.way import StageOnWay, Way, name_of, way_of
from procurement.core.actors import Actor
from procurement.core.locking import lock

_AHEAD = (Stage.Status.OPEN, Stage.Status.WAITING)


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
        if found:
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
        planned = planned_anew(way, on_way, now)
        if planned is None:
            if not all(is_answered(way, seat) or seat.holder_is_active for seat in on_way.seats):
                found.append(Reseated(way.request, on_way.stage.name, before, ()))
            continue
        planned = _still_to_answer(way, on_way, planned)
        decided = {seat.membership_id for seat in on_way.seats if seat.has_decision}
        wanted = {person.membership_id for person in planned.people} | decided
        if wanted == {seat.membership_id for seat in on_way.seats}:
            continue
        replace_people(actor, way, on_way, planned, now)
        kept = [name_of(seat.membership) for seat in on_way.seats if seat.has_decision]
        after = tuple(dict.fromkeys([*kept, *(person.name for person in planned.people)]))
        found.append(Reseated(way.request, on_way.stage.name, before, after))
    for one in bring_back(actor, way, now=now):
        before, after = (one.people, ()) if one.is_stranded else ((), one.people)
        found.append(Reseated(way.request, one.stage, before, after))
    return found


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
            not is_answered(way, seat) and not seat.holder_is_active for seat in on_way.seats
        ):
            if _take_off_left(actor, way, on_way, now):
                changed = True
                continue
            planned = planned_anew(way, on_way, now)
            if planned is not None:
                replace_people(actor, way, on_way, planned, now)
                way.stages[index] = way_of(way.request).stages[index]
                changed = True
    if changed:
        ask_lost_seats(actor, way, now=now)
        bring_back(actor, way, now=now)
    return changed


def _take_off_left(actor: Actor, way: Way, on_way: StageOnWay, now: datetime) -> bool:
    """Remove a stage that somebody added when nobody is left in it to decide; tell whether."""
    if not is_added(on_way) or any(
        is_answered(way, seat) or seat.holder_is_active for seat in on_way.seats
    ):
        return False
    gone = enumerated([name_of(seat.membership) for seat in on_way.seats], "and")
    reason = f"{gone} cannot decide any more, and policy does not ask for this agreement."
    take_off(actor, way, on_way, reason, now=now)
    return True
