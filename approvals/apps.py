"""Approvals as a Django app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Policies, routing, stages and decisions: knows people, not orders."""

    name = "approvals"

    def ready(self) -> None:
        """Take part in what happens when somebody's access ends."""
        from accounts import dependents  # noqa: PLC0415 - models are ready only now
        from approvals.dependents import PendingSeats  # noqa: PLC0415

        dependents.register(PendingSeats())
