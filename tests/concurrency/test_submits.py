"""Many people submit at once against one budget: it is used to the last cent and never beyond."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.actors import MemberActor
from approvals.models import ApprovalRequest
from budgets import services as budgets
from budgets.charges import Charge
from budgets.models import Budget, BudgetPeriod, LedgerEntry
from budgets.rules import Covering
from budgets.services import Outcome, Reservation
from procurement.core import tenancy, writes
from procurement.orders import services
from procurement.orders.models import Requisition
from procurement.orders.services import SubmitOutcome
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.database,
]

CONNECTIONS = 32
ROOM_FOR = 10
PRICE = Decimal("160.00")


@pytest.fixture
def market() -> Market:
    return make_market(cap=str(PRICE * ROOM_FOR))


def carts(market: Market, number: int) -> tuple[MemberActor, list[UUID]]:
    """Fill carts of one drill each."""
    with market.scope():
        actor = market.actor("Alice")
        found: list[UUID] = []
        for _ in range(number):
            cart = market.cart(("drill", 1))
            found.append(cart.id)
            # Out of the way, so that the next item opens a cart of its own.
            Requisition.objects.filter(id=cart.id).update(status="WITHDRAWN", submitted_at=NOW)
        Requisition.objects.filter(id__in=found).update(status="DRAFT", submitted_at=None)
    return actor, found


def at_once(work: Callable[[UUID], Any], each: list[UUID]) -> list[Any]:
    """Run work for each in a thread with a connection of its own, all starting together."""
    start = threading.Barrier(len(each))

    def run(one: UUID) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return work(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(run, each, timeout=60))


def submit_all(actor: MemberActor, each: list[UUID]) -> Counter[SubmitOutcome]:
    def submit(requisition_id: UUID) -> SubmitOutcome:
        with tenancy.scope(actor.organization_id):
            verdict = services.submit_requisition(
                actor=actor, requisition_id=requisition_id, now=NOW
            )
        return verdict.outcome

    return Counter(at_once(submit, each))


def period_of(market: Market) -> BudgetPeriod:
    return BudgetPeriod.objects.get(
        budget__group=market.groups["Facilities"], starts_on__lte=NOW, ends_on__gte=NOW
    )


def test_of_32_submits_exactly_the_10_that_fit_succeed_and_the_ledger_adds_up(
    market: Market,
) -> None:
    actor, each = carts(market, CONNECTIONS)
    outcomes = submit_all(actor, each)
    assert outcomes == {
        SubmitOutcome.SUBMITTED: ROOM_FOR,
        SubmitOutcome.REFUSED: CONNECTIONS - ROOM_FOR,
    }
    with market.scope():
        period = period_of(market)
        assert period.reserved == period.cap
        moved = LedgerEntry.objects.filter(period=period).values_list("delta_reserved", flat=True)
        assert sum(moved, Decimal(0)) == period.reserved
        by_status = Counter(Requisition.objects.values_list("status", flat=True))
        assert by_status == {"PENDING": ROOM_FOR, "DRAFT": CONNECTIONS - ROOM_FOR}


class UnlockedReservation:
    """Reads, decides in Python and writes the sum back: what the real one must not do."""

    everyone_has_read = threading.Barrier(CONNECTIONS)

    def __init__(self, *, covering: list[Covering], charges: list[Charge], **_: Any) -> None:
        self.covering, self.charges = covering, charges

    def queue(self) -> None:
        self.everyone_has_read.wait(timeout=30)
        for one in self.covering:
            writes.execute(
                "UPDATE budgets_budgetperiod SET reserved = %s WHERE id = %s",
                [one.reserved + one.scope.share(self.charges), one.period_id],
            )

    def verdict(self) -> Reservation:
        return Reservation(Outcome.RESERVED, (), ())


def test_control_without_the_locks_all_32_succeed_and_the_counter_forgets_most_of_them(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "prepare_reservation", UnlockedReservation)
    actor, each = carts(market, CONNECTIONS)
    outcomes = submit_all(actor, each)
    assert outcomes == {SubmitOutcome.SUBMITTED: CONNECTIONS}
    with market.scope():
        assert period_of(market).reserved == PRICE


def test_whatever_goes_beyond_a_soft_budget_at_once_is_agreed_to_once_more(market: Market) -> None:
    with market.scope():
        Budget.objects.update(enforcement="SOFT")
    actor, each = carts(market, CONNECTIONS)
    assert submit_all(actor, each) == {SubmitOutcome.SUBMITTED: CONNECTIONS}
    with market.scope():
        asked = dict(ApprovalRequest.objects.values_list("subject_id", "facts"))
        lines = LedgerEntry.objects.filter(period=period_of(market), kind="RESERVE")
        beyond = {one.document_id for one in lines if one.used_after > PRICE * ROOM_FOR}
        assert len(beyond) == CONNECTIONS - ROOM_FOR
        assert {one for one, facts in asked.items() if "OVER_BUDGET" in facts["flags"]} == beyond


def test_the_same_order_submitted_from_many_windows_is_submitted_once(market: Market) -> None:
    actor, (cart,) = carts(market, 1)
    outcomes = submit_all(actor, [cart] * 8)
    assert outcomes == {SubmitOutcome.SUBMITTED: 1, SubmitOutcome.ALREADY: 7}
    with market.scope():
        assert period_of(market).reserved == PRICE


def test_withdrawals_and_submits_side_by_side_leave_no_cent_behind(market: Market) -> None:
    actor, each = carts(market, ROOM_FOR)
    submit_all(actor, each)

    def withdraw(requisition_id: UUID) -> None:
        with tenancy.scope(actor.organization_id):
            services.withdraw(actor=actor, requisition_id=requisition_id, now=NOW)

    at_once(withdraw, each)
    with market.scope():
        assert period_of(market).reserved == Decimal(0)
