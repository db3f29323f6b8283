"""Submitting an order: the heart of the product.

One transaction, few round trips, the hot locks last and shortest. The judgement is
`procurement.orders.assessment.assess`, the very one that the cart's preview shows.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from uuid import UUID

from accounts.actors import MemberActor
from accounts.permissions import Permission, require
from approvals import services as approvals
from approvals.models import ApprovalRequest
from approvals.routing import Flag
from budgets import services as budgets
from budgets.movements import Document
from budgets.rules import Effect, exceeding
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, NotFound
from procurement.orders.assessment import SUBJECT_KIND, Assessment, Refusal, out_of_room
from procurement.orders.draft import Draft
from procurement.orders.judging import judge, summary_of
from procurement.orders.models import Requisition
from procurement.orders.selectors import LoadedDraft, load_draft, surroundings_of
from procurement.orders.services.placement import place_order

_SUBMIT = """
UPDATE orders_requisition
SET status = 'PENDING', total = %s, content_hash = %s, explanation = %s::jsonb, submitted_at = %s,
    touched_at = %s, charged_on = %s, waiting_since = NULL, closed_at = NULL
WHERE id = %s
"""

_JUDGED = """
UPDATE orders_requisitionline AS l
SET guidance = j.guidance, guidance_sentence = j.sentence
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS j (id, guidance, sentence)
WHERE l.id = j.id AND l.requisition_id = %s
"""


# How often an order is judged anew whose soft budgets were used up between judgement and lock. The
# second judgement sees them used up, so more than one more takes room that comes and goes at once.
_JUDGED_AT_MOST = 3


class SubmitOutcome(StrEnum):
    """What became of a submit."""

    SUBMITTED = "SUBMITTED"
    PLACED = "PLACED"
    REFUSED = "REFUSED"
    ALREADY = "ALREADY"


@dataclass(frozen=True, slots=True)
class SubmitVerdict:
    """The outcome of a submit with its reasons; a refusal is a verdict, and is on record."""

    outcome: SubmitOutcome
    requisition_id: UUID
    number: str
    assessment: Assessment | None

    @property
    def judged(self) -> Assessment:
        """Return the judgement, which there is unless the order had been submitted already."""
        assert self.assessment is not None
        return self.assessment


def submit_requisition(*, actor: MemberActor, requisition_id: UUID, now: datetime) -> SubmitVerdict:
    """Submit a draft of the actor's own: reserve its budgets, ask for approval or place it.

    Must run within a tenancy scope. Submitting what has been submitted already answers ALREADY and
    changes nothing. A refusal changes nothing but the audit trail. An order that was submitted
    before goes on from its former request: what policy lets stand is not asked again. At most 14
    round trips to the database the first time, the transaction's own included; `make bench` prints
    them. Raises `NotFound` for somebody else's order, `Conflict` for one that is closed or waits
    for budget, `NotAllowed` where the actor may not buy for the group.
    """
    loaded = load_draft(requisition_id, for_update=True)
    draft = loaded.draft
    if draft.requester_id != actor.membership_id:
        raise NotFound("There is no such order of yours.")
    if loaded.status in (Requisition.Status.PENDING, Requisition.Status.PLACED):
        return SubmitVerdict(SubmitOutcome.ALREADY, draft.id, draft.number, None)
    if loaded.status == Requisition.Status.WAITING:
        raise Conflict("This order waits for budget. It goes on by itself once there is room.")
    if loaded.status != Requisition.Status.DRAFT:
        raise Conflict("This order is closed. Edit it again before you submit it.")
    require(actor, Permission.PLACE_ORDERS, draft.group_path)
    verdict = attempt_submit(
        actor=actor, buyer=actor, loaded=loaded, also=partial(_record_submit, actor, now), now=now
    )
    if verdict.outcome is SubmitOutcome.REFUSED:
        record_refusal(actor, draft, verdict.judged.total, verdict.judged.refusals, now)
    return verdict


def attempt_submit(
    *,
    actor: Actor,
    buyer: MemberActor,
    loaded: LoadedDraft,
    also: Callable[[Assessment], object],
    charged_on: date | None = None,
    now: datetime,
) -> SubmitVerdict:
    """Judge a locked order as its buyer's, and submit or place it; a refusal changes nothing.

    Part of the services that submit: ``actor`` does so, be it the buyer or on their behalf.
    ``also`` records it, and ``charged_on`` is the day that it counts on, where that is settled.
    Where others take the last room of a soft budget before it is locked, the order is judged anew,
    since more people have to agree then. Raises `Conflict` where that keeps happening.
    """
    for _ in range(_JUDGED_AT_MOST):
        verdict = _attempt(actor, buyer, loaded, also, charged_on, now)
        if verdict is not None:
            return verdict
    raise Conflict("Others take room of the same budgets at this moment. Submit it again.")


def _attempt(
    actor: Actor,
    buyer: MemberActor,
    loaded: LoadedDraft,
    also: Callable[[Assessment], object],
    charged_on: date | None,
    now: datetime,
) -> SubmitVerdict | None:
    """Judge and submit once; None where it has to be judged anew, and nothing is changed."""
    draft = loaded.draft
    on = local_date(now, loaded.time_zone)
    around = surroundings_of(
        buyer,
        draft,
        on=on,
        time_zone=loaded.time_zone,
        now=now,
        for_update=True,
        charged_on=charged_on,
    )
    assessment = judge(draft, around)
    if not assessment.is_submittable:
        return SubmitVerdict(SubmitOutcome.REFUSED, draft.id, draft.number, assessment)
    submitted = write_submit(actor, loaded, assessment, also=partial(also, assessment), now=now)
    if submitted.is_outdated:
        return None
    if submitted.blocking:
        late = out_of_room(assessment, submitted.blocking)
        return SubmitVerdict(SubmitOutcome.REFUSED, draft.id, draft.number, late)
    if approved_already(actor, submitted.request, assessment, now=now):
        place_order(actor=actor, draft=draft, on=on, now=now)
        return SubmitVerdict(SubmitOutcome.PLACED, draft.id, draft.number, assessment)
    return SubmitVerdict(SubmitOutcome.SUBMITTED, draft.id, draft.number, assessment)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submit has written, or the budgets that refuse it and let nothing be written.

    Nothing is written either where it ``is_outdated``: under the lock a soft budget has too little
    room, and the judgement asks nobody about that.
    """

    request: ApprovalRequest
    blocking: Sequence[Effect]
    is_outdated: bool


