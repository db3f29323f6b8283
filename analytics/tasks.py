"""Background entry points of analytics."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from analytics import services
from procurement.core import clock, jobs


@shared_task(base=jobs.TenantTask, name="analytics.follow_trail")
def follow_trail(*, organization_id: str) -> int:
    """Copy what was bought since the last run; returns the number of new lines."""
    return services.follow_trail(organization_id=UUID(organization_id), now=clock.now()).lines


jobs.every(timedelta(seconds=15), "analytics.follow_trail")
