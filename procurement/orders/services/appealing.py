"""Appealing the rejection of an order: the same content, judged and reserved anew, goes up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from accounts.actors import MemberActor
from accounts.permissions import Permission, require
from approvals import services as approvals
from approvals.models import ApprovalRequest
from approvals.routing import Facts
from approvals.selectors import latest_request_about
from budgets import services as budgets
from budgets.movements import Document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.orders import selectors
from procurement.orders.assessment import SUBJECT_KIND, Assessment, Refusal, assess, budget_refusals
from procurement.orders.draft import Draft
from procurement.orders.judging import summary_of
from procurement.orders.models import Requisition
from procurement.orders.selectors import LoadedDraft, load_draft, surroundings_of
from procurement.orders.services.submission import record_refusal

_CHANGED = Refusal(
    "LINE",
    "What guided buying says of this order has changed since it was rejected. Edit it and submit "
    "it again, so that everybody is asked who has to be.",
)


class AppealOutcome(StrEnum):
    """What became of an appeal."""

    APPEALED = "APPEALED"
    REFUSED = "REFUSED"
    ALREADY = "ALREADY"


@dataclass(frozen=True, slots=True)
class AppealVerdict:
    """The outcome of an appeal; a refusal has its reasons and is on record.

    ``hearing`` names those who are asked to decide on it.
    """

    outcome: AppealOutcome
    requisition_id: UUID
    number: str
    refusals: tuple[Refusal, ...] = ()
    hearing: tuple[str, ...] = ()


@transaction.atomic
def appeal(
    *, actor: MemberActor, requisition_id: UUID, reason: str, now: datetime
) -> AppealVerdict:
    """Appeal the rejection of an order of the actor's own: the next in line above is asked.

    Its content stays; what was agreed to stands; its budgets are reserved again, or refuse it. Each
    rejection can be appealed once. What waits for approval already answers ALREADY and changes
    nothing. Raises `NotFound` for somebody else's order, `Conflict` for one that is not rejected or
    whose rejection is final, `DomainError` without a reason, and `NotAllowed` where the actor may
    not buy for the group any more.
    """
    loaded = load_draft(requisition_id, for_update=True)
    draft = loaded.draft
    order = Requisition.objects.filter(selectors.looked_after_by(actor), id=requisition_id).first()
    if order is None:
        raise NotFound("There is no such order of yours.")
    if loaded.status == Requisition.Status.PENDING:
        return AppealVerdict(AppealOutcome.ALREADY, draft.id, draft.number)
    if loaded.status != Requisition.Status.REJECTED:
        raise Conflict("Only a rejected order can be appealed.")
    if not reason.strip():
        raise DomainError("Say what speaks against the rejection.", field="reason")
    require(actor, Permission.PLACE_ORDERS, draft.group_path)
    assessment = _assessed_anew(actor, loaded, now)
    refusals = _in_the_way(assessment)
    if not refusals:
        refusals = _reserve(actor, assessment, now)
    if refusals:
        record_refusal(actor, draft, assessment.total, refusals, now)
        return AppealVerdict(AppealOutcome.REFUSED, draft.id, draft.number, refusals)
    Requisition.objects.filter(id=draft.id).update(
        status=Requisition.Status.PENDING,
        charged_on=assessment.charged_on,
        submitted_at=now,
        touched_at=now,
        closed_at=None,
    )
    appealed = approvals.appeal_request(
        actor=actor,
        subject_kind=SUBJECT_KIND,
        subject_id=draft.id,
        content_hash=draft.content_hash(),
        summary=summary_of(assessment, loaded.organization_name, loaded.sign_in_above),
        looked_after_by=order.owner_id,
        reason=reason,
        now=now,
    )
    _record(actor, draft, appealed.request, reason.strip(), now)
    return AppealVerdict(AppealOutcome.APPEALED, draft.id, draft.number, hearing=appealed.hearing)


def _assessed_anew(actor: MemberActor, loaded: LoadedDraft, now: datetime) -> Assessment:
    on = local_date(now, loaded.time_zone)
    around = surroundings_of(
        actor,
        loaded.draft,
        on=on,
        time_zone=loaded.time_zone,
        now=now,
        for_update=True,
        charged_on=loaded.charged_on,
    )
    return assess(loaded.draft, around)


def _in_the_way(assessment: Assessment) -> tuple[Refusal, ...]:
    """Return what keeps an order from being appealed.

    The way is that of the rejected request, so it does not matter where policy would send it today.
    """
    found = tuple(one for one in assessment.refusals if one.code != "ROUTE")
    asked = latest_request_about(SUBJECT_KIND, assessment.draft.id)
    if not found and asked is not None:
        former = Facts.from_json(asked.request.facts)
        if (former.guidance, former.flags) != (assessment.facts.guidance, assessment.facts.flags):
            return (_CHANGED,)
    return found


def _reserve(actor: MemberActor, assessment: Assessment, now: datetime) -> tuple[Refusal, ...]:
    """Reserve on every budget again, or return those that refuse."""
    draft = assessment.draft
    reservation = budgets.reserve(
        actor=actor,
        covering=[effect.covering for effect in assessment.effects],
        charges=draft.charges,
        document=Document(SUBJECT_KIND, draft.id, draft.number, assessment.charged_on),
        now=now,
    )
    if reservation.is_reserved:
        return ()
    return budget_refusals(reservation.blocking, draft.currency)


def _record(
    actor: MemberActor, draft: Draft, request: ApprovalRequest, reason: str, now: datetime
) -> None:
    record(
        actor=actor,
        action=AuditAction.REQUISITION_APPEALED,
        subject_type=SUBJECT_KIND,
        subject_id=draft.id,
        subject_label=draft.number,
        group_id=draft.group_id,
        before={"status": Requisition.Status.REJECTED},
        after={
            "status": Requisition.Status.PENDING,
            "request_id": request.id,
            "total": draft.total,
            "currency": draft.currency,
        },
        reason=reason,
        now=now,
    )
