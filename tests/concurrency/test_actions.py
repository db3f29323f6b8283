"""Somebody acts while somebody decides: one of the two counts, and the other is told so.

The controls take the lock away and show what it is for.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from approvals import services
from approvals.models import ApprovalRequest, Decision, Question, Stage, StageSeat
from approvals.services import acting, deciding
from approvals.services.way import Way, way_of
from procurement.core.errors import Conflict
from tests.approvals.acting import add, open_seat
from tests.concurrency.test_decisions import at_once, events
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.approvals import answering, ask, decide, publish

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def waiting(company: Company) -> ApprovalRequest:
    with company.scope():
        publish(company)
        return ask(company)


def without_lock(patch: pytest.MonkeyPatch) -> None:
    """Take the lock off both; each has read before either goes on."""
    both_have_read = threading.Barrier(2)

    def read(rows: "QuerySet[Any, Any]") -> Sequence[Any]:
        found = list(rows)
        both_have_read.wait(timeout=30)
        return found

    patch.setattr(deciding, "lock", read)
    patch.setattr(acting, "lock", read)


def told(work: Callable[[], object]) -> Callable[[], str]:
    """Say how an action went."""

    def run() -> str:
        try:
            work()
        except Conflict:
            return "TOO_LATE"
        return "DONE"

    return run


def deciding_as(company: Company, seat: StageSeat, request: ApprovalRequest) -> Callable[[], str]:
    def run() -> str:
        return services.decide(
            actor=company.actor("Bob"),
            seat_id=seat.id,
            choice="APPROVE",
            comment="",
            content_hash=request.content_hash,
            channel="APP",
            now=NOW,
        ).code.value

    return run


def handing(company: Company, seat: StageSeat) -> Callable[[], object]:
    return lambda: services.hand_over(
        actor=company.actor("Bob"),
        seat_id=seat.id,
        to_id=company.people["Erin"].id,
        reason="I am away.",
        now=NOW,
    )


def asking(company: Company, seat: StageSeat) -> Callable[[], object]:
    return lambda: services.ask_question(
        actor=company.actor("Bob"), seat_id=seat.id, text="Why two?", now=NOW
    )


@pytest.mark.parametrize("round_number", range(5))
def test_a_decision_against_a_hand_over_leaves_one_who_decides(
    company: Company, waiting: ApprovalRequest, round_number: int
) -> None:
    with company.scope():
        seat = open_seat(company, waiting, "Bob")
    with answering() as handler:
        handed, decided = at_once(
            company, told(handing(company, seat)), deciding_as(company, seat, waiting)
        )
    is_decided = decided == "DECIDED"
    assert (handed, decided) in {("DONE", "SETTLED"), ("TOO_LATE", "DECIDED")}
    with company.scope():
        assert (events("approval.handed_over"), events("approval.decided")) == (
            (0, 1) if is_decided else (1, 0)
        )
        assert len(handler.told) == is_decided
        open_seats = StageSeat.objects.filter(closed_at__isnull=True)
        assert [one.membership_id for one in open_seats] == (
            [] if is_decided else [company.people["Erin"].id]
        )


def test_without_the_lock_a_decision_is_handed_over_that_has_been_made(
    company: Company, waiting: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company.scope():
        seat = open_seat(company, waiting, "Bob")
    without_lock(monkeypatch)
    with answering():
        try:
            at_once(company, told(handing(company, seat)), deciding_as(company, seat, waiting))
        except DatabaseError:
            return  # the walls of the database in place of an answer
    with company.scope():
        assert events("approval.handed_over") == events("approval.decided") == 1


@pytest.mark.parametrize("round_number", range(5))
def test_a_decision_against_a_question_leaves_no_question_open(
    company: Company, waiting: ApprovalRequest, round_number: int
) -> None:
    with company.scope():
        seat = open_seat(company, waiting, "Bob")
    with answering():
        outcome = tuple(
            at_once(company, told(asking(company, seat)), deciding_as(company, seat, waiting))
        )
    assert outcome in {("DONE", "DECIDED"), ("TOO_LATE", "DECIDED")}
    with company.scope():
        assert not Question.objects.filter(closed_at__isnull=True).exists()
        assert Question.objects.count() == events("approval.question_asked")
        assert Question.objects.count() == (outcome[0] == "DONE")


def test_without_the_lock_a_question_stays_open_on_what_is_decided(
    company: Company, waiting: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company.scope():
        seat = open_seat(company, waiting, "Bob")
    has_read, decided = threading.Event(), threading.Event()

    def read_before(request: ApprovalRequest) -> Way:
        found = way_of(request)
        has_read.set()
        decided.wait(timeout=30)
        return found

    monkeypatch.setattr(acting, "lock", list)
    monkeypatch.setattr(acting, "way_of", read_before)

    def decide_meanwhile() -> str:
        has_read.wait(timeout=30)
        code = deciding_as(company, seat, waiting)()
        decided.set()
        return code

    with answering():
        outcome = at_once(company, told(asking(company, seat)), decide_meanwhile)
    assert outcome == ["DONE", "DECIDED"]
    with company.scope():
        assert ApprovalRequest.objects.get().status == "APPROVED"
        assert Question.objects.filter(closed_at__isnull=True).exists()


@pytest.mark.parametrize("round_number", range(5))
def test_a_decision_against_taking_its_maker_off_has_one_outcome(
    company: Company, waiting: ApprovalRequest, round_number: int
) -> None:
    with company.scope():
        added = add(company, waiting, "Alice", "Dana")
        decide(company, waiting, "Bob")

    def removing() -> object:
        return services.remove_approver(
            actor=company.actor("Adam"), stage_id=added.id, reason="Not hers.", now=NOW
        )

    def rejecting() -> str:
        return decide(company, waiting, "Dana", "REJECT", comment="No.").code.value

    with answering() as handler:
        outcome = tuple(at_once(company, told(removing), rejecting))
    assert outcome in {("DONE", "SETTLED"), ("TOO_LATE", "DECIDED")}
    assert [word.split(":")[0] for word, _ in handler.told] == (
        ["approved"] if outcome[0] == "DONE" else ["rejected"]
    )
    with company.scope():
        status = ApprovalRequest.objects.get().status
        assert status == ("APPROVED" if outcome[0] == "DONE" else "REJECTED")
        assert Stage.objects.get(id=added.id).status == (
            "REMOVED" if outcome[0] == "DONE" else "REJECTED"
        )
        assert events("approval.closed") == 1
        assert Decision.objects.filter(choice="REJECT").count() == (outcome[0] != "DONE")


def test_without_the_lock_taking_off_and_deciding_meet_the_walls_of_the_database(
    company: Company, waiting: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company.scope():
        added = add(company, waiting, "Alice", "Dana")
        decide(company, waiting, "Bob")
    without_lock(monkeypatch)

    def removing() -> str:
        services.remove_approver(
            actor=company.actor("Adam"), stage_id=added.id, reason="Not hers.", now=NOW
        )
        return "DONE"

    def rejecting() -> str:
        return decide(company, waiting, "Dana", "REJECT", comment="No.").code.value

    with answering(), pytest.raises(DatabaseError):
        at_once(company, removing, rejecting)


@pytest.mark.parametrize("round_number", range(5))
def test_many_at_once_in_either_order_never_deadlock(company: Company, round_number: int) -> None:
    with company.scope():
        publish(company)
        requests = [ask(company) for _ in range(4)]
        seats = [open_seat(company, request, "Bob") for request in requests]

    def many(order: int) -> Callable[[], list[str]]:
        chosen = list(zip(seats, requests, strict=True))[::order]

        def run() -> list[str]:
            verdicts = services.decide_many(
                actor=company.actor("Bob"),
                choices=[(seat.id, request.content_hash) for seat, request in chosen],
                choice="APPROVE",
                comment="",
                now=NOW,
            )
            return [verdict.code.value for verdict in verdicts]

        return run

    with answering() as handler:
        first, second = at_once(company, many(1), many(-1))
    assert {tuple(first), tuple(second)} == {("DECIDED",) * 4, ("ALREADY_DECIDED",) * 4}
    assert len(handler.told) == 4
    with company.scope():
        assert events("approval.decided") == 4
