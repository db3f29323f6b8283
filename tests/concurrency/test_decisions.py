"""Two people click at once: one decision counts, nothing gets stuck, and the loser is told.

The controls take the lock away and show what it is for: two approvals that cannot see each other
leave a request waiting for nobody, and a loser meets a deadlock or the walls of the database.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import QuerySet

from approvals import services
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import Mode, PolicyDocument
from approvals.services import Verdict, VerdictCode, deciding
from approvals.services.way import Way, way_of
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict
from procurement.orders import services as orders
from procurement.orders.models import Requisition
from procurement.orders.services import SubmitOutcome
from tests.factories.absences import away
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    TYPICAL,
    Answered,
    answering,
    ask,
    decide,
    publish,
    seat_of,
    stage,
    through,
)
from tests.factories.orders import make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

_Result = TypeVar("_Result")
EITHER = through(stage(DIRECTOR, FINANCE, mode=Mode.ANY, name="Either"))
SIDE_BY_SIDE = through(stage(DIRECTOR), replace(stage(FINANCE), beside=True))
BOTH = through(stage(DIRECTOR, FINANCE, name="Both"))


@pytest.fixture
def company() -> Company:
    return make_company()


def at_once(company: Company, *work: Callable[[], _Result]) -> list[_Result]:
    """Run pieces of work on connections of their own, all released at the same moment."""
    gate = threading.Barrier(len(work))

    def run(piece: Callable[[], _Result]) -> _Result:
        close_old_connections()
        connection.ensure_connection()
        try:
            gate.wait(timeout=30)
            with company.scope():
                return piece()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [job.result(timeout=60) for job in [pool.submit(run, piece) for piece in work]]


def asked(company: Company, document: PolicyDocument = TYPICAL) -> ApprovalRequest:
    """Open a request under a policy."""
    with company.scope():
        publish(company, document)
        return ask(company)


def both_approve(company: Company, request: ApprovalRequest) -> tuple[list[str], Answered]:
    """Have Dana and Erin approve at the same moment; return how it went for them."""
    with answering() as handler:
        verdicts = at_once(
            company, approving(company, request, "Dana"), approving(company, request, "Erin")
        )
    return codes(verdicts), handler


def without_lock(patch: pytest.MonkeyPatch, readers: int) -> None:
    """Take the lock off deciding; everybody has read before anybody goes on."""
    everybody_has_read = threading.Barrier(readers)

    def read(rows: "QuerySet[Any, Any]") -> Sequence[Any]:
        found = list(rows)
        everybody_has_read.wait(timeout=30)
        return found

    patch.setattr(deciding, "lock", read)


def codes(verdicts: Sequence[Verdict]) -> list[str]:
    return sorted(verdict.code.value for verdict in verdicts)


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def approving(company: Company, request: ApprovalRequest, name: str) -> Callable[[], Verdict]:
    return lambda: decide(company, request, name)


def standing_in(
    company: Company, request: ApprovalRequest, name: str, holder: str
) -> Callable[[], Verdict]:
    """Somebody approves in the seat of somebody who is away."""

    def approve() -> Verdict:
        return services.decide(
            actor=company.actor(name),
            seat_id=seat_of(request, company.people[holder]).id,
            choice="APPROVE",
            comment="",
            content_hash=request.content_hash,
            channel="APP",
            now=NOW,
        )

    return approve


@pytest.mark.parametrize("round_number", range(5))
def test_of_two_who_may_each_decide_one_decision_counts(
    company: Company, round_number: int
) -> None:
    request = asked(company, EITHER)
    found, handler = both_approve(company, request)
    assert found == [VerdictCode.DECIDED, VerdictCode.SETTLED]
    assert handler.told == [("approved", request.subject_id)]
    with company.scope():
        assert Decision.objects.count() == 1
        assert (events("approval.decided"), events("approval.closed")) == (1, 1)


def test_without_the_lock_the_loser_gets_an_error_in_place_of_an_answer(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(company, EITHER)
    without_lock(monkeypatch, readers=2)
    with answering(), pytest.raises(DatabaseError):
        at_once(company, approving(company, request, "Dana"), approving(company, request, "Erin"))


@pytest.mark.parametrize("round_number", range(5))
def test_two_who_both_have_to_agree_complete_it_exactly_once(
    company: Company, round_number: int
) -> None:
    request = asked(company, BOTH)
    found, handler = both_approve(company, request)
    assert found == [VerdictCode.DECIDED, VerdictCode.DECIDED]
    assert handler.told == [("approved", request.subject_id)]
    with company.scope():
        assert ApprovalRequest.objects.get().status == "APPROVED"


@pytest.mark.parametrize("round_number", range(5))
def test_two_stages_beside_each_other_decided_at_once_give_one_approval(
    company: Company, round_number: int
) -> None:
    request = asked(company, SIDE_BY_SIDE)
    found, handler = both_approve(company, request)
    assert found == [VerdictCode.DECIDED, VerdictCode.DECIDED]
    assert handler.told == [("approved", request.subject_id)]
    with company.scope():
        assert ApprovalRequest.objects.get().status == "APPROVED"
        assert {one.status for one in Stage.objects.all()} == {"APPROVED"}
        assert events("approval.closed") == 1


def test_without_the_lock_two_approvals_leave_a_request_that_waits_for_nobody(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(company, BOTH)
    without_lock(monkeypatch, readers=2)
    both_have_decided = threading.Barrier(2)

    def before_either_commits(name: str) -> Callable[[], Verdict]:
        def approve() -> Verdict:
            verdict = decide(company, request, name)
            both_have_decided.wait(timeout=30)
            return verdict

        return approve

    with answering() as handler:
        verdicts = at_once(company, before_either_commits("Dana"), before_either_commits("Erin"))
    assert codes(verdicts) == [VerdictCode.DECIDED, VerdictCode.DECIDED]
    assert handler.told == []
    with company.scope():
        assert ApprovalRequest.objects.get().status == "PENDING"
        assert not StageSeat.objects.filter(closed_at__isnull=True).exists()


def test_a_double_click_decides_once(company: Company) -> None:
    request = asked(company)
    with answering() as handler:
        verdicts = at_once(company, *[approving(company, request, "Bob")] * 4)
    assert codes(verdicts) == [*[VerdictCode.ALREADY_DECIDED] * 3, VerdictCode.DECIDED]
    assert handler.told == [("approved", request.subject_id)]
    with company.scope():
        assert (Decision.objects.count(), events("approval.decided")) == (1, 1)


def test_without_the_lock_a_double_click_gets_an_error_in_place_of_an_answer(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(company)
    without_lock(monkeypatch, readers=2)
    with answering(), pytest.raises(DatabaseError):
        at_once(company, *[approving(company, request, "Bob")] * 2)


@pytest.mark.parametrize("round_number", range(5))
def test_of_somebody_away_and_whoever_stands_in_one_decides(
    company: Company, round_number: int
) -> None:
    request = asked(company)
    with company.scope():
        away(company, "Bob", "Tom")
    with answering() as handler:
        verdicts = at_once(
            company, approving(company, request, "Bob"), standing_in(company, request, "Tom", "Bob")
        )
    assert codes(verdicts) == [VerdictCode.ALREADY_DECIDED, VerdictCode.DECIDED]
    assert handler.told == [("approved", request.subject_id)]
    with company.scope():
        decision = Decision.objects.get()
        assert decision.made_for == company.people["Bob"].id
        assert (events("approval.decided"), events("approval.closed")) == (1, 1)


def test_without_the_lock_whoever_stands_in_gets_an_error_in_place_of_an_answer(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asked(company)
    with company.scope():
        away(company, "Bob", "Tom")
    without_lock(monkeypatch, readers=2)
    with answering(), pytest.raises(DatabaseError):
        at_once(
            company, approving(company, request, "Bob"), standing_in(company, request, "Tom", "Bob")
        )


def test_one_approves_while_the_other_rejects(company: Company) -> None:
    request = asked(company, EITHER)

    def rejecting() -> Verdict:
        return decide(company, request, "Erin", "REJECT", comment="Not this year.")

    with answering() as handler:
        verdicts = at_once(company, approving(company, request, "Dana"), rejecting)
    assert codes(verdicts) == [VerdictCode.DECIDED, VerdictCode.SETTLED]
    assert len(handler.told) == 1


@pytest.mark.parametrize("round_number", range(5))
def test_a_decision_against_a_withdrawal_has_one_outcome(
    company: Company, round_number: int
) -> None:
    request = asked(company)

    def withdrawing() -> str:
        try:
            withdrawn = services.withdraw_request(
                actor=company.actor("Alice"),
                subject_kind=request.subject_kind,
                subject_id=request.subject_id,
                now=NOW,
            )
        except Conflict:
            return "TOO_LATE"
        return "WITHDRAWN" if withdrawn else "TOO_LATE"

    def approving_late() -> str:
        return decide(company, request, "Bob").code.value

    with answering() as handler:
        withdrawn, decided = at_once(company, withdrawing, approving_late)
    outcome = (withdrawn, decided, len(handler.told))
    assert outcome in {("WITHDRAWN", "SETTLED", 0), ("TOO_LATE", "DECIDED", 1)}


def test_without_the_lock_what_is_withdrawn_is_decided_at_once_with_an_error(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken back between the reading and the deciding: the walls of the database hold."""
    request = asked(company)
    has_read, is_withdrawn = threading.Event(), threading.Event()

    def read(request: ApprovalRequest) -> Way:
        found = way_of(request)
        has_read.set()
        assert is_withdrawn.wait(timeout=30)
        return found

    monkeypatch.setattr(deciding, "lock", list)
    monkeypatch.setattr(deciding, "way_of", read)

    def withdrawing() -> str:
        assert has_read.wait(timeout=30)
        services.withdraw_request(
            actor=company.actor("Alice"),
            subject_kind=request.subject_kind,
            subject_id=request.subject_id,
            now=NOW,
        )
        return "WITHDRAWN"

    def withdrawing_first() -> str:
        close_old_connections()
        try:
            with company.scope():
                return withdrawing()
        finally:
            is_withdrawn.set()
            connection.close()

    with answering() as handler, ThreadPoolExecutor(1) as pool:
        withdrawn = pool.submit(withdrawing_first)
        with pytest.raises(DatabaseError), company.scope():
            decide(company, request, "Bob")
        assert withdrawn.result(timeout=60) == "WITHDRAWN"
    assert handler.told == []
    with company.scope():
        assert ApprovalRequest.objects.get().status == "WITHDRAWN"


