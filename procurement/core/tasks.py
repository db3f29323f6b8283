"""Background entry points of the floor."""

from celery import shared_task

from procurement.core import clock, health


@shared_task(name="core.heartbeat", expires=30)
def heartbeat() -> None:
    """Show that beat, broker and worker work together."""
    health.record_heartbeat(now=clock.now())
