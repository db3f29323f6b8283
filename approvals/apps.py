"""Approvals as a Django app."""

from django.apps import AppConfig
from django.core.checks import register

from approvals.subjects import every_kind_has_a_handler


class ApprovalsConfig(AppConfig):
    """Policies, routing, stages and decisions: knows people, not orders."""

    name = "approvals"

    def ready(self) -> None:
        """Hold every kind of subject to a handler; take part when somebody's access ends."""
        from accounts import dependents
        from approvals.dependents import Approvals

        register(every_kind_has_a_handler)
        dependents.register(Approvals())
