"""Taking rejected lines out of an order that waits, so that the rest goes on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from approvals.models import ApprovalRequest
from approvals.selectors import former_request
from budgets.selectors import without_document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.orders.assessment import SUBJECT_KIND, Assessment, budget_refusals
from procurement.orders.draft import Draft, DraftLine
from procurement.orders.judging import judge, key_of
from procurement.orders.models import RejectedLine, Requisition, RequisitionLine
from procurement.orders.selectors import LoadedDraft, load_draft, surroundings_of
from procurement.orders.services.submission import write_submit

# What keeps the rest from going on; the others only keep somebody from submitting. Budgets judge
# for themselves in the end: what is left takes no room but beyond what the order holds.
_STOPPING = frozenset({"ROUTE"})


def take_lines_out(
    *,
    actor: Actor,
    requisition_id: UUID,
    request_id: UUID,
    keys: Sequence[str],
    reason: str,
    spoken_for: frozenset[UUID],
    now: datetime,
) -> ApprovalRequest:
    """Move rejected lines apart, judge the rest anew and ask for it; return the new request.

    Part of the rejection: ``actor`` has been found to be asked about ``request_id``, which has
    ended. What the rejected lines had reserved is given back. Raises `DomainError` unless some
    lines are named and some are left, and `Conflict` where the order does not wait any more or the
    rest cannot go on as it stands.
    """
    loaded = load_draft(requisition_id, for_update=True)
    if loaded.status != Requisition.Status.PENDING:
        raise Conflict("This order does not wait for approval any more.")
    rejected = _named(loaded.draft, keys)
    _move(actor, loaded.draft, rejected, request_id, reason, now)
    on = local_date(now, loaded.time_zone)
    left = load_draft(requisition_id, for_update=True)
    around = surroundings_of(
        None,
        left.draft,
        on=on,
        time_zone=left.time_zone,
        now=now,
        for_update=True,
        charged_on=left.charged_on,
    )
    around = replace(
        around,
        former=former_request(request_id),
        covering=without_document(around.covering, requisition_id),
    )
    assessment = judge(left.draft, around)
    stopping = [one.sentence for one in assessment.refusals if one.code in _STOPPING]
    if not stopping:
        return _ask_again(actor, left, assessment, loaded.draft, rejected, reason, spoken_for, now)
    raise _cannot_go_on(stopping)


def _named(draft: Draft, keys: Sequence[str]) -> list[DraftLine]:
    """Return the lines that are rejected, as long as others are left."""
    known = {key_of(line): line for line in draft.lines}
    if not keys or not known.keys() >= set(keys):
        raise DomainError("Choose the lines to reject among those of the order.", field="lines")
    rejected = [line for key, line in known.items() if key in set(keys)]
    if len(rejected) == len(draft.lines):
        raise DomainError("These are all of its lines: reject the order instead.", field="lines")
    return rejected


def _move(
    actor: Actor,
    draft: Draft,
    rejected: Sequence[DraftLine],
    request_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    ids = [line.id for line in rejected]
    assert actor.id is not None  # who is asked is a person
    positions = dict(RequisitionLine.objects.filter(id__in=ids).values_list("id", "position"))
    writes.insert(
        *(
            RejectedLine(
                id=new_id(),
                organization_id=actor.organization_id,
                requisition_id=draft.id,
                position=positions[line.id],
                item_id=line.item_id,
                supplier_id=line.supplier_id,
                title=line.title,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
                reason=reason,
                rejected_by_id=actor.id,
                request_id=request_id,
                rejected_at=now,
            )
            for line in rejected
        )
    )
    RequisitionLine.objects.filter(requisition_id=draft.id, id__in=ids).delete()


def _ask_again(
    actor: Actor,
    left: LoadedDraft,
    assessment: Assessment,
    before: Draft,
    rejected: Sequence[DraftLine],
    reason: str,
    spoken_for: frozenset[UUID],
    now: datetime,
) -> ApprovalRequest:
    def also() -> None:
        record(
            actor=actor,
            action=AuditAction.REQUISITION_LINES_REJECTED,
            subject_type=SUBJECT_KIND,
            subject_id=left.draft.id,
            subject_label=left.draft.number,
            group_id=left.draft.group_id,
            before={"total": before.total, "lines": len(before.lines)},
            after={
                "total": assessment.total,
                "currency": left.draft.currency,
                "content_hash": left.draft.content_hash(),
                "lines": [
                    {"title": line.title, "item_id": line.item_id, "amount": line.amount}
                    for line in rejected
                ],
            },
            reason=reason,
            now=now,
        )

    submitted = write_submit(actor, left, assessment, also=also, spoken_for=spoken_for, now=now)
    if submitted.is_outdated:
        raise Conflict("Others take room of the same budgets at this moment. Try again.")
    if submitted.blocking:
        late = budget_refusals(submitted.blocking, left.draft.currency)
        raise _cannot_go_on([refusal.sentence for refusal in late])
    return submitted.request


def _cannot_go_on(sentences: Sequence[str]) -> Conflict:
    return Conflict(
        f"What is left cannot go on as it stands. {' '.join(sentences)} Reject the order instead."
    )
