"""Celery entry points of budgets."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from budgets import selectors, services
from procurement.core import clock, jobs, tenancy
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
    """Open the current period of every budget, and the coming one two weeks ahead of time."""
    return services.open_coming_periods(actor=_actor(organization_id), now=clock.now())


@shared_task(base=jobs.TenantTask, name="budgets.align_allowances")
def align_allowances(*, organization_id: str) -> int:
    """Give and end personal budgets that nobody has yet brought in line; return of how many."""
    aligned = services.align_allowances(actor=_actor(organization_id), now=clock.now())
    return sum(len(one.given) + len(one.ended) for one in aligned)


@shared_task(base=jobs.TenantTask, name="budgets.start_carrying_over")
def start_carrying_over(*, organization_id: str) -> int:
    """Start a job for each budget whose ended periods have room to carry over."""
    return services.start_carrying_over(actor=_actor(organization_id), now=clock.now())


@shared_task(base=jobs.TenantTask, name="budgets.carry_over")
def carry_over(*, organization_id: str, budget_id: str) -> int:
    """Carry one budget's unused room over; again when more gets free."""
    given = services.carry_over(
        actor=_actor(organization_id), budget_id=UUID(budget_id), now=clock.now()
    )
    return len(given)


@shared_task(base=jobs.TenantTask, name="budgets.start_closing")
def start_closing(*, organization_id: str) -> int:
    """Start a job for each period that closes by itself by now."""
    return services.start_closing(actor=_actor(organization_id), now=clock.now())


@shared_task(base=jobs.TenantTask, name="budgets.close_ended")
def close_ended(*, organization_id: str, period_id: str) -> bool:
    """Close one ended period, or tell its keepers that its orders find no room."""
    return services.close_ended_period(
        actor=_actor(organization_id), period_id=UUID(period_id), now=clock.now()
    )


@shared_task(base=jobs.TenantTask, name="budgets.release_earmarks")
def release_earmarks(*, organization_id: str) -> int:
    """Give back what was set aside until today."""
    return services.release_due_earmarks(actor=_actor(organization_id), now=clock.now())


@shared_task(base=jobs.TenantTask, name="budgets.expire_transfers")
def expire_transfers(*, organization_id: str) -> int:
    """End the transfers that nobody has answered in time; return how many."""
    return services.expire_transfers(actor=_actor(organization_id), now=clock.now())


@shared_task(name="budgets.apply_import")
def apply_import(*, organization_id: str, import_id: str) -> bool:
    """Apply a long file of caps; tell whether that was done.

    The try is counted in a transaction of its own, so that one that brings down its worker is.
    """
    organization, file = UUID(organization_id), UUID(import_id)
    with tenancy.scope(organization):
        is_up = services.take_up_budget_import(import_id=file, now=clock.now())
    if not is_up:
        return False
    with tenancy.scope(organization):
        return services.carry_out_budget_import(
            organization_id=organization, import_id=file, now=clock.now()
        )


@shared_task(base=jobs.TenantTask, name="budgets.resume_imports")
def resume_imports(*, organization_id: str) -> int:
    """Have files applied whose job was lost or whose worker has stopped; return how many."""
    stalled = selectors.stalled_imports(clock.now())
    for import_id in stalled:
        jobs.enqueue(
            "budgets.apply_import", organization_id=organization_id, import_id=str(import_id)
        )
    return len(stalled)


jobs.every(timedelta(minutes=1), "budgets.sweep_alerts")
jobs.every(timedelta(hours=1), "budgets.open_periods")
jobs.every(timedelta(hours=1), "budgets.align_allowances")
jobs.every(timedelta(hours=1), "budgets.start_carrying_over")
jobs.every(timedelta(hours=1), "budgets.start_closing")
jobs.every(timedelta(hours=1), "budgets.release_earmarks")
jobs.every(timedelta(hours=1), "budgets.expire_transfers")
jobs.every(timedelta(minutes=1), "budgets.resume_imports")
