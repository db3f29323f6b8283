"""The outbox as a Django app."""

from django.apps import AppConfig

from procurement.outbox.kinds import Channel


class OutboxConfig(AppConfig):
    """Rows to be delivered to the world."""

    name = "procurement.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register how messages leave the house."""
        from procurement.outbox import (
            channels,
            mailing,
            pushing,
        )

        channels.register(Channel.EMAIL, mailing.send_mails)
        channels.register(Channel.PUSH, pushing.send_pushes)
