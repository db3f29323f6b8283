"""Background entry points of accounts."""

from celery import shared_task

from accounts import selectors
from procurement.core import jobs


@shared_task(name="accounts.fan_out")
def fan_out(*, task: str) -> int:
    """Enqueue a tenant task for every organization, each with its own scope; return how many."""
    organization_ids = selectors.organization_ids()
    for organization_id in organization_ids:
        jobs.enqueue(task, organization_id=str(organization_id))
    return len(organization_ids)
