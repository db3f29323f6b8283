"""What a request takes over from the one it goes on from: approvals that stand, added approvers.

Part of opening it; `approvals.carrying` has decided.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from approvals.carrying import Addition, Carried
from approvals.models import ApprovalRequest, Decision, RequestEvent, Stage, StageSeat
from approvals.routing import Mode, is_passed
from approvals.services.notices import Asked
from approvals.services.story import tell
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id

_SLOT = 1


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody in a stage of a request that is being opened; neither is stored yet."""

    stage: Stage
    asked: Asked

    @property
    def seat(self) -> StageSeat:
        """Return the seat."""
        return self.asked.seat


def with_additions(
    request: ApprovalRequest,
    carried: Carried,
    stages: Sequence[Stage],
    due_at: datetime | None,
    now: datetime,
) -> list[Seated]:
    """Return a further stage for each approver whom somebody had added, with its seat."""
    last_wave = max((stage.wave for stage in stages), default=1)
    return [
        _added(request, addition, len(stages) + place, min(addition.wave, last_wave), due_at, now)
        for place, addition in enumerate(carried.additions, start=1)
    ]


def _added(
    request: ApprovalRequest,
    addition: Addition,
    number: int,
    wave: int,
    due_at: datetime | None,
    now: datetime,
) -> Seated:
    is_first = wave == 1
    stage = Stage(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        number=number,
        step=None,
        added_by_id=addition.added_by_id,
        wave=wave,
        name=addition.stage_name,
        mode=Mode.ALL.value,
        because=addition.because,
        status=Stage.Status.OPEN if is_first else Stage.Status.WAITING,
        opened_at=now if is_first else None,
        due_at=due_at if is_first else None,
    )
    seat = StageSeat(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        stage_id=stage.id,
        membership_id=addition.holder_id,
        requester_id=request.requester_id,
        content_hash=request.content_hash,
        slots=[_SLOT],
        label=addition.label,
        why=addition.why,
        told=addition.told,
        asked_at=now if is_first else None,
        origin=StageSeat.Origin.ADDED,
    )
    return Seated(stage, Asked(seat, addition.name, addition.email))


def answer_seats(carried: Carried, seated: Sequence[Seated], now: datetime) -> None:
    """Ask nobody whose approval stands, nor in a stage that has passed; tell others why they are.

    The rows are not stored yet.
    """
    again = {one.holder_id: one.told for one in carried.asked_again}
    passed = _passed(seated, carried.approvers)
    for one in seated:
        seat = one.seat
        if seat.membership_id in again:
            seat.why = f"{again[seat.membership_id]} {seat.why}"
        stands = seat.membership_id in carried.approvers
        if one.stage.status == Stage.Status.OPEN and (stands or one.stage.id in passed):
            seat.asked_at, seat.closed_at = None, now


def _passed(seated: Sequence[Seated], approvers: frozenset[UUID]) -> set[UUID]:
    """Return the stages that what stands is enough for."""
    stages = {one.stage.id: one.stage for one in seated}
    return {
        stage.id
        for stage in stages.values()
        if is_passed(
            Mode(stage.mode),
            {one.seat.membership_id: one.seat.slots for one in seated if one.stage.id == stage.id},
            approvers,
            stage.at_least,
        )
    }


def write_carried(
    actor: Actor,
    request: ApprovalRequest,
    carried: Carried,
    seated: Iterable[Seated],
    now: datetime,
) -> None:
    """Insert the decisions that stand, each in its holder's first seat, and say so.

    Within the batch that has inserted the seats; no SQL where none stands.
    """
    first: dict[UUID, StageSeat] = {}
    for one in sorted(seated, key=lambda one: (one.stage.wave, one.stage.number)):
        first.setdefault(one.seat.membership_id, one.seat)
    writes.insert(
        *(
            carried_decision(
                request,
                first[kept.approval.holder_id],
                kept.approval,
                former_id=kept.approval.decision_id,
                because=kept.because,
            )
            for kept in carried.kept
        )
    )
    for kept in carried.kept:
        tell(
            request,
            RequestEvent.Kind.CARRIED,
            about=kept.approval.holder_id,
            text=kept.because,
            now=now,
        )
    if carried.kept or carried.asked_again:
        _record(actor, request, carried, now)


class Said(Protocol):
    """What somebody said when they agreed, wherever it was read from."""

    @property
    def membership_id(self) -> UUID:
        """Who decided."""

    @property
    def on_behalf_of_id(self) -> UUID | None:
        """For whom, where it was for somebody else."""

    @property
    def comment(self) -> str:
        """In their own words."""

    @property
    def channel(self) -> str:
        """Through which door."""

    @property
    def decided_at(self) -> datetime:
        """When."""


def carried_decision(
    request: ApprovalRequest, seat: StageSeat, said: Said, *, former_id: UUID, because: str
) -> Decision:
    """Return an approval, not yet stored, that stands in a request that follows."""
    return Decision(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        seat_id=seat.id,
        membership_id=said.membership_id,
        on_behalf_of_id=said.on_behalf_of_id,
        requester_id=request.requester_id,
        content_hash=request.content_hash,
        choice=Decision.Choice.APPROVE,
        comment=said.comment,
        channel=said.channel,
        decided_at=said.decided_at,
        carried_from_id=former_id,
        carried_because=because,
    )


def _record(actor: Actor, request: ApprovalRequest, carried: Carried, now: datetime) -> None:
    record(
        actor=actor,
        action=AuditAction.APPROVAL_CARRIED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before={"request_id": carried.former.request_id},
        after={
            "request_id": request.id,
            "content_hash": request.content_hash,
            "kept": [
                {
                    "person": one.approval.name,
                    "decision_id": one.approval.decision_id,
                    "because": one.because,
                }
                for one in carried.kept
            ],
            "asked_again": [
                {"person": one.name, "because": list(one.phrases)} for one in carried.asked_again
            ],
        },
        reason=" ".join(carried.sentences),
        now=now,
    )
