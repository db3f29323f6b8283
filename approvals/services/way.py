"""A request on its way, while it is locked: what stands, and the step on to what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from accounts.models import Membership
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import Mode, is_passed
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

    def is_passed(self, approvers: frozenset[UUID]) -> bool:
        """Tell whether who agreed so far is enough."""
        slots = {seat.membership_id: seat.slots for seat in self.seats}
        return is_passed(Mode(self.stage.mode), slots, approvers)


@dataclass(slots=True)
class Way:
    """A locked request with its stages in order."""

    request: ApprovalRequest
    stages: list[StageOnWay]

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
    def approvers(self) -> frozenset[UUID]:
        """Return whose agreement stands, those who were represented included."""
        return frozenset(
            decision.on_behalf_of_id or decision.membership_id
            for decision in self.decisions
            if decision.choice == Decision.Choice.APPROVE
        )

    @property
    def ahead(self) -> StageOnWay | None:
        """Return the first stage that has neither passed nor fallen away."""
        on_the_way = (Stage.Status.OPEN, Stage.Status.WAITING)
        return next((stage for stage in self.stages if stage.stage.status in on_the_way), None)


def way_of(request: ApprovalRequest) -> Way:
    """Return a locked request's way. One SQL query."""
    seats = (
        StageSeat.objects.filter(request_id=request.id)
        .select_related("stage", "membership__user", "decision")
        .order_by("stage__number", "id")
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
    return Way(request, stages)


def advance(actor: Actor, way: Way, *, now: datetime) -> bool:
    """Close the stages that have passed and open the next; tell whether none is left."""
    approvers = way.approvers
    while (ahead := way.ahead) is not None:
        if not ahead.is_passed(approvers):
            if ahead.stage.status == Stage.Status.WAITING:
                _open(actor, way.request, ahead, approvers, now)
            return False
        was_open = ahead.stage.status == Stage.Status.OPEN
        close_stage(ahead, Stage.Status.APPROVED if was_open else Stage.Status.SKIPPED, now=now)
    return True


def close_stage(on_way: StageOnWay, status: Stage.Status, *, now: datetime) -> None:
    """Give a stage its outcome; nobody in it is waited for any longer. Two SQL statements."""
    on_way.stage.status = status
    on_way.stage.closed_at = now
    on_way.stage.save(update_fields=["status", "closed_at"])
    StageSeat.objects.filter(stage_id=on_way.stage.id, closed_at__isnull=True).update(closed_at=now)


def _open(
    actor: Actor,
    request: ApprovalRequest,
    on_way: StageOnWay,
    approvers: frozenset[UUID],
    now: datetime,
) -> None:
    on_way.stage.status = Stage.Status.OPEN
    on_way.stage.opened_at = now
    on_way.stage.save(update_fields=["status", "opened_at"])
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
    ask(
        request,
        [
            Asked(seat, name_of(seat.membership), seat.membership.user.email)
            for seat in asked
            if seat.holder_is_active
        ],
        now=now,
    )


def name_of(membership: Membership) -> str:
    """Return how a member is called."""
    return membership.user.name or membership.user.email
