"""What happens to an order when its approval has been decided."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from approvals.background import Background
from approvals.subjects import SubjectKind
from budgets import services as budgets
from budgets.movements import Document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.draft import Draft
from procurement.orders.models import Requisition
from procurement.orders.selectors import LoadedDraft, background_of, load_draft
from procurement.orders.services.placement import place_order
from procurement.orders.services.rejecting import take_lines_out


class RequisitionHandler:
    """Answers for requisitions towards approvals."""

    kind = SubjectKind.REQUISITION.value

    def on_approved(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        """Place the order: every stage has passed."""
        loaded = _pending(subject_id)
        _record(actor, AuditAction.REQUISITION_APPROVED, loaded.draft, request_id, "", now)
        on = local_date(now, loaded.time_zone)
        place_order(actor=actor, draft=loaded.draft, on=on, now=now)

    def on_rejected(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, comment: str, now: datetime
    ) -> None:
        """Stop: give back what the order had reserved; its requester can edit and resubmit it."""
        draft = _give_up(actor, subject_id, Requisition.Status.REJECTED, now)
        _record(actor, AuditAction.REQUISITION_REJECTED, draft, request_id, comment, now)

    def on_expired(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        """Stop: nobody decided in time; its requester can edit and resubmit it."""
        draft = _give_up(actor, subject_id, Requisition.Status.EXPIRED, now)
        _record(actor, AuditAction.REQUISITION_EXPIRED, draft, request_id, "", now)

    def without_lines(
        self,
        *,
        actor: Actor,
        subject_id: UUID,
        request_id: UUID,
        keys: Sequence[str],
        reason: str,
        spoken_for: frozenset[UUID],
        now: datetime,
    ) -> UUID:
        """Take rejected lines out of an order, and ask for what is left."""
        request = take_lines_out(
            actor=actor,
            requisition_id=subject_id,
            request_id=request_id,
            keys=keys,
            reason=reason,
            spoken_for=spoken_for,
            now=now,
        )
        return request.id

    def stand_in_of(self, *, subject_id: UUID) -> UUID | None:
        """Return who looks after an order whose requester has left, if anybody. One SQL query."""
        return Requisition.objects.values_list("owner_id", flat=True).get(id=subject_id)

    def background_of(self, *, subject_id: UUID, now: datetime) -> Background:
        """Return what was ordered before. Three SQL queries in one round trip."""
        return background_of(subject_id, now=now)

    def path_of(self, *, organization_slug: str, subject_id: UUID) -> str:
        """Return the address of an order's page."""
        return reverse(
            "orders:detail",
            kwargs={"organization_slug": organization_slug, "requisition_id": subject_id},
        )


def _give_up(
    actor: Actor, requisition_id: UUID, status: Requisition.Status, now: datetime
) -> Draft:
    """Close a pending order and give back what it had reserved."""
    loaded = _pending(requisition_id)
    draft = loaded.draft
    on = local_date(now, loaded.time_zone)
    budgets.release(
        actor=actor, document=Document(SUBJECT_KIND, draft.id, draft.number, on), now=now
    )
    Requisition.objects.filter(id=requisition_id).update(
        status=status, closed_at=now, touched_at=now
    )
    return draft


def _pending(requisition_id: UUID) -> LoadedDraft:
    loaded = load_draft(requisition_id, for_update=True)
    if loaded.status != Requisition.Status.PENDING:
        raise Conflict("This order does not wait for approval any more.")
    return loaded


def _record(
    actor: Actor,
    action: AuditAction,
    draft: Draft,
    request_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type=SUBJECT_KIND,
        subject_id=draft.id,
        subject_label=draft.number,
        group_id=draft.group_id,
        after={"request_id": request_id, "total": draft.total},
        reason=reason,
        now=now,
    )
