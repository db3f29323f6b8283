"""Whether this process lives, and whether the whole can serve.

The worker leaves two kinds of traces in the cache, which `readyz` reads: a heartbeat, and since
when the oldest message of each organization's outbox has been waiting.
"""

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from procurement.core import clock, directory

logger = structlog.get_logger(__name__)

LONGEST_SILENCE = 60.0
LONGEST_WAIT = 600.0

_BROKER_SECONDS = 2
_HEARTBEAT = "health:heartbeat"
_TRACES_LAST = 24 * 60 * 60


class NotReadyError(Exception):
    """A part is there and answers, but not as it should; the message says how."""


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nothing else. No SQL."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether database, broker, worker and outbox do their part: 200, or 503 and what does not.

    Two SQL queries. Failures are named by their kind alone: the page is open to everybody.
    """
    checks = {name: _outcome(name, check) for name, check in _CHECKS.items()}
    is_ready = all(check["ok"] for check in checks.values())
    body = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


def record_heartbeat(*, now: datetime) -> None:
    """Leave the trace that beat, broker and worker are alive."""
    _leave(_HEARTBEAT, now.timestamp())


def record_outbox_wait(*, organization_id: UUID, waiting_since: datetime | None) -> None:
    """Leave the trace of the oldest message that is due and unsent; None when nothing waits."""
    since = None if waiting_since is None else waiting_since.timestamp()
    _leave(_outbox_key(organization_id), since)


def _leave(key: str, trace: float | None) -> None:
    """Leave a trace; a cache that is away costs the trace, never the work that left it."""
    try:
        cache.set(key, trace, timeout=_TRACES_LAST)
    except Exception as error:  # noqa: BLE001 - every cache has its own
        logger.warning("health.no_trace", key=key, error=str(error))


def _outcome(name: str, check: Callable[[], float]) -> dict[str, object]:
    try:
        return {"ok": True, "seconds": round(check(), 3)}
    except NotReadyError as reason:
        return {"ok": False, "reason": str(reason)}
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, the part is not there
        logger.warning("health.not_ready", check=name, error=str(error))
        return {"ok": False, "reason": type(error).__name__}


def _database() -> float:
    """Return how long the database took to answer, in seconds."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return time.perf_counter() - started


def _broker() -> float:
    """Return how long the broker took to take a connection, in seconds."""
    started = time.perf_counter()
    with current_app.connection_for_write(connect_timeout=_BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_SECONDS)
    return time.perf_counter() - started


def _worker() -> float:
    """Return how long ago the worker showed itself, in seconds."""
    heartbeat: float | None = cache.get(_HEARTBEAT)
    if heartbeat is None:
        raise NotReadyError("no heartbeat yet")
    silence = max(clock.now().timestamp() - heartbeat, 0.0)
    if silence > LONGEST_SILENCE:
        raise NotReadyError(f"silent for {silence:.0f} seconds")
    return silence


def _outbox() -> float:
    """Return how long the oldest message of any organization has been due, in seconds."""
    traces = cache.get_many([_outbox_key(tenant.id) for tenant in directory.tenants()])
    now = clock.now().timestamp()
    wait = max((now - since for since in traces.values() if since is not None), default=0.0)
    if wait > LONGEST_WAIT:
        raise NotReadyError(f"a message has been waiting for {wait:.0f} seconds")
    return max(wait, 0.0)


def _outbox_key(organization_id: UUID) -> str:
    return f"health:outbox:{organization_id}"


_CHECKS: dict[str, Callable[[], float]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "outbox": _outbox,
}
