"""The outbox as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Rows to be delivered to the world."""

    name = "procurement.outbox"
    label = "outbox"
