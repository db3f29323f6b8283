"""The audit trail as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only trail."""

    name = "procurement.audit"
    label = "audit"
