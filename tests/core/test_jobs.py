"""Jobs run inside their tenant, by names that exist, and only for what was committed."""

import ast
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from celery import shared_task
from django.db import transaction
from django.test import TestCase as DjangoTestCase
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import OrgGroup
from accounts.tasks import fan_out
from procurement.celery import app
from procurement.core import jobs, tenancy
from procurement.core.ids import new_id
from procurement.core.jobs import TenantTask
from procurement.outbox import services
from procurement.outbox.tasks import deliver
from tests.factories.accounts import make_company

ROOT = Path(__file__).parents[2]
APPS = ("procurement", "accounts", "approvals", "budgets", "catalogs", "analytics")


# What makes up for a job that was lost on its way, and how long it takes to find what that left.
SWEPT = {
    "accounts.resume_invitations": timedelta(minutes=1),
    "analytics.follow_trail": timedelta(seconds=15),
    "analytics.resume_backtests": timedelta(minutes=5),
    "approvals.ask_deputies": timedelta(minutes=1),
    "approvals.reseat": timedelta(minutes=1),
    "approvals.watch_clock": timedelta(minutes=5),
    "audit.seal_events": timedelta(minutes=1),
    "budgets.resume_imports": timedelta(minutes=1),
    "budgets.sweep_alerts": timedelta(minutes=1),
    "orders.proceed_waiting": timedelta(minutes=1),
    "outbox.deliver": timedelta(seconds=30),
}


@shared_task(base=TenantTask, name="tests.groups_seen")
def groups_seen(*, organization_id: str) -> tuple[UUID, int]:
    assert UUID(organization_id) == tenancy.current()
    return tenancy.current(), OrgGroup.objects.count()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Collect what reaches the broker, which is outside our walls."""
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(app, "send_task", lambda name, kwargs, **_: found.append((name, kwargs)))
    return found


@pytest.mark.django_db
@pytest.mark.database
def test_a_task_sees_its_own_organization_alone() -> None:
    company = make_company()
    make_company("Contoso")
    seen = groups_seen(organization_id=str(company.organization.id))
    assert seen == (company.organization.id, 5)
    assert not tenancy.is_active()


@pytest.mark.django_db
@pytest.mark.database
def test_periodic_work_goes_organization_by_organization(
    sent: list[tuple[str, dict[str, Any]]],
) -> None:
    companies = [make_company(), make_company("Contoso")]
    assert fan_out(task="outbox.deliver") == 2
    assert sent == [
        ("outbox.deliver", {"organization_id": str(company.organization.id)})
        for company in companies
    ]


@pytest.mark.django_db
@pytest.mark.database
def test_what_was_rolled_back_enqueues_nothing(
    sent: list[tuple[str, dict[str, Any]]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            jobs.enqueue_on_commit("outbox.deliver", organization_id="kept")
        with pytest.raises(ZeroDivisionError):
            _enqueue_and_fail()
    assert sent == [("outbox.deliver", {"organization_id": "kept"})]


def _enqueue_and_fail() -> None:
    with transaction.atomic():
        jobs.enqueue_on_commit("outbox.deliver", organization_id="lost")
        raise ZeroDivisionError


DELIVER = "outbox.deliver"


@pytest.fixture
def nudge(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[UUID], None]:
    """Return what an order does that has put something into its organization's outbox."""

    def commit(organization_id: UUID) -> None:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            jobs.nudge_on_commit(DELIVER, organization_id=organization_id)

    return commit


@pytest.mark.django_db
def test_a_job_that_is_queued_and_has_not_begun_is_not_sent_again(
    sent: list[tuple[str, dict[str, Any]]], nudge: Callable[[UUID], None]
) -> None:
    ours, theirs = new_id(), new_id()
    for organization_id in (ours, ours, theirs):
        nudge(organization_id)
    assert sent == [
        (DELIVER, {"organization_id": str(ours)}),
        (DELIVER, {"organization_id": str(theirs)}),
    ]
    jobs.begin(DELIVER, organization_id=ours)
    nudge(ours)
    nudge(theirs)
    assert [arguments["organization_id"] for _, arguments in sent[2:]] == [str(ours)]


@pytest.mark.django_db
def test_a_delivery_lets_what_comes_after_it_nudge_anew_before_it_looks(
    sent: list[tuple[str, dict[str, Any]]],
    nudge: Callable[[UUID], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    company = make_company()
    claim = services.claim_due

    def committed_just_after(*, now: datetime) -> object:
        found = claim(now=now)
        sent.clear()
        jobs.nudge_on_commit(DELIVER, organization_id=company.organization.id)
        return found

    nudge(company.organization.id)
    monkeypatch.setattr(services, "claim_due", committed_just_after)
    with DjangoTestCase.captureOnCommitCallbacks(execute=True):
        deliver(organization_id=str(company.organization.id))
    assert sent == [(DELIVER, {"organization_id": str(company.organization.id)})]


@pytest.mark.django_db
def test_without_a_cache_every_nudge_is_sent(
    sent: list[tuple[str, dict[str, Any]]],
    nudge: Callable[[UUID], None],
    settings: Settings,
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock",
        }
    }
    organization_id = new_id()
    nudge(organization_id)
    jobs.begin(DELIVER, organization_id=organization_id)
    nudge(organization_id)
    assert len(sent) == 2


ENQUEUING = {"enqueue_on_commit", "nudge_on_commit", "enqueue", "every"}


def _names_in_code() -> Iterator[tuple[str, str]]:
    for name in APPS:
        for path in (ROOT / name).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in ENQUEUING
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "jobs"
                ):
                    texts = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
                    yield from ((str(path), text) for text in texts if isinstance(text, str))


def test_every_job_that_services_name_is_a_registered_task() -> None:
    app.loader.import_default_modules()
    named = list(_names_in_code())
    assert named
    assert [found for found in named if found[1] not in app.tasks] == []


@pytest.mark.parametrize("task", SWEPT)
def test_what_a_lost_job_leaves_behind_is_looked_for_again_and_again(task: str) -> None:
    app.loader.import_default_modules()
    assert jobs.periodic_tasks()[task].interval <= SWEPT[task]
