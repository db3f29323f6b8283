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


@shared_task(base=jobs.TenantTask, name="approvals.check_policies")
def check_policies(*, organization_id: str) -> int:
    """Check all policies for dead ends; return how many are new since the last check."""
    actor = SystemActor(UUID(organization_id), "Policy check")
    return services.check_policies(actor=actor, now=clock.now()).began


jobs.every(timedelta(minutes=1), "approvals.reseat")
jobs.every(timedelta(days=1), "approvals.check_policies")