def write_submit(
    actor: Actor,
    loaded: LoadedDraft,
    assessment: Assessment,
    *,
    also: Callable[[], object],
    spoken_for: frozenset[UUID] = frozenset(),
    now: datetime,
) -> Submitted:
    """Write everything that a submit leaves behind in one batch.

    ``also`` writes what the caller has to add, such as its audit event. The reservation goes last,
    since its locks are the ones that others wait for. Where somebody was quicker, and it is refused
    or the judgement is outdated, the batch is rolled back to its savepoint, which lets go of them.
    """
    draft = assessment.draft
    reservation = budgets.prepare_reservation(
        actor=actor,
        covering=[effect.covering for effect in assessment.effects],
        charges=draft.charges,
        document=Document(SUBJECT_KIND, draft.id, draft.number, assessment.charged_on),
        now=now,
    )
    with writes.batch():
        writes.execute("SAVEPOINT submit")
        _write_requisition(assessment, now)
        request = approvals.open_request(
            actor=actor,
            subject_id=draft.id,
            facts=assessment.facts,
            plan=assessment.plan,
            summary=summary_of(assessment, loaded.organization_name, loaded.sign_in_above),
            content_hash=draft.content_hash(),
            carried=assessment.carried,
            spoken_for=spoken_for,
            now=now,
        )
        also()
        reservation.queue()
    verdict = reservation.verdict()
    is_asked_about = Flag.OVER_BUDGET in assessment.facts.flags
    is_outdated = verdict.is_reserved and bool(exceeding(verdict.effects)) and not is_asked_about
    if is_outdated or not verdict.is_reserved:
        writes.execute("ROLLBACK TO SAVEPOINT submit")
    return Submitted(request, verdict.blocking, is_outdated)


def approved_already(
    actor: Actor,
    request: ApprovalRequest,
    assessment: Assessment,
    *,
    spoken_for: frozenset[UUID] = frozenset(),
    now: datetime,
) -> bool:
    """Open what comes after the approvals that stand; tell whether nobody has to be asked.

    No SQL for an order that goes on from none, or that keeps none.
    """
    if assessment.carried is None or not assessment.carried.kept:
        return assessment.needs_nobody
    return approvals.settle_carried(actor=actor, request=request, spoken_for=spoken_for, now=now)


def _write_requisition(assessment: Assessment, now: datetime) -> None:
    draft, lines = assessment.draft, assessment.lines
    writes.execute(
        _SUBMIT,
        [
            assessment.total,
            draft.content_hash(),
            json.dumps(assessment.plan.sentences),
            now,
            now,
            assessment.charged_on,
            draft.id,
        ],
    )
    writes.execute(
        _JUDGED,
        [
            [assessed.line.id for assessed in lines],
            [assessed.guidance.outcome.value for assessed in lines],
            [assessed.guidance.sentence for assessed in lines],
            draft.id,
        ],
    )


def _record_submit(actor: Actor, now: datetime, assessment: Assessment) -> None:
    draft = assessment.draft
    record(
        actor=actor,
        action=AuditAction.REQUISITION_SUBMITTED,
        subject_type=SUBJECT_KIND,
        subject_id=draft.id,
        subject_label=draft.number,
        group_id=draft.group_id,
        after={
            "total": assessment.total,
            "currency": draft.currency,
            "revision": draft.revision,
            "content_hash": draft.content_hash(),
            "guidance": assessment.facts.guidance,
        },
        reason=draft.note,
        now=now,
    )


def record_refusal(
    actor: MemberActor, draft: Draft, total: Decimal, refusals: Sequence[Refusal], now: datetime
) -> None:
    """Keep on record what stood in the way of an order."""
    record(
        actor=actor,
        action=AuditAction.REQUISITION_REFUSED,
        subject_type=SUBJECT_KIND,
        subject_id=draft.id,
        subject_label=draft.number,
        group_id=draft.group_id,
        after={
            "total": total,
            "currency": draft.currency,
            "refusals": [
                {"code": refusal.code, "sentence": refusal.sentence} for refusal in refusals
            ],
        },
        reason=" ".join(refusal.sentence for refusal in refusals),
        now=now,
    )
