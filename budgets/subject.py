"""Answers for budget increases towards approvals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from approvals.background import Background
from budgets import selectors, services
from budgets.increases import KIND
from procurement.core.actors import Actor
from procurement.core.errors import Conflict


class BudgetIncreaseHandler:
    """What becomes of an increase once it has been decided."""

    kind = KIND

    def on_approved(
        self,
        *,
        actor: Actor,
        subject_id: UUID,
        request_id: UUID,
        now: datetime,
    ) -> None:
        """Raise the cap at once: every stage has passed."""
        services.approve_increase(actor=actor, increase_id=subject_id, now=now)

    def on_rejected(
        self,
        *,
        actor: Actor,
        subject_id: UUID,
        request_id: UUID,
        comment: str,
        now: datetime,
    ) -> None:
        """Leave the budget as it is; who asked can ask again."""
        services.refuse_increase(actor=actor, increase_id=subject_id, comment=comment, now=now)

    def on_expired(
        self,
        *,
        actor: Actor,
        subject_id: UUID,
        request_id: UUID,
        now: datetime,
    ) -> None:
        """Leave the budget as it is: nobody decided in time."""
        services.expire_increase(actor=actor, increase_id=subject_id, now=now)

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
        """Refuse: an increase is one amount, to be approved or rejected as a whole."""
        raise Conflict(
            "An increase is decided as a whole. Reject it, and say which amount would do."
        )

    def stand_in_of(self, *, subject_id: UUID) -> UUID | None:
        """Return nobody: whoever needs the room can ask for it themselves. No SQL."""
        return None

    def background_of(self, *, subject_id: UUID, now: datetime) -> Background:
        """Return the budget's last periods and other increases. Three SQL queries."""
        return selectors.background_of(subject_id)

    def path_of(self, *, organization_slug: str, subject_id: UUID) -> str:
        """Return the address of an increase's page."""
        return reverse(
            "budgets:increase",
            kwargs={"organization_slug": organization_slug, "increase_id": subject_id},
        )
