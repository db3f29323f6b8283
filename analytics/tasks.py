"""Background entry points of analytics."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from analytics import services
from procurement.core import clock, jobs, tenancy


@shared_task(base=jobs.TenantTask, name="analytics.follow_trail")
def follow_trail(*, organization_id: str) -> int:
    """Copy what was bought since the last run; returns the number of new lines."""
    return services.follow_trail(organization_id=UUID(organization_id), now=clock.now()).lines


@shared_task(name="analytics.run_backtest")
def run_backtest(*, organization_id: str, run_id: str) -> int:
    """Try a policy on the past, chunk by chunk, each in a transaction; returns the orders read."""
    tenant, run = UUID(organization_id), UUID(run_id)
    try:
        with tenancy.scope(tenant):
            work = services.take_up_backtest(run_id=run, now=clock.now())
        if work is None:
            return 0
        has_more = True
        while has_more:
            with tenancy.scope(tenant):
                has_more = services.advance_backtest(work, now=clock.now())
    except Exception:  # whatever stops it, the person is told; it is raised again
        why = "It stopped on the way. Start it again; an operator finds the reason in the log."
        with tenancy.scope(tenant):
            services.fail_backtest(run_id=run, why=why, now=clock.now())
        raise
    return work.processed


@shared_task(base=jobs.TenantTask, name="analytics.resume_backtests")
def resume_backtests(*, organization_id: str) -> int:
    """Have backtests taken up whose worker has stopped; return how many."""
    left = services.sweep_backtests(now=clock.now())
    for run_id in left:
        jobs.enqueue("analytics.run_backtest", organization_id=organization_id, run_id=str(run_id))
    return len(left)


@shared_task(base=jobs.TenantTask, name="analytics.drop_old_backtests")
def drop_old_backtests(*, organization_id: str) -> int:  # noqa: ARG001 – the scope takes it
    """Drop backtests of more than a year ago; return how many."""
    return services.drop_old_backtests(now=clock.now())


jobs.every(timedelta(seconds=15), "analytics.follow_trail")
jobs.every(timedelta(minutes=5), "analytics.resume_backtests")
jobs.every(timedelta(days=1), "analytics.drop_old_backtests")
