"""The outbox as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Rows to be delivered to the world."""

    name = "procurement.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register how messages leave the house."""
        from procurement.outbox import channels, mailing, pushing  # noqa: PLC0415 – models are loaded by now

        channels.register(channels.Channel.EMAIL, mailing.send_mails)
        channels.register(channels.Channel.PUSH, pushing.send_pushes)
