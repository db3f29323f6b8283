"""Celery entry points of orders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task

from procurement.core import clock, jobs
from procurement.core.actors import SystemActor
from procurement.orders import services


def _actor(organization_id: str) -> SystemActor:
    return SystemActor(UUID(organization_id), "Budgets")


@shared_task(base=jobs.TenantTask, name="orders.proceed_waiting")
def proceed_waiting(*, organization_id: str, after: Sequence[str] | None = None) -> bool:
    """Have orders that wait for budget go on where there is room; say whether all were looked at.

    ``after`` is an instant and an id: what waits longer has been looked at already.
    """
    looked = services.proceed_waiting(
        actor=_actor(organization_id),
        after=(datetime.fromisoformat(after[0]), UUID(after[1])) if after else None,
        now=clock.now(),
    )
    return looked.is_done


@shared_task(base=jobs.TenantTask, name="orders.increase_refused")
def increase_refused(*, organization_id: str, increase_id: str) -> bool:
    """Take an order whose increase was refused back into the cart; say whether it went."""
    return services.stop_refused(
        actor=_actor(organization_id), increase_id=UUID(increase_id), now=clock.now()
    )


@shared_task(base=jobs.TenantTask, name="orders.check_ledger")
def check_ledger(*, organization_id: str) -> int:
    """Hold counters, ledger and orders against each other, once a night; say what was found."""
    check = services.check_ledger_nightly(
        actor=SystemActor(UUID(organization_id), "Nightly check"), now=clock.now()
    )
    return check.found if check else 0


jobs.every(timedelta(hours=1), "orders.check_ledger")
jobs.every(timedelta(minutes=1), "orders.proceed_waiting")
