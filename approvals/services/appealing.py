"""Appealing a rejection: the same content goes to whoever is next in line above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from approvals.appealing import Appeal, AppealStage
from approvals.models import ApprovalRequest, Decision, RequestEvent, Stage, StageSeat
from approvals.selectors import (
    RequestDetail,
    StageDetail,
    appeal_for,
    latest_request_about,
    timing_of,
)
from approvals.services.carrying import carried_decision
from approvals.services.requests import new_seat
from approvals.services.story import tell
from approvals.services.way import advance, way_of
from approvals.summary import SubjectSummary
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class Appealed:
    """The request that an appeal goes on with, and the names of those who hear it."""

    request: ApprovalRequest
    hearing: tuple[str, ...]


STANDS = "An appeal is about the same content, so what was agreed to stands."


class CannotBeAppealed(Conflict):
    """A rejection is final, or nobody is left above who could hear an appeal."""

    title = "This cannot be appealed"


@transaction.atomic
def appeal_request(
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: UUID,
    content_hash: str,
    summary: SubjectSummary,
    looked_after_by: UUID | None = None,
    reason: str,
    now: datetime,
) -> Appealed:
    """Ask once more for what was rejected, of the next in line above whoever rejected it.

    The new request has the content, facts and policy version of the former one, so the same stages:
    those that had passed stay agreed to, the others are asked. ``summary`` is what approvers are
    shown, with the budgets of today. Only who asked may appeal, or the member who looks after the
    subject, which its owner has locked. Raises `DomainError` without a reason, `NotAllowed`,
    `NotFound` where nothing was asked for, and `CannotBeAppealed` with the reason why not.
    """
    if not reason.strip():
        raise DomainError("Say what speaks against the rejection.", field="reason")
    lock(ApprovalRequest.objects.filter(subject_kind=subject_kind, subject_id=subject_id))
    detail = latest_request_about(subject_kind, subject_id)
    if detail is None:
        raise NotFound("Nothing was asked for here yet.")
    former = detail.request
    if actor.id not in (former.requester_id, looked_after_by):
        raise NotAllowed("Only who asked can appeal.")
    if former.content_hash != content_hash:
        raise CannotBeAppealed(
            "The content has changed since it was rejected. Submit it again instead."
        )
    appeal = appeal_for(detail, now)
    if appeal.refusal:
        raise CannotBeAppealed(appeal.refusal)
    request = _request(former, summary, now)
    request.save(force_insert=True)
    _write_stages(request, detail, appeal, _because(actor, detail, reason), now)
    _record(actor, request, appeal, reason.strip(), now)
    tell(request, RequestEvent.Kind.APPEALED, by=actor.id, text=reason.strip(), now=now)
    way = way_of(request)
    if advance(actor, way, now=now):
        raise AssertionError("an appeal is heard by somebody who has not agreed yet")
    return Appealed(request, tuple(one.person.name for one in appeal.hearing))


def _request(former: ApprovalRequest, summary: SubjectSummary, now: datetime) -> ApprovalRequest:
    return ApprovalRequest(
        id=new_id(),
        organization_id=former.organization_id,
        subject_kind=former.subject_kind,
        subject_id=former.subject_id,
        subject_label=former.subject_label,
        group_id=former.group_id,
        requester_id=former.requester_id,
        amount=former.amount,
        currency=former.currency,
        facts=former.facts,
        policy_version_id=former.policy_version_id,
        content_hash=former.content_hash,
        summary=summary.to_json(),
        explanation=former.explanation,
        status=ApprovalRequest.Status.PENDING,
        opened_at=now,
        follows_id=former.id,
        follows_as=ApprovalRequest.FollowsAs.APPEAL,
        expires_at=timing_of(former.organization_id).expires_at(now),
    )


def _because(actor: Actor, detail: RequestDetail, reason: str) -> str:
    """Return what whoever hears the appeal is told first: what was said on both sides."""
    rejection = next(one for one in detail.decisions if one.choice == Decision.Choice.REJECT)
    who = rejection.membership.user.name or rejection.membership.user.email
    return f"{who} rejected this: “{rejection.comment}” {actor.label} appeals: “{reason.strip()}”"


def _write_stages(
    request: ApprovalRequest, detail: RequestDetail, appeal: Appeal, because: str, now: datetime
) -> None:
    """Insert stages, seats and the decisions that stand. Three SQL statements."""
    former: Mapping[UUID, StageDetail] = {one.stage.id: one for one in detail.stages}
    stages: list[Stage] = []
    seats: list[StageSeat] = []
    decisions: list[Decision] = []
    for planned in appeal.stages:
        of = former[planned.stage_id]
        stage = _stage(request, of.stage, is_passed=planned.is_passed, now=now)
        stages.append(stage)
        copies = _copies(request, stage, of, planned.kept, now)
        seats += copies.values()
        for there in of.seats:
            if (
                there.id in planned.kept
                and there.has_decision
                and there.decision.choice == Decision.Choice.APPROVE
            ):
                seat = copies[there.id]
                seat.closed_at = now
                decisions.append(
                    carried_decision(
                        request, seat, there.decision, former_id=there.decision.id, because=STANDS
                    )
                )
        seats += _new_seats(request, stage, planned, because)
    Stage.objects.bulk_create(stages)
    StageSeat.objects.bulk_create(seats)
    Decision.objects.bulk_create(decisions)


def _stage(request: ApprovalRequest, former: Stage, *, is_passed: bool, now: datetime) -> Stage:
    return Stage(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        number=former.number,
        step=former.step,
        added_by_id=former.added_by_id,
        wave=former.wave,
        name=former.name,
        mode=former.mode,
        at_least=former.at_least,
        because=former.because,
        status=former.status if is_passed else Stage.Status.WAITING,
        opened_at=former.opened_at if is_passed else None,
        closed_at=now if is_passed else None,
    )


def _copies(
    request: ApprovalRequest,
    stage: Stage,
    former: StageDetail,
    kept: Mapping[UUID, tuple[int, ...]],
    now: datetime,
) -> dict[UUID, StageSeat]:
    """Return a stage's seats that stay, by the id of the former one; who gave one away first."""
    by_id = {there.id: there for there in former.seats}
    copies: dict[UUID, StageSeat] = {}

    def copy(there: StageSeat) -> StageSeat:
        if there.id not in copies:
            given = by_id.get(there.in_place_of_id) if there.in_place_of_id else None
            stays = given is not None and (given.id in kept or given.vacated_at is not None)
            before = copy(given) if given is not None and stays else None
            slots = kept.get(there.id, tuple(there.slots))
            copies[there.id] = _kept(request, stage, there, slots, now)
            copies[there.id].in_place_of = before
        return copies[there.id]

    for there in former.seats:
        if there.id in kept:
            copy(there)
    return copies


