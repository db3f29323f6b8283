"""A requester clicks twice, or takes an order back while it is decided: one outcome, one record.

The controls take the locks away and show what they are for: a second cancellation that is recorded
as well, and a second appeal that meets an error in place of an answer.
"""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from approvals import services as approvals
from approvals.models import ApprovalRequest, StageSeat
from approvals.services import VerdictCode
from approvals.services import appealing as approval_appealing
from budgets.models import BudgetPeriod
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict
from procurement.orders import services
from procurement.orders.models import Requisition
from procurement.orders.selectors import LoadedDraft, load_draft
from procurement.orders.services import AppealOutcome, appealing, ending
from tests.concurrency.test_decisions import at_once
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.database,
]


@pytest.fixture
def market() -> Market:
    return make_market()


def pending(market: Market) -> StageSeat:
    """Submit an order of Alice's for $640.00; return the seat in which Bob is asked."""
    with market.scope():
        cart = market.cart(("drill", 4))
        services.submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        return StageSeat.objects.select_related("request").get(request__subject_id=cart.id)


def rejected(market: Market) -> UUID:
    seat = pending(market)
    with market.scope():
        decide(market, seat, "REJECT")
    return seat.request.subject_id


def decide(market: Market, seat: StageSeat, choice: str) -> str:
    return approvals.decide(
        actor=market.actor("Bob"),
        seat_id=seat.id,
        choice=choice,
        comment="There is one at the depot." if choice == "REJECT" else "",
        content_hash=seat.content_hash,
        channel="APP",
        now=NOW,
    ).code.value


def appeal(market: Market, order: UUID) -> str:
    verdict = services.appeal(
        actor=market.actor("Alice"), requisition_id=order, reason="It is broken.", now=NOW
    )
    return verdict.outcome.value


def cancel(market: Market, order: UUID) -> str:
    try:
        services.cancel_requisition(actor=market.actor("Alice"), requisition_id=order, now=NOW)
    except Conflict:
        return "TOO_LATE"
    return "CANCELLED"


def recorded(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def reserved(market: Market) -> set[int]:
    return {int(period.reserved) for period in BudgetPeriod.objects.all()}


@pytest.mark.parametrize("round_number", range(5))
def test_a_double_click_appeals_once(market: Market, round_number: int) -> None:
    order = rejected(market)
    outcomes = at_once(market, *[lambda: appeal(market, order)] * 3)
    assert sorted(outcomes) == [
        AppealOutcome.ALREADY,
        AppealOutcome.ALREADY,
        AppealOutcome.APPEALED,
    ]
    with market.scope():
        assert ApprovalRequest.objects.filter(follows_as="APPEAL").count() == 1
        assert recorded("requisition.appealed") == recorded("approval.appealed") == 1
        assert max(reserved(market)) == 640


def test_without_the_locks_a_second_appeal_gets_an_error_in_place_of_an_answer(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = rejected(market)
    gate = threading.Barrier(2)

    def read_together(requisition_id: UUID, **_kwargs: Any) -> LoadedDraft:
        loaded = load_draft(requisition_id)
        gate.wait(timeout=20)
        return loaded

    def no_lock(rows: "QuerySet[ApprovalRequest]") -> list[ApprovalRequest]:
        return list(rows)

    monkeypatch.setattr(appealing, "load_draft", read_together)
    monkeypatch.setattr(approval_appealing, "lock", no_lock)
    with pytest.raises((DatabaseError, Conflict)):
        at_once(market, *[lambda: appeal(market, order)] * 2)


@pytest.mark.parametrize("round_number", range(5))
def test_a_double_click_cancels_once(market: Market, round_number: int) -> None:
    order = pending(market).request.subject_id
    outcomes = at_once(market, *[lambda: cancel(market, order)] * 3)
    assert sorted(outcomes) == ["CANCELLED", "TOO_LATE", "TOO_LATE"]
    with market.scope():
        assert recorded("requisition.cancelled") == recorded("approval.withdrawn") == 1
        assert reserved(market) == {0}


def test_without_the_lock_a_second_click_is_recorded_as_well(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with market.scope():
        order = market.cart(("drill", 1)).id
    gate = threading.Barrier(2)

    def read_together(rows: "QuerySet[Requisition]") -> list[Requisition]:
        found = list(rows)
        gate.wait(timeout=20)
        return found

    monkeypatch.setattr(ending, "lock", read_together)
    assert at_once(market, *[lambda: cancel(market, order)] * 2) == ["CANCELLED", "CANCELLED"]
    with market.scope():
        assert recorded("requisition.cancelled") == 2


@pytest.mark.parametrize("round_number", range(5))
@pytest.mark.parametrize("choice", ["APPROVE", "REJECT"])
def test_an_order_is_cancelled_or_decided_and_nobody_deadlocks(
    market: Market, choice: str, round_number: int
) -> None:
    seat = pending(market)
    order = seat.request.subject_id
    cancelled, decided = at_once(
        market, lambda: cancel(market, order), lambda: decide(market, seat, choice)
    )
    with market.scope():
        found = Requisition.objects.get(id=order).status
        assert recorded("approval.withdrawn") + recorded("approval.decided") == 1
        if decided == VerdictCode.DECIDED and choice == "APPROVE":
            assert (cancelled, found) == ("TOO_LATE", "PLACED")
        elif decided == VerdictCode.DECIDED:
            # A rejected order can be cancelled; whoever was first is on record.
            assert found == ("CANCELLED" if cancelled == "CANCELLED" else "REJECTED")
        else:
            assert (cancelled, decided, found) == ("CANCELLED", VerdictCode.SETTLED, "CANCELLED")
        assert reserved(market) == {0}


@pytest.mark.parametrize("round_number", range(3))
def test_an_appeal_against_a_cancellation_has_one_outcome(
    market: Market, round_number: int
) -> None:
    order = rejected(market)

    def appealing_it() -> str:
        try:
            return appeal(market, order)
        except Conflict:
            return "TOO_LATE"

    appealed, cancelled = at_once(market, appealing_it, lambda: cancel(market, order))
    with market.scope():
        found = Requisition.objects.get(id=order).status
        # What waits for a decision can be cancelled, too; what is cancelled cannot be appealed.
        assert cancelled == "CANCELLED"
        assert found == "CANCELLED"
        assert appealed in ("APPEALED", "TOO_LATE")
        assert not ApprovalRequest.objects.filter(status="PENDING").exists()
        assert reserved(market) == {0}
