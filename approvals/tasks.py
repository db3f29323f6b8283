"""Celery entry points of approvals."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from approvals import services
from procurement.core import clock, jobs
from procurement.core.actors import SystemActor


@shared_task(base=jobs.TenantTask, name="approvals.reseat")
def reseat(*, organization_id: str) -> int:
    """Replace people who lost their access wherever something waits for them."""
    actor = SystemActor(UUID(organization_id), "Approvals")
    return services.reseat_requests(actor=actor, now=clock.now())


jobs.every(timedelta(minutes=1), "approvals.reseat")
