"""Many real connections against few budgets: nothing is overspent, nobody deadlocks.

The control shows that the race is there to be lost: reading, comparing and writing without locks
oversells the same budget under the same load.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TypeVar

import pytest
from django.db import close_old_connections, connection

from budgets import selectors, services
from budgets.charges import Charge
from budgets.models import Budget, BudgetAlert, BudgetPeriod, LedgerEntry
from procurement.core import writes
from procurement.core.errors import DomainError
from procurement.core.locking import lock_in_turn
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

CONNECTIONS = 32
ROOM_FOR = 10
EACH = Decimal("12.34")

_Result = TypeVar("_Result")


@pytest.fixture
def company() -> Company:
    return make_company()


def at_once(
    company: Company, work: Callable[[int], _Result], connections: int = CONNECTIONS
) -> list[_Result]:
    """Run a piece of work on many connections, all released at the same moment."""
    gate = threading.Barrier(connections)

    def run(index: int) -> _Result:
        close_old_connections()
        connection.ensure_connection()
        try:
            gate.wait(timeout=60)
            with company.scope():
                return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(connections) as pool:
        return [
            job.result(timeout=120) for job in [pool.submit(run, n) for n in range(connections)]
        ]


def counted(company: Company) -> list[BudgetPeriod]:
    """Return every period, having made sure that its ledger says the same."""
    with company.scope():
        periods = list(BudgetPeriod.objects.order_by("starts_on", "id"))
        for period in periods:
            lines = list(LedgerEntry.objects.filter(period=period).order_by("number"))
            assert [line.number for line in lines] == list(range(1, period.entries + 1))
            assert sum(line.delta_reserved for line in lines) == period.reserved
            assert sum(line.delta_committed for line in lines) == period.committed
            assert lines[-1].used_after == period.used
    return periods


def test_of_thirty_two_orders_exactly_the_ten_that_fit_are_reserved(company: Company) -> None:
    with company.scope():
        root = make_budget(company.organization, company.root, EACH * ROOM_FOR)
        make_budget(company.organization, company.groups["Facilities"], 10_000)
    path = company.groups["Field Service"].path

    def order(_: int) -> bool:
        return services.reserve(
            actor=system(company.organization),
            covering=selectors.covering(path, TODAY),
            charges=[Charge(EACH)],
            document=make_document(),
            now=NOW,
        ).is_reserved

    outcomes = at_once(company, order)

    assert sum(outcomes) == ROOM_FOR
    periods = counted(company)
    assert {period.reserved for period in periods if period.starts_on <= TODAY} == {EACH * ROOM_FOR}
    with company.scope():
        reserved = LedgerEntry.objects.filter(kind="RESERVE", period__budget=root)
        assert reserved.count() == ROOM_FOR
        crossed = BudgetAlert.objects.filter(period__budget=root)
        assert sorted(alert.threshold for alert in crossed) == [80, 100]


def test_without_locks_the_same_load_oversells_the_budget(company: Company) -> None:
    with company.scope():
        make_budget(company.organization, company.root, EACH * ROOM_FOR)
    everybody_has_looked = threading.Barrier(CONNECTIONS)

    def order(_: int) -> bool:
        period = BudgetPeriod.objects.get(starts_on__lte=TODAY, ends_on__gte=TODAY)
        fits = period.used + EACH <= period.cap
        everybody_has_looked.wait(timeout=60)
        if fits:
            BudgetPeriod.objects.filter(id=period.id).update(reserved=period.reserved + EACH)
        return fits

    outcomes = at_once(company, order)

    assert sum(outcomes) > ROOM_FOR
    with company.scope():
        period = BudgetPeriod.objects.get(starts_on__lte=TODAY, ends_on__gte=TODAY)
        assert period.reserved != EACH * sum(outcomes)


def test_chains_that_share_budgets_in_opposite_order_do_not_deadlock(company: Company) -> None:
    groups = [company.root, *company.groups.values()]
    with company.scope():
        for group in groups:
            make_budget(company.organization, group, 100_000)
        chain = tuple(one for group in groups for one in covering_of(group)[:1])

    def order(index: int) -> bool:
        mine = chain if index % 2 else tuple(reversed(chain))
        documents = [make_document() for _ in range(5)]
        return all(
            services.reserve(
                actor=system(company.organization),
                covering=mine,
                charges=[Charge(EACH)],
                document=document,
                now=NOW,
            ).is_reserved
            for document in documents
        )

    assert all(at_once(company, order))
    assert {period.reserved for period in counted(company) if period.starts_on <= TODAY} == {
        EACH * CONNECTIONS * 5
    }


def test_locks_taken_in_the_order_of_the_chain_do_deadlock(company: Company) -> None:
    with company.scope():
        for group in (company.root, company.groups["Facilities"]):
            make_budget(company.organization, group, 100_000)
        ids = [one.period_id for one in covering_of(company.groups["Facilities"])]
    both_hold_one = threading.Barrier(2)

    def order(index: int) -> str:
        first, second = ids if index else reversed(ids)
        try:
            writes.execute("SELECT 1 FROM budgets_budgetperiod WHERE id = %s FOR UPDATE", [first])
            both_hold_one.wait(timeout=60)
            writes.execute("SELECT 1 FROM budgets_budgetperiod WHERE id = %s FOR UPDATE", [second])
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            connection.set_rollback(True)
            return str(error)
        return ""

    assert sum("deadlock detected" in outcome for outcome in at_once(company, order, 2)) == 1


def test_orders_coming_and_going_at_once_leave_an_exact_ledger(company: Company) -> None:
    with company.scope():
        make_budget(company.organization, company.root, EACH * ROOM_FOR)
        make_budget(company.organization, company.groups["Facilities"], EACH * ROOM_FOR)
    path = company.groups["Workplace"].path
    actor = system(company.organization)

    def order(index: int) -> Decimal:
        document = make_document()
        verdict = services.reserve(
            actor=actor,
            covering=selectors.covering(path, TODAY),
            charges=[Charge(EACH)],
            document=document,
            now=NOW,
        )
        if not verdict.is_reserved or index % 3 == 0:
            services.release(actor=actor, document=document, now=NOW)
            return Decimal(0)
        services.commit(actor=actor, document=document, now=NOW)
        return EACH

    kept = sum(at_once(company, order), Decimal(0))

    for period in counted(company):
        if period.starts_on <= TODAY:
            assert [period.reserved, period.committed] == [0, kept]


def test_one_document_reserved_twice_at_once_holds_its_amount_once(company: Company) -> None:
    with company.scope():
        make_budget(company.organization, company.root, 1000)
    document = make_document()

    def order(_: int) -> str:
        try:
            return services.reserve(
                actor=system(company.organization),
                covering=selectors.covering(company.root.path, TODAY),
                charges=[Charge(EACH)],
                document=document,
                now=NOW,
            ).outcome.value
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
            connection.set_rollback(True)
            return type(error).__name__

    outcomes = at_once(company, order, 8)

    assert set(outcomes) <= {"RESERVED", "Conflict"}
    assert counted(company)[0].reserved == EACH


def test_changes_of_one_document_at_once_follow_each_other(company: Company) -> None:
    with company.scope():
        make_budget(company.organization, company.root, 10_000)
        make_budget(company.organization, company.groups["Facilities"], 10_000)
        document = make_document()
        reserve(company.organization, company.groups["Facilities"], EACH, document)

    def change(index: int) -> Decimal:
        amount = EACH * (index + 1)
        assert reserve(
            company.organization, company.groups["Facilities"], amount, document
        ).is_reserved
        return amount

    wanted = at_once(company, change, 8)

    held = {one.reserved for one in counted(company) if one.starts_on <= TODAY}
    assert len(held) == 1
    assert held <= set(wanted)
    with company.scope():
        assert not list(selectors.discrepancies())


def test_a_change_and_the_placing_of_an_order_at_once_leave_all_of_it_committed(
    company: Company,
) -> None:
    actor = system(company.organization)
    with company.scope():
        make_budget(company.organization, company.root, 10_000)
        documents = [make_document() for _ in range(8)]
        for document in documents:
            reserve(company.organization, company.root, EACH, document)

    def work(index: int) -> None:
        document = documents[index // 2]
        if index % 2:
            services.commit(actor=actor, document=document, now=NOW)
        else:
            reserve(company.organization, company.root, EACH * 2, document)

    at_once(company, work, 16)

    (period,) = [one for one in counted(company) if one.starts_on <= TODAY]
    # Whichever came first: what is changed after it was placed is committed at once.
    assert period.used == EACH * 16
    with company.scope():
        assert not list(selectors.discrepancies())
        for document in documents:
            services.commit(actor=actor, document=document, now=NOW)
    (period,) = [one for one in counted(company) if one.starts_on <= TODAY]
    assert [period.reserved, period.committed] == [0, EACH * 16]


def test_many_at_once_on_a_soft_budget_leave_its_overrun_exact(company: Company) -> None:
    with company.scope():
        budget = make_budget(company.organization, company.root, EACH * ROOM_FOR)
        Budget.objects.filter(id=budget.id).update(enforcement="SOFT")
        make_budget(company.organization, company.groups["Facilities"], EACH * CONNECTIONS)
    actor = system(company.organization)

    def order(index: int) -> bool:
        document = make_document()
        taken = reserve(company.organization, company.groups["Facilities"], EACH, document)
        if index % 4 == 0:
            services.release(actor=actor, document=document, now=NOW)
        return taken.is_reserved

    assert all(at_once(company, order))

    left = EACH * CONNECTIONS * 3 / 4
    for period in counted(company):
        if period.starts_on <= TODAY:
            assert period.used == left
    with company.scope():
        period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=TODAY, ends_on__gte=TODAY)
        assert period.overrun == left - period.cap
        assert not list(selectors.discrepancies())


def test_a_period_opened_by_many_at_once_is_opened_once(company: Company) -> None:
    with company.scope():
        make_budget(company.organization, company.root, 100_000)
    later = TODAY.replace(year=2029)

    def order(_: int) -> bool:
        return services.reserve(
            actor=system(company.organization),
            covering=selectors.covering(company.root.path, later),
            charges=[Charge(EACH)],
            document=make_document(on=later),
            now=NOW,
        ).is_reserved

    assert all(at_once(company, order))
    with company.scope():
        opened = BudgetPeriod.objects.get(starts_on__year=2029)
        assert opened.reserved == EACH * CONNECTIONS
        assert LedgerEntry.objects.filter(period=opened, kind="OPEN").count() == 1


def test_a_cap_lowered_while_orders_arrive_is_never_exceeded(company: Company) -> None:
    with company.scope():
        budget = make_budget(company.organization, company.root, EACH * CONNECTIONS)
        dana = company.actor("Dana")

    def order(index: int) -> bool:
        if index == 0:
            try:
                services.change_cap(actor=dana, budget_id=budget.id, cap=EACH * 5, now=NOW)
            except DomainError:
                return False
            return True
        return services.reserve(
            actor=dana,
            covering=selectors.covering(company.root.path, TODAY),
            charges=[Charge(EACH)],
            document=make_document(),
            now=NOW,
        ).is_reserved

    at_once(company, order)
    for period in counted(company):
        assert period.used <= period.cap


def test_who_queues_for_a_budget_first_is_served_first(company: Company) -> None:
    with company.scope():
        make_budget(company.organization, company.root, 1000)
        (covering,) = covering_of(company.root)
    numbers = range(8)

    def order(number: int) -> None:
        close_old_connections()
        try:
            with company.scope():
                reserve(company.organization, company.root, 1, make_document(f"R-{number}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(numbers)) as pool:
        with company.scope():
            reserve(company.organization, company.root, 1, make_document("R-first"))
            jobs = []
            for number in numbers:
                jobs.append(pool.submit(order, number))
                wait_for_queue(number + 1)
        for job in jobs:
            job.result(timeout=60)
    with company.scope():
        lines = LedgerEntry.objects.filter(period_id=covering.period_id, kind="RESERVE")
        labels = lines.order_by("number").values_list("document_label", flat=True)
        assert list(labels) == ["R-first", *(f"R-{number}" for number in numbers)]


def test_an_order_that_moves_to_other_budgets_does_not_wait_in_a_ring(company: Company) -> None:
    """What it leaves behind comes first in the queue, though it is changed last."""
    with company.scope():
        left = make_budget(company.organization, company.groups["Workplace"], 1000)
        make_budget(company.organization, company.root, 1000)
        make_budget(company.organization, company.groups["Field Service"], 1000)
        moving = make_document("R-moves")
        reserve(company.organization, company.groups["Workplace"], 1, moving)
        chain = covering_of(company.groups["Field Service"])
        assert BudgetPeriod.objects.get(budget=left).id < min(
            one.period_id for one in chain if one.period_id
        )

    def order() -> None:
        close_old_connections()
        try:
            with company.scope():
                reserve(company.organization, company.groups["Workplace"], 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with company.scope():
            prepared = services.prepare_reservation(
                actor=system(company.organization),
                covering=chain,
                charges=[Charge(Decimal(1))],
                document=moving,
                now=NOW,
            )
            prepared.queue()
            job = pool.submit(order)
            wait_for_queue(1)
            assert prepared.verdict().is_reserved
        job.result(timeout=60)


def test_whoever_holds_a_budget_by_hand_has_queued_for_it_too(company: Company) -> None:
    with company.scope():
        budget = make_budget(company.organization, company.root, 1000)

    def order() -> None:
        close_old_connections()
        try:
            with company.scope():
                reserve(company.organization, company.root, 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with company.scope():
            lock_in_turn(BudgetPeriod.objects.filter(budget=budget))
            job = pool.submit(order)
            wait_for_queue(1)
            assert reserve(company.organization, company.root, 1).is_reserved
        job.result(timeout=60)


def wait_for_queue(length: int) -> None:
    """Wait until so many sessions of this database wait for a lock."""
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_database d"
                " ON d.oid = l.database WHERE d.datname = current_database() AND NOT l.granted"
            )
            if cursor.fetchone() == (length,):
                return
            assert time.monotonic() < end
            time.sleep(0.02)
