"""Approvals as a Django app."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Policies, routing, stages and decisions: knows people, not orders."""

    name = "approvals"
