"""The dispatcher and its sweeper."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from procurement.core import clock, health, jobs, tenancy
from procurement.outbox import selectors, services


@shared_task(name="outbox.deliver")
def deliver(*, organization_id: str) -> int:
    """Deliver what is due for one organization; returns how many messages were handled.

    Claiming and settling are transactions of their own, so that no lock is held while a mail server
    answers, and a killed worker delays a message instead of losing it.
    """
    handled = 0
    jobs.begin("outbox.deliver", organization_id=UUID(organization_id))
    while True:
        with tenancy.scope(UUID(organization_id)):
            waiting_since = selectors.waiting_since(now=clock.now())
            claimed = services.claim_due(now=clock.now())
        health.record_outbox_wait(
            organization_id=UUID(organization_id), waiting_since=waiting_since
        )
        if not claimed:
            return handled
        outcomes = services.deliver(claimed)
        with tenancy.scope(UUID(organization_id)):
            services.settle(outcomes, now=clock.now())
        handled += len(claimed)


jobs.every(timedelta(seconds=30), "outbox.deliver")
