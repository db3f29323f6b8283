"""A request on its way, while it is locked: what stands, and the step on to what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from accounts.models import Membership
from approvals.models import ApprovalRequest, Decision, Question, Stage, StageSeat
from approvals.routing import Mode, is_passed
from approvals.selectors import barred_from
from approvals.services.clock import due_for
from approvals.services.notices import Asked, ask
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor


@dataclass(slots=True)
class StageOnWay:
    """A stage with the seats that count, and those of people who were replaced."""

    stage: Stage
    seats: list[StageSeat]
    vacated: list[StageSeat]

    def is_passed(self, agreed_by: Mapping[UUID, UUID]) -> bool:
        """Tell whether who agreed so far is enough; ``agreed_by`` is `Way.agreed_by`.

        Somebody who agreed for several people counts as one person.
        """
        slots: dict[UUID, list[int]] = {}
        for seat in self.seats:
            person = agreed_by.get(seat.membership_id, seat.id)
            slots[person] = [*slots.get(person, ()), *seat.slots]
        people = frozenset(agreed_by.values())
        return is_passed(Mode(self.stage.mode), slots, people, self.stage.at_least)

    def line_of(self, seat: StageSeat) -> list[StageSeat]:
        """Return a seat and those from which it was handed over, one by one, up to the first."""
        by_id = {one.id: one for one in (*self.seats, *self.vacated)}
        line = [seat]
        while line[-1].origin == StageSeat.Origin.HANDED_OVER and line[-1].in_place_of_id:
            line.append(by_id[line[-1].in_place_of_id])
        return line


@dataclass(slots=True)
class Way:
    """A locked request with its stages in order: by wave, and by number within one.

    ``barred`` are those who rejected what is appealed now: they are not asked again anywhere. Who
    is ``spoken_for`` decides in the same transaction, and is not mailed when a stage opens.
    """

    request: ApprovalRequest
    stages: list[StageOnWay]
    barred: frozenset[UUID] = frozenset()
    spoken_for: frozenset[UUID] = frozenset()

    def find(self, seat_id: UUID) -> tuple[StageOnWay, StageSeat]:
        """Return a seat with its stage, also a vacated one; raises KeyError for a stranger's."""
        for on_way in self.stages:
            for seat in (*on_way.seats, *on_way.vacated):
                if seat.id == seat_id:
                    return on_way, seat
        raise KeyError(seat_id)

    @property
    def decisions(self) -> Iterator[Decision]:
        """Yield the decisions made so far."""
        for stage in self.stages:
            for seat in stage.seats:
                if seat.has_decision:
                    yield seat.decision

    @property
    def agreed_by(self) -> dict[UUID, UUID]:
        """Return whose agreement stands, each with the person who gave it: they or a stand-in."""
        return {
            decision.made_for: decision.membership_id
            for decision in self.decisions
            if decision.choice == Decision.Choice.APPROVE
        }

    @property
    def approvers(self) -> frozenset[UUID]:
        """Return whose agreement stands, those who were represented included."""
        return frozenset(self.agreed_by)

    @property
    def ahead(self) -> list[StageOnWay]:
        """Return the stages of the first wave that have neither passed nor fallen away."""
        on_the_way = (Stage.Status.OPEN, Stage.Status.WAITING)
        left = [one for one in self.stages if one.stage.status in on_the_way]
        first = min((one.stage.wave for one in left), default=0)
        return [one for one in left if one.stage.wave == first]

    def open_seats_of(self, membership_id: UUID) -> list[StageSeat]:
        """Return where somebody is asked at present, in whichever stages."""
        return [
            seat
            for one in self.stages
            for seat in one.seats
            if seat.is_open and seat.membership_id == membership_id
        ]


def way_of(request: ApprovalRequest) -> Way:
    """Return a locked request's way. One SQL query, and one more for an appeal."""
    seats = (
        StageSeat.objects.filter(request_id=request.id)
        .select_related("stage", "membership__user", "decision__membership__user")
        .order_by("stage__wave", "stage__number", "id")
    )
    stages = []
    for _, group in groupby(seats, key=lambda seat: seat.stage.number):
        found = list(group)
        stages.append(
            StageOnWay(
                found[0].stage,
                seats=[seat for seat in found if seat.vacated_at is None],
                vacated=[seat for seat in found if seat.vacated_at is not None],
            )
        )
    return Way(request, stages, barred=barred_from(request))


def advance(actor: Actor, way: Way, *, now: datetime) -> bool:
    """Close the stages that have passed; tell whether none is left.

    When the whole wave before has passed, the next opens.
    """
    agreed_by = way.agreed_by
    while ahead := way.ahead:
        passed = [one for one in ahead if one.is_passed(agreed_by)]
        for one in passed:
            # A stage that never opened was agreed to in it where an approval was carried there.
            was_decided = any(seat.has_decision for seat in one.seats)
            is_approved = was_decided or one.stage.status == Stage.Status.OPEN
            close_stage(
                one, Stage.Status.APPROVED if is_approved else Stage.Status.SKIPPED, now=now
            )
        if len(passed) < len(ahead):
            waiting = [one for one in ahead if one.stage.status == Stage.Status.WAITING]
            due_at = due_for(way.request.organization_id, now) if waiting else None
            asked = [
                seat
                for one in waiting
                for seat in _open(actor, way, one, way.approvers, due_at, now)
            ]
            ask(way.request, asked, now=now)
            return False
    return True


def close_stage(on_way: StageOnWay, status: Stage.Status, *, now: datetime) -> None:
    """Give a stage its outcome; nobody in it is waited for any longer, for answers neither.

    Three SQL statements.
    """
    on_way.stage.status = status
    on_way.stage.closed_at = now
    on_way.stage.save(update_fields=["status", "closed_at"])
    StageSeat.objects.filter(stage_id=on_way.stage.id, closed_at__isnull=True).update(closed_at=now)
    Question.objects.filter(
        request_id=on_way.stage.request_id, stage_id=on_way.stage.id, closed_at__isnull=True
    ).update(closed_at=now)


def _open(
    actor: Actor,
    way: Way,
    on_way: StageOnWay,
    approvers: frozenset[UUID],
    due_at: datetime | None,
    now: datetime,
) -> list[Asked]:
    """Open a stage; return who is to be mailed about it."""
    request = way.request
    on_way.stage.status = Stage.Status.OPEN
    on_way.stage.opened_at = now
    on_way.stage.due_at = due_at
    on_way.stage.save(update_fields=["status", "opened_at", "due_at"])
    asked = [seat for seat in on_way.seats if seat.membership_id not in approvers]
    for seat in asked:
        seat.asked_at = now
    StageSeat.objects.filter(id__in=[seat.id for seat in asked]).update(asked_at=now)
    # Whoever agreed in an earlier stage is not asked again; their seat here is answered.
    StageSeat.objects.filter(stage_id=on_way.stage.id, asked_at__isnull=True).update(closed_at=now)
    record(
        actor=actor,
        action=AuditAction.APPROVAL_STAGE_OPENED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        after={
            "request_id": request.id,
            "stage": on_way.stage.name,
            "people": [name_of(seat.membership) for seat in asked],
        },
        reason=on_way.stage.because,
        now=now,
    )
    return [
        Asked(seat, name_of(seat.membership), seat.membership.user.email)
        for seat in asked
        if seat.holder_is_active and seat.membership_id not in way.spoken_for
    ]


def name_of(membership: Membership) -> str:
    """Return how a member is called."""
    return membership.user.name or membership.user.email