def _kept(
    request: ApprovalRequest,
    stage: Stage,
    former: StageSeat,
    slots: tuple[int, ...],
    now: datetime,
) -> StageSeat:
    is_passed = stage.closed_at is not None
    return StageSeat(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        stage_id=stage.id,
        membership_id=former.membership_id,
        requester_id=request.requester_id,
        content_hash=request.content_hash,
        slots=list(slots),
        label=former.label,
        on_group_id=former.on_group_id,
        on_group_name=former.on_group_name,
        why=former.why,
        told=former.told,
        origin=former.origin,
        asked_at=former.asked_at if is_passed or former.vacated_at else None,
        closed_at=now if is_passed or former.vacated_at else None,
        vacated_at=now if former.vacated_at else None,
    )


def _new_seats(
    request: ApprovalRequest, stage: Stage, planned: AppealStage, because: str
) -> list[StageSeat]:
    seats = []
    for one in planned.new:
        person = one.seated(planned.new_slots, because)
        seat = new_seat(request, stage, person, asked_at=None)
        seat.origin = StageSeat.Origin.APPEAL
        seats.append(seat)
    return seats


def _record(
    actor: Actor, request: ApprovalRequest, appeal: Appeal, reason: str, now: datetime
) -> None:
    record(
        actor=actor,
        action=AuditAction.APPROVAL_APPEALED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before={"request_id": request.follows_id},
        after={
            "request_id": request.id,
            "content_hash": request.content_hash,
            "policy_version_id": request.policy_version_id,
            "people": [one.person.name for one in appeal.hearing],
        },
        reason=reason,
        now=now,
    )
