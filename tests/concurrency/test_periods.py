"""Periods that close, give room and take orders at once: the books hold, and nobody deadlocks."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import close_old_connections, connection

from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetIncrease, BudgetPeriod
from budgets.selectors import lifecycle
from budgets.selectors.lifecycle import Following
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock
from procurement.orders import services as orders
from procurement.orders.models import Requisition
from tests.concurrency.test_reservations import counted
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import TODAY, make_budget, make_document, reserve
from tests.factories.orders import make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

OCTOBER, DECEMBER = date(2026, 10, 15), date(2026, 12, 15)
WORKERS = 12
CAP = 1_000


@pytest.fixture
def company() -> Company:
    return make_company()


def monthly(company: Company, group: str) -> Budget:
    """Give a group a monthly budget with October, November and December open."""
    budget = make_budget(
        company.organization,
        company.groups[group],
        CAP,
        kind=PeriodKind.MONTH,
        starts_on=date(2026, 10, 1),
    )
    services.open_past_periods(
        actor=system(company.organization), first=OCTOBER, last=DECEMBER, now=NOW
    )
    return budget


def period_of(budget: Budget, on: date) -> BudgetPeriod:
    return BudgetPeriod.objects.get(budget=budget, starts_on__lte=on, ends_on__gte=on)


def together(*works: Callable[[], str]) -> list[str]:
    """Run each piece of work on a connection of its own; return what each says."""

    def run(work: Callable[[], str]) -> str:
        close_old_connections()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [job.result(timeout=60) for job in [pool.submit(run, work) for work in works]]


class Quarrel:
    """Two monthly budgets that several people order from, balance and close at once."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.dana = company.actor("Dana")
        self.both = [monthly(company, "Field Service"), monthly(company, "Facilities")]
        self.ids = {
            (budget.id, on): period_of(budget, on).id
            for budget in self.both
            for on in (OCTOBER, TODAY, DECEMBER)
        }

    def transfer(self, index: int) -> None:
        giver, taker = self.both if index % 2 else reversed(self.both)
        services.ask_transfer(
            actor=self.dana,
            giver_id=self.ids[giver.id, TODAY],
            taker_id=self.ids[taker.id, TODAY],
            amount=Decimal(7),
            reason="Balance",
            reference=new_id(),
            now=NOW,
        )

    def close(self, index: int) -> None:
        on = OCTOBER if index % 2 else TODAY
        period_id = self.ids[self.both[index % 4 // 2].id, on]
        services.close_period(actor=self.dana, period_id=period_id, reason="Done", now=NOW)

    def order(self, index: int) -> None:
        organization = self.company.organization
        document = make_document(on=OCTOBER if index % 2 else TODAY)
        if reserve(organization, self.company.groups["Field Service"], 9, document).is_reserved:
            services.commit(actor=system(organization), document=document, now=NOW)

    def work(self, index: int) -> str:
        """Do one of the four things six times; return what was refused last."""
        told = ""
        step = [self.order, self.transfer, self.order, self.close][index % 4]
        for turn in range(6):
            # Something has to stand there before it is closed.
            is_early = step == self.close and turn < 3
            try:
                with self.company.scope():
                    (self.order if is_early else step)(index // 4 + turn)
            except DomainError as refusal:
                told = refusal.message
        return told


def test_orders_transfers_and_closings_at_once_keep_the_books_and_do_not_deadlock(
    company: Company,
) -> None:
    with company.scope():
        quarrel = Quarrel(company)

    together(*(partial(quarrel.work, index) for index in range(WORKERS)))

    periods = counted(company)
    assert sum(one.cap for one in periods) == CAP * len(periods)
    assert all(one.used <= one.cap for one in periods)
    closed = [one for one in periods if one.status == "CLOSED"]
    assert closed
    assert all(one.reserved == one.committed == 0 for one in closed)
    with company.scope():
        assert list(selectors.discrepancies()) == []


def test_nothing_moves_on_to_a_period_that_is_closed_in_the_meantime(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company.scope():
        budget = monthly(company, "Field Service")
        october, november = period_of(budget, OCTOBER), period_of(budget, TODAY)
        document = make_document(on=OCTOBER)
        assert reserve(
            company.organization, company.groups["Field Service"], 50, document
        ).is_reserved
        dana = company.actor("Dana")
    has_looked, is_closed = threading.Event(), threading.Event()

    def following(*where: Any) -> Following:
        found = lifecycle.following(*where)
        if where[1] == november.starts_on or where[1] == TODAY:
            has_looked.set()
            is_closed.wait(timeout=30)
        return found

    def close_october() -> str:
        try:
            close(october)
        except Conflict as refusal:
            return refusal.message
        return ""

    def close_november() -> str:
        has_looked.wait(timeout=30)
        close(november)
        is_closed.set()
        return ""

    def close(period: BudgetPeriod) -> None:
        with company.scope():
            services.close_period(actor=dana, period_id=period.id, reason="Done", now=NOW)

    monkeypatch.setattr("budgets.services.closing.following", following)
    told = together(close_october, close_november)
    assert told == ["Field Service, Nov 2026 has just been closed. Try again.", ""]
    with company.scope():
        november.refresh_from_db()
        assert november.status == "CLOSED"
        assert november.reserved == 0


def test_an_order_that_goes_on_as_its_increase_is_decided_does_not_wait_in_a_ring() -> None:
    market = make_market(cap="100.00")
    with market.scope():
        cart = market.cart(("drill", 1))
        orders.ask_for_room(
            actor=market.actor("Alice"), requisition_id=cart.id, reason="A rig", now=NOW
        )
        increase = BudgetIncrease.objects.get(document_id=cart.id)
        budget = Budget.objects.get(group=market.groups["Facilities"])
        services.change_cap(
            actor=market.actor("Dana"), budget_id=budget.id, cap=Decimal(900), reason="x", now=NOW
        )
    is_held = threading.Event()

    def decide() -> str:
        with market.scope():
            lock(BudgetIncrease.objects.filter(id=increase.id))
            is_held.set()
            # Time for the other to come as far as it does before it waits.
            threading.Event().wait(1.5)
            lock(BudgetPeriod.objects.filter(id=increase.period_id))
        return ""

    def go_on() -> str:
        is_held.wait(timeout=30)
        with market.scope():
            orders.proceed_waiting(actor=system(market.organization), now=NOW)
        return ""

    assert together(decide, go_on) == ["", ""]
    with market.scope():
        assert Requisition.objects.get(id=cart.id).status in ("PENDING", "PLACED")
        increase.refresh_from_db()
        assert increase.status == "WITHDRAWN"
