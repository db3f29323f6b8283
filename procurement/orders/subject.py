"""Answers for orders towards approvals: what becomes of one once it has been decided."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from approvals.background import Background
from approvals.subjects import SubjectKind
from procurement.core.actors import Actor
from procurement.orders.models import Requisition
from procurement.orders.selectors import background_of
from procurement.orders.services.concluding import place_approved, stop_expired, stop_rejected
from procurement.orders.services.rejecting import take_lines_out


class RequisitionHandler:
    """Answers for requisitions towards approvals."""

    kind = SubjectKind.REQUISITION.value

    def on_approved(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        """Place the order: every stage has passed."""
        place_approved(actor=actor, requisition_id=subject_id, request_id=request_id, now=now)

    def on_rejected(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, comment: str, now: datetime
    ) -> None:
        """Stop: give back what the order had reserved; its requester can edit and resubmit it."""
        stop_rejected(
            actor=actor,
            requisition_id=subject_id,
            request_id=request_id,
            comment=comment,
            now=now,
        )

    def on_expired(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        """Stop: nobody decided in time; its requester can edit and resubmit it."""
        stop_expired(actor=actor, requisition_id=subject_id, request_id=request_id, now=now)

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
