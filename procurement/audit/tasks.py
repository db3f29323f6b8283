"""Background entry points of the trail."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from procurement.audit import sealing
from procurement.core import clock, jobs


@shared_task(base=jobs.TenantTask, name="audit.seal_events")
def seal_events(*, organization_id: str) -> int:
    """Seal the settled events of an organization; returns how many."""
    return sealing.seal_events(organization_id=UUID(organization_id), now=clock.now())


jobs.every(timedelta(minutes=1), "audit.seal_events")
