"""Background jobs: enqueued by name once the transaction has committed, run inside their tenant.

Services import this module, never a task. A job that is lost (a stopped broker, a killed worker)
delays its work until a sweeper finds the rows it left; it never loses any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import Task, current_app
from django.core.cache import cache
from django.db import transaction

from procurement.core import tenancy

logger = structlog.get_logger(__name__)

# For how long a job counts as queued. Were it lost, what comes meanwhile waits for its sweeper.
_QUEUED_SECONDS = 2


class TenantTask(Task):  # type: ignore[type-arg]  # generic in its stubs alone
    """A task of one organization: it runs within that organization's tenancy scope."""

    abstract = True

    def __call__(self, *args: Any, organization_id: str, **kwargs: Any) -> Any:
        """Open the scope of ``organization_id`` (a UUID as text) and run."""
        with (
            structlog.contextvars.bound_contextvars(
                organization_id=organization_id, task=self.name
            ),
            tenancy.scope(UUID(organization_id)),
        ):
            return self.run(*args, organization_id=organization_id, **kwargs)


def enqueue(task: str, **arguments: Any) -> None:
    """Send a job to the broker by its registered name; a broker that is away is only logged."""
    try:
        current_app.send_task(task, kwargs=arguments, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 – whatever the transport raises, a sweeper makes up for it
        logger.warning("job.not_enqueued", task=task, error=str(error))


def enqueue_on_commit(task: str, **arguments: Any) -> None:
    """Send a job once the current transaction has committed; never when it rolls back."""
    transaction.on_commit(lambda: enqueue(task, **arguments))


def nudge_on_commit(task: str, *, organization_id: UUID) -> None:
    """Send an organization's job once committed, unless it is queued and has not begun yet.

    For a job that does whatever it finds to do, and calls `begin` before it looks: one that is
    still to begin will find what has just been committed. Sending takes longer than asking, and
    where many orders come at once, one job serves them all.
    """
    transaction.on_commit(lambda: _nudge(task, organization_id))


def begin(task: str, *, organization_id: UUID) -> None:
    """Have what is committed from now on send this job anew; called before it looks for work."""
    try:
        cache.delete(_queued(task, organization_id))
    except Exception as error:  # noqa: BLE001 – whatever the cache raises, the mark ends by itself
        logger.warning("job.still_marked", task=task, error=str(error))


def _nudge(task: str, organization_id: UUID) -> None:
    try:
        is_queued = not cache.add(_queued(task, organization_id), 1, _QUEUED_SECONDS)
    except Exception:  # noqa: BLE001 – whatever the cache raises, the broker is asked itself
        is_queued = False
    if not is_queued:
        enqueue(task, organization_id=str(organization_id))


def _queued(task: str, organization_id: UUID) -> str:
    return f"queued:{task}:{organization_id}"


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that runs for each organization again and again."""

    task: str
    interval: timedelta


_periodic: dict[str, Periodic] = {}


def every(interval: timedelta, task: str) -> None:
    """Have a tenant task run for every organization at an interval; called beside the task."""
    _periodic[task] = Periodic(task, interval)


def periodic_tasks() -> Mapping[str, Periodic]:
    """Return the registered periodic tasks by name."""
    return _periodic
