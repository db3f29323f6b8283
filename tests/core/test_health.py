from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from celery import Celery, current_app
from django.core.cache import cache
from django.db import connection
from django.test import Client
from kombu import Connection
from pytest_django import DjangoAssertNumQueries

from procurement.core import clock, directory, health
from procurement.core.directory import Tenant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_traces(db: None) -> Iterator[None]:
    cache.delete("health:heartbeat")
    yield
    cache.delete("health:heartbeat")


def _ask(client: Client) -> tuple[int, dict[str, dict[str, object]]]:
    response = client.get("/readyz")
    return response.status_code, response.json()["checks"]


def test_a_living_process_says_so_without_asking_anything(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_ready_means_that_every_part_does_its_own(client: Client) -> None:
    health.record_heartbeat(now=clock.now())
    code, checks = _ask(client)

    assert code == 200, checks
    assert {name: check["ok"] for name, check in checks.items()} == dict.fromkeys(
        ("database", "broker", "worker", "outbox"), True
    )


def test_a_worker_that_never_showed_itself_is_not_ready(client: Client) -> None:
    code, checks = _ask(client)

    assert code == 503
    assert checks["worker"] == {"ok": False, "reason": "no heartbeat yet"}


def test_a_silent_worker_is_not_ready(client: Client) -> None:
    health.record_heartbeat(now=NOON - timedelta(seconds=health.LONGEST_SILENCE + 5))
    with time_machine.travel(NOON, tick=False):
        code, checks = _ask(client)

    assert code == 503
    assert "silent for 65 seconds" in str(checks["worker"]["reason"])


def test_the_heartbeat_comes_from_a_task_that_beat_sends() -> None:
    current_app.tasks["core.heartbeat"].apply(throw=True)

    assert cache.get("health:heartbeat") == pytest.approx(clock.now().timestamp(), abs=10)


def test_mail_that_waits_too_long_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenants = [Tenant(uuid4(), "calm", "Calm"), Tenant(uuid4(), "stuck", "Stuck")]
    monkeypatch.setattr(directory, "tenants", lambda: tenants)
    health.record_heartbeat(now=NOON)
    health.record_outbox_wait(organization_id=tenants[0].id, waiting_since=None)
    health.record_outbox_wait(
        organization_id=tenants[1].id, waiting_since=NOON - timedelta(minutes=11)
    )
    with time_machine.travel(NOON, tick=False):
        code, checks = _ask(client)
    assert code == 503
    assert "waiting for 660 seconds" in str(checks["outbox"]["reason"])

    health.record_outbox_wait(organization_id=tenants[1].id, waiting_since=None)
    with time_machine.travel(NOON, tick=False):
        code, checks = _ask(client)
    assert code == 200, checks


def test_a_broker_that_is_away_is_named_by_its_kind_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    health.record_heartbeat(now=clock.now())
    nobody = Connection("redis://127.0.0.1:1/0")
    monkeypatch.setattr(Celery, "connection_for_write", lambda *_, **__: nobody)
    code, checks = _ask(client)

    assert code == 503
    assert checks["broker"] == {"ok": False, "reason": "OperationalError"}
    assert checks["database"]["ok"]


def test_a_cache_that_is_away_costs_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("the cache is away")

    monkeypatch.setattr(cache, "set", away)

    health.record_heartbeat(now=clock.now())
    health.record_outbox_wait(organization_id=uuid4(), waiting_since=None)


def test_a_database_that_is_away_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise ConnectionError("secret address")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["database"] == {"ok": False, "reason": "ConnectionError"}
    assert "secret" not in response.content.decode()
