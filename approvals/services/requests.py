"""Asking for approval, and taking the question back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from approvals.carrying import Carried
from approvals.models import ApprovalRequest, Question, Stage, StageSeat
from approvals.routing import Facts, Plan, PlannedStage, SeatedPerson
from approvals.selectors import timing_of
from approvals.services.carrying import Seated, answer_seats, with_additions, write_carried
from approvals.services.notices import Asked, ask
from approvals.summary import SubjectSummary
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.ids import new_id

_Status = ApprovalRequest.Status


class NotRoutable(DomainError):
    """Policy gives no way for a subject, or a stage of it would have nobody to decide."""

    title = "Nobody could approve this"


def open_request(
    *,
    actor: Actor,
    subject_id: UUID,
    facts: Facts,
    plan: Plan,
    summary: SubjectSummary,
    content_hash: str,
    carried: Carried | None = None,
    spoken_for: frozenset[UUID] = frozenset(),
    now: datetime,
) -> ApprovalRequest:
    """Ask for approval along a plan, and mail the people of its first wave.

    Part of the submit, so little is read: how long deciding may take, in one query, and not for an
    automatic plan. Rows are inserted with ids given here, in one pipeline.
    ``actor`` has been found to be allowed by whoever owns the subject. ``content_hash`` is the
    SHA-256 of the content that ``summary`` shows, in hex. An automatic plan gives a request that is
    APPROVED already; the subject's handler is not called for it, the caller carries on. Raises
    `NotRoutable` when the plan is not ready.

    ``carried`` is what stands of the request that this one goes on from, as `carry` has found for
    the very plan and summary; the caller has `settle_carried` open what comes next. Who is
    ``spoken_for`` decides in the same transaction, and is not mailed.
    """
    if not plan.is_ready or plan.route.policy is None:
        raise NotRoutable(" ".join(plan.refusals))
    is_automatic = plan.is_automatic and not (carried and carried.additions)
    request = _request(actor, subject_id, facts, plan, summary, content_hash, now)
    _go_on_from(request, carried)
    if is_automatic:
        request.status, request.closed_at = _Status.APPROVED, now
    timing = None if is_automatic else timing_of(actor.organization_id)
    request.expires_at = timing.expires_at(now) if timing else None
    due_at = timing.due_at(now) if timing else None
    stages = [_stage(request, planned, due_at, now) for planned in plan.stages]
    seated = [
        Seated(stage, Asked(_seat(request, stage, person, now), person.name, person.email))
        for planned, stage in zip(plan.stages, stages, strict=True)
        for person in planned.people
    ]
    if carried is not None:
        further = with_additions(request, carried, stages, due_at, now)
        stages += [one.stage for one in further]
        seated += further
        answer_seats(carried, seated, now)
    with writes.batch():
        writes.insert(request)
        writes.insert(*stages)
        writes.insert(*(one.seat for one in seated))
        _record_opening(actor, request, plan, carried, is_automatic=is_automatic, now=now)
        if carried is not None:
            write_carried(actor, request, carried, seated, now)
        waiting = [one.asked for one in seated if one.seat.is_open]
        ask(request, [one for one in waiting if one.seat.membership_id not in spoken_for], now=now)
    return request


def _go_on_from(request: ApprovalRequest, carried: Carried | None) -> None:
    if carried is not None:
        request.follows_id = carried.former.request_id
        request.follows_as = ApprovalRequest.FollowsAs.CHANGE


def _request(
    actor: Actor,
    subject_id: UUID,
    facts: Facts,
    plan: Plan,
    summary: SubjectSummary,
    content_hash: str,
    now: datetime,
) -> ApprovalRequest:
    assert plan.route.policy is not None
    heard = (plan.route.policy, *plan.route.above)
    planned = {stage.step for stage in plan.stages}
    return ApprovalRequest(
        id=new_id(),
        organization_id=actor.organization_id,
        subject_kind=facts.subject_kind,
        subject_id=subject_id,
        subject_label=summary.label[:300],
        group_id=facts.group_id,
        requester_id=facts.requester_id,
        amount=facts.amount,
        currency=facts.currency,
        facts=facts.to_json(),
        policy_version_id=plan.route.policy.version_id,
        content_hash=content_hash,
        summary=summary.to_json(),
        explanation={
            "sentences": list(plan.sentences),
            "tier": plan.route.tier,
            "left_out": [step for step in range(len(plan.route.stages)) if step not in planned],
            # What routing again needs beyond facts and version: whose mandatory parts were heard,
            # and what their groups were called.
            "above": [str(policy.version_id) for policy in plan.route.above],
            "called": {str(policy.version_id): policy.group_name for policy in heard},
        },
        status=_Status.PENDING,
        opened_at=now,
    )


def _stage(
    request: ApprovalRequest, planned: PlannedStage, due_at: datetime | None, now: datetime
) -> Stage:
    is_first = planned.wave == 1
    return Stage(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        number=planned.number,
        step=planned.step,
        name=planned.name,
        mode=planned.mode.value,
        wave=planned.wave,
        at_least=planned.at_least,
        because=planned.because,
        status=Stage.Status.OPEN if is_first else Stage.Status.WAITING,
        opened_at=now if is_first else None,
        due_at=due_at if is_first else None,
    )


def _seat(request: ApprovalRequest, stage: Stage, person: SeatedPerson, now: datetime) -> StageSeat:
    return new_seat(request, stage, person, asked_at=now if stage.opened_at else None)


def new_seat(
    request: ApprovalRequest, stage: Stage, person: SeatedPerson, *, asked_at: datetime | None
) -> StageSeat:
    """Return the row, not yet stored, that seats somebody in a stage."""
    return StageSeat(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        stage_id=stage.id,
        membership_id=person.membership_id,
        requester_id=request.requester_id,
        content_hash=request.content_hash,
        slots=list(person.slots),
        label=person.label[:200],
        on_group_id=person.group_id,
        on_group_name=person.group_name,
        why=person.why_you,
        told=person.why,
        asked_at=asked_at,
    )


def _record_opening(
    actor: Actor,
    request: ApprovalRequest,
    plan: Plan,
    carried: Carried | None,
    *,
    is_automatic: bool,
    now: datetime,
) -> None:
    goes_on = carried is not None and {
        "follows": carried.former.request_id,
        "kept": [one.approval.name for one in carried.kept],
    }
    record(
        actor=actor,
        action=AuditAction.APPROVAL_REQUESTED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        after={
            "request_id": request.id,
            "amount": request.amount,
            "currency": request.currency,
            "content_hash": request.content_hash,
            "policy_version_id": request.policy_version_id,
            "automatic": is_automatic,
            **(goes_on or {}),
            "stages": [
                {
                    "name": stage.name,
                    "mode": stage.mode.value,
                    "wave": stage.wave,
                    "people": [person.name for person in stage.people],
                }
                for stage in plan.stages
            ],
        },
        reason=" ".join(plan.sentences),
        now=now,
    )


@transaction.atomic
def withdraw_request(
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: UUID,
    looked_after_by: UUID | None = None,
    reason: str = "",
    now: datetime,
) -> ApprovalRequest | None:
    """Take a subject's pending request back; None when nothing is pending.

    Only who asked may, the member who looks after the subject in their place, or the system. Raises
    `NotAllowed` for anybody else, `Conflict` while somebody decides it.
    """
    pending = _lock_pending(subject_kind, subject_id)
    for request in pending:
        if actor.id not in (None, request.requester_id, looked_after_by):
            raise NotAllowed("Only who asked can take the question back.")
        _close(actor, request, _Status.WITHDRAWN, AuditAction.APPROVAL_WITHDRAWN, reason, now)
    return next(iter(pending), None)


@transaction.atomic
def supersede_request(
    *, actor: Actor, subject_kind: str, subject_id: UUID, reason: str = "", now: datetime
) -> ApprovalRequest | None:
    """End a subject's pending request since its content has changed; None when nothing is pending.

    Decisions on the former content stay readable and count no longer. The subject's owner has found
    the actor to be allowed to change it. Raises `Conflict` while somebody decides it.
    """
    pending = _lock_pending(subject_kind, subject_id)
    for request in pending:
        _close(actor, request, _Status.SUPERSEDED, AuditAction.APPROVAL_SUPERSEDED, reason, now)
    return next(iter(pending), None)


def replace_request(actor: Actor, request: ApprovalRequest, *, reason: str, now: datetime) -> None:
    """End a locked, pending request in favour of one that goes on from it."""
    _close(actor, request, _Status.SUPERSEDED, AuditAction.APPROVAL_SUPERSEDED, reason, now)


def _lock_pending(subject_kind: str, subject_id: UUID) -> Sequence[ApprovalRequest]:
    """Lock a subject's pending request, or give way to whoever is deciding it at this moment.

    The subject's owner holds a lock on the subject by now; a decision holds the request and goes on
    to the subject. Waiting here could only end in a deadlock.
    """
    pending = ApprovalRequest.objects.filter(
        subject_kind=subject_kind, subject_id=subject_id, status=_Status.PENDING
    )
    try:
        return list(pending.select_for_update(of=("self",), nowait=True).order_by("pk"))
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Conflict(
                "Somebody is deciding this right now. Look again in a moment."
            ) from error
        raise


def _close(
    actor: Actor,
    request: ApprovalRequest,
    status: ApprovalRequest.Status,
    action: AuditAction,
    reason: str,
    now: datetime,
) -> None:
    end_request(request, status, now=now)
    record(
        actor=actor,
        action=action,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before={"request_id": request.id, "status": _Status.PENDING.value},
        after={"request_id": request.id, "status": status.value},
        reason=reason,
        now=now,
    )


def end_request(request: ApprovalRequest, status: ApprovalRequest.Status, *, now: datetime) -> None:
    """Give a locked request its final state; stages not yet passed fall away, nobody waits on.

    Four SQL statements.
    """
    request.status = status
    request.closed_at = now
    request.save(update_fields=["status", "closed_at"])
    Stage.objects.filter(
        request_id=request.id, status__in=[Stage.Status.OPEN, Stage.Status.WAITING]
    ).update(status=Stage.Status.SKIPPED, closed_at=now)
    StageSeat.objects.filter(request_id=request.id, closed_at__isnull=True).update(closed_at=now)
    Question.objects.filter(request_id=request.id, closed_at__isnull=True).update(closed_at=now)
