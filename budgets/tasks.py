"""Celery entry points of budgets."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from budgets import services
from procurement.core import clock, jobs
from procurement.core.actors import SystemActor


def _actor(organization_id: str) -> SystemActor:
    return SystemActor(UUID(organization_id), "Budgets")


@shared_task(base=jobs.TenantTask, name="budgets.send_alert")
def send_alert(*, organization_id: str, alert_id: str) -> int:
    """Tell the people of a group that a threshold has been crossed; once."""
    return services.send_alert(
        actor=_actor(organization_id), alert_id=UUID(alert_id), now=clock.now()
    )


@shared_task(base=jobs.TenantTask, name="budgets.sweep_alerts")
def sweep_alerts(*, organization_id: str) -> int:
    """Send the alerts whose job was lost."""
    return services.send_waiting_alerts(actor=_actor(organization_id), now=clock.now())


@shared_task(base=jobs.TenantTask, name="budgets.open_periods")
def open_periods(*, organization_id: str) -> int:
    """Open the current and the coming period of every budget ahead of time."""
    return services.open_coming_periods(actor=_actor(organization_id), now=clock.now())


@shared_task(base=jobs.TenantTask, name="budgets.align_allowances")
def align_allowances(*, organization_id: str) -> int:
    """Give and end personal budgets that nobody has yet brought in line; return of how many."""
    aligned = services.align_allowances(actor=_actor(organization_id), now=clock.now())
    return sum(len(one.given) + len(one.ended) for one in aligned)


jobs.every(timedelta(minutes=1), "budgets.sweep_alerts")
jobs.every(timedelta(hours=1), "budgets.open_periods")
jobs.every(timedelta(hours=1), "budgets.align_allowances")
