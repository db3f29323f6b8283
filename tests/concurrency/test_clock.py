"""The clock against a decision: one outcome, one line in the trail, and nobody waits for long.

The controls take the lock away: what somebody is deciding is ended under their hands, or others are
asked about what has been decided.
"""

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from approvals import services
from approvals.models import ApprovalRequest, DecidingSettings, StageSeat
from approvals.services import VerdictCode, deciding, watching
from tests.concurrency.test_decisions import at_once, events
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.approvals import Answered, answering, ask, decide, publish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

DUE = NOW + timedelta(days=4)
ENDED = NOW + timedelta(days=60)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def request_(company: Company) -> ApprovalRequest:
    with company.scope():
        publish(company)
        DecidingSettings.objects.create(
            organization_id=company.organization.id, changed_at=NOW, remind_hours_before=0
        )
        return ask(company)


def race(company: Company, request: ApprovalRequest, now: Any) -> tuple[str, str]:
    """Decide and watch at the same moment; return the verdict, and whether it was watched."""

    def deciding_it() -> str:
        return decide(company, request, "Bob", now=now).code.value

    def watching_it() -> str:
        actor = system(company.organization)
        return str(services.watch_request(actor=actor, request_id=request.id, now=now))

    decided, watched = at_once(company, deciding_it, watching_it)
    return decided, watched


def without_lock(patch: pytest.MonkeyPatch) -> None:
    """Take both locks away; each has read before either goes on."""
    both_have_read = threading.Barrier(2)

    def read(rows: "QuerySet[Any, Any]") -> Sequence[Any]:
        found = list(rows)
        both_have_read.wait(timeout=30)
        return found

    patch.setattr(deciding, "lock", read)
    patch.setattr(watching, "lock_free", read)


def outcome(company: Company, handler: Answered) -> tuple[str, int, int, int]:
    with company.scope():
        status = ApprovalRequest.objects.get().status
        ends = events("approval.closed") + events("approval.expired")
        return status, ends, events("approval.decided"), len(handler.told)


@pytest.mark.parametrize("round_number", range(5))
def test_a_decision_against_the_end_of_a_request_has_one_outcome(
    company: Company, request_: ApprovalRequest, round_number: int
) -> None:
    with answering() as handler:
        decided, watched = race(company, request_, ENDED)
        found = outcome(company, handler)
    assert found in {("APPROVED", 1, 1, 1), ("EXPIRED", 1, 0, 1)}
    expected = VerdictCode.DECIDED if found[0] == "APPROVED" else VerdictCode.SETTLED
    assert (decided, watched) == (expected, str(found[0] == "EXPIRED"))


def test_without_the_lock_a_request_is_decided_and_ended(
    company: Company, request_: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walls of the database still hold: one of the two breaks against them."""
    without_lock(monkeypatch)
    with answering(), pytest.raises(DatabaseError):
        race(company, request_, ENDED)


@pytest.mark.parametrize("round_number", range(5))
def test_a_decision_against_escalation_leaves_nobody_asked_in_vain(
    company: Company, request_: ApprovalRequest, round_number: int
) -> None:
    with answering() as handler:
        decided, _ = race(company, request_, DUE)
        status, ends, decisions, told = outcome(company, handler)
    assert (decided, status, ends, decisions, told) == (VerdictCode.DECIDED, "APPROVED", 1, 1, 1)
    with company.scope():
        assert events("approval.escalated") == StageSeat.objects.filter(origin="ESCALATED").count()
        assert not StageSeat.objects.filter(closed_at__isnull=True).exists()


def test_without_the_lock_somebody_is_asked_about_what_has_been_decided(
    company: Company, request_: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock(monkeypatch)
    with answering():
        try:
            race(company, request_, DUE)
        except DatabaseError:
            return
    with company.scope():
        assert ApprovalRequest.objects.get().status == "APPROVED"
        assert StageSeat.objects.filter(closed_at__isnull=True).exists()


def test_what_somebody_is_deciding_is_left_alone_without_waiting(
    company: Company, request_: ApprovalRequest
) -> None:
    held, done = threading.Event(), threading.Event()

    def holding() -> bool:
        with transaction.atomic():
            list(ApprovalRequest.objects.select_for_update())
            held.set()
            return done.wait(timeout=30)

    def watching_it() -> bool:
        assert held.wait(timeout=30)
        actor = system(company.organization)
        try:
            return services.watch_request(actor=actor, request_id=request_.id, now=ENDED)
        finally:
            done.set()

    assert at_once(company, holding, watching_it) == [True, False]


def test_two_workers_watch_a_request_once(company: Company, request_: ApprovalRequest) -> None:
    actor = system(company.organization)

    def watching_it() -> bool:
        return services.watch_request(actor=actor, request_id=request_.id, now=DUE)

    with answering():
        at_once(company, *[watching_it] * 3)
    with company.scope():
        assert events("approval.escalated") == 1
        assert StageSeat.objects.filter(origin="ESCALATED").count() == 1