@pytest.mark.parametrize("round_number", range(5))
def test_an_order_is_placed_or_withdrawn_and_nobody_deadlocks(round_number: int) -> None:
    """The requester takes an order back while its supervisor approves it."""
    market = make_market()
    with market.scope():
        alice, bob = market.actor("Alice"), market.actor("Bob")
        cart = market.cart(("drill", 3))
        verdict = orders.submit_requisition(actor=alice, requisition_id=cart.id, now=NOW)
        assert verdict.outcome is SubmitOutcome.SUBMITTED
        seat = StageSeat.objects.get(request__subject_id=cart.id)

    def withdrawing() -> str:
        try:
            orders.withdraw(actor=alice, requisition_id=cart.id, now=NOW)
        except Conflict:
            return "TOO_LATE"
        return "WITHDRAWN"

    def approving_it() -> str:
        return services.decide(
            actor=bob,
            seat_id=seat.id,
            choice="APPROVE",
            comment="",
            content_hash=seat.content_hash,
            channel="APP",
            now=NOW,
        ).code.value

    outcome = tuple(at_once(market, withdrawing, approving_it))
    assert outcome in {("WITHDRAWN", "SETTLED"), ("TOO_LATE", "DECIDED")}
    with market.scope():
        status = Requisition.objects.get(id=cart.id).status
    assert status == {"WITHDRAWN": "WITHDRAWN", "TOO_LATE": "PLACED"}[outcome[0]]
