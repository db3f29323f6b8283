"""The ledger against a naive model that keeps plain figures in memory, step by step.

Orders come at moments around the ends of periods, in a time zone in which the day differs from the
server's; after each step counters, ledger and model say the same, and no live order is over a cap.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounts import selectors as accounts
from accounts.models import OrgGroup
from budgets import selectors, services
from budgets.fiscal import PeriodKind, period_of
from budgets.models import Budget, BudgetPeriod
from budgets.movements import Document
from budgets.services import HistoryPosting
from procurement.core import tenancy
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from tests.factories.accounts import make_group, make_organization, system
from tests.factories.budgets import make_budget

ZERO = Decimal(0)
START = date(2026, 1, 1)

# 4:59 and 5:00 AM UTC on the first of a month are the last and the first minute of New York's.
moments = st.sampled_from(
    [
        datetime(2026, 12, 1, 4, 59, tzinfo=UTC),
        datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
        datetime(2027, 1, 1, 4, 59, tzinfo=UTC),
        datetime(2027, 1, 1, 5, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
    ]
)
# Round figures that meet on the caps, and any others.
amounts = st.one_of(
    st.sampled_from(["0.01", "50", "100", "250", "499.99", "500", "700"]).map(Decimal),
    st.integers(min_value=1, max_value=60_000).map(lambda n: Decimal(n) / 100),
)
refunds = amounts.map(lambda amount: -amount)
places = st.integers(min_value=0, max_value=2)


@dataclass
class Counters:
    """What the model knows of one period of one budget."""

    cap: Decimal
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    overrun: Decimal = ZERO

    @property
    def used(self) -> Decimal:
        return self.reserved + self.committed + self.spent


@dataclass
class Order:
    """What the model knows of one order: where it stands, and with how much."""

    document: Document
    periods: list[Counters] = field(default_factory=list)
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO


class Ledger(RuleBasedStateMachine):
    """Three groups on one path; a year on the root, a quarter below, a month on the team."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.organization = make_organization()
        self.actor = system(self.organization)
        self.scope = tenancy.scope(self.organization.id)
        self.scope.__enter__()
        root = accounts.root_group()
        middle = make_group(self.organization, root, "Department")
        team = make_group(self.organization, middle, "Team")
        self.groups: list[OrgGroup] = [root, middle, team]
        self.budgets: list[Budget] = [
            make_budget(self.organization, group, cap, kind=kind, starts_on=START)
            for group, cap, kind in (
                (root, 2000, PeriodKind.YEAR),
                (middle, 1200, PeriodKind.QUARTER),
                (team, 500, PeriodKind.MONTH),
            )
        ]
        self.caps = [Decimal(2000), Decimal(1200), Decimal(500)]
        self.model: dict[tuple[int, date], Counters] = {}
        for budget in range(3):
            for period in BudgetPeriod.objects.filter(budget=self.budgets[budget]):
                self.model[budget, period.starts_on] = Counters(self.caps[budget])

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)

    def counters(self, place: int, on: date) -> list[Counters]:
        """Return the model's counters of a group's chain on a day, opening what is missing."""
        found = []
        for budget in range(place + 1):
            starts_on = period_of(PeriodKind(self.budgets[budget].kind), on).starts_on
            key = (budget, starts_on)
            found.append(self.model.setdefault(key, Counters(self.caps[budget])))
        return found

    @rule(target=orders, place=places, amount=amounts, at=moments)
    def reserve(self, place: int, amount: Decimal, at: datetime) -> object:
        on = local_date(at, self.organization.time_zone)
        document = Document("REQUISITION", new_id(), "An order", on)
        verdict = services.reserve(
            actor=self.actor,
            covering=selectors.covering(self.groups[place].path, on),
            amount=amount,
            document=document,
            now=at,
        )
        chain = self.counters(place, on)
        fits = all(one.used + amount <= one.cap for one in chain)
        assert verdict.is_reserved == fits
        assert len(verdict.blocking) == sum(one.used + amount > one.cap for one in chain)
        if not fits:
            return multiple()
        for one in chain:
            one.reserved += amount
        return Order(document, chain, reserved=amount)

    @rule(order=orders, at=moments)
    def commit(self, order: Order, at: datetime) -> None:
        services.commit(actor=self.actor, document=order.document, now=at)
        for one in order.periods:
            one.reserved -= order.reserved
            one.committed += order.reserved
        order.committed, order.reserved = order.committed + order.reserved, ZERO

    @rule(order=orders, at=moments)
    def release(self, order: Order, at: datetime) -> None:
        services.release(actor=self.actor, document=order.document, now=at)
        for one in order.periods:
            one.reserved -= order.reserved
            one.committed -= order.committed
        order.reserved = order.committed = ZERO

    @rule(order=orders, amount=amounts, at=moments, times=st.sampled_from([1, 2]))
    def spend(self, order: Order, amount: Decimal, at: datetime, times: int) -> None:
        reference = str(new_id())
        for _ in range(times):
            verdict = services.spend(
                actor=self.actor,
                document=order.document,
                amount=amount,
                reference=reference,
                now=at,
            )
            if not verdict.is_reserved:
                break
        from_committed = min(order.committed, amount)
        from_reserved = min(order.reserved, amount - from_committed)
        extra = amount - from_committed - from_reserved
        fits = not extra or all(one.used + extra <= one.cap for one in order.periods)
        assert verdict.is_reserved == fits
        if fits:
            for one in order.periods:
                one.committed -= from_committed
                one.reserved -= from_reserved
                one.spent += amount
            order.committed -= from_committed
            order.reserved -= from_reserved
            order.spent += amount

    @rule(order=orders, amount=amounts, at=moments)
    def credit(self, order: Order, amount: Decimal, at: datetime) -> None:
        if amount > order.spent:
            with pytest.raises(DomainError):
                self._credit(order, amount, at)
            return
        self._credit(order, amount, at)
        order.spent -= amount
        for one in order.periods:
            one.spent -= amount

    def _credit(self, order: Order, amount: Decimal, at: datetime) -> None:
        services.credit(
            actor=self.actor,
            document=order.document,
            amount=amount,
            reference=str(new_id()),
            now=at,
        )

    @rule(postings=st.lists(st.tuples(places, st.one_of(amounts, refunds)), max_size=5), at=moments)
    def import_history(self, postings: list[tuple[int, Decimal]], at: datetime) -> None:
        on = local_date(at, self.organization.time_zone)
        rows = []
        for budget, amount in postings:
            (covering,) = services.ensure_periods(
                actor=self.actor,
                covering=selectors.covering([self.groups[budget].id], on),
                now=at,
            )
            assert covering.period_id is not None
            rows.append(HistoryPosting(covering.period_id, new_id(), "Import", on, amount))
            one = self.counters(budget, on)[-1]
            one.spent += amount
            one.overrun = max(ZERO, one.used - one.cap)
        for _ in range(2):
            services.record_history(
                actor=self.actor, document_kind="IMPORTED", postings=rows, now=at
            )

    @rule(budget=places, cap=st.integers(min_value=0, max_value=300_000), at=moments)
    def change_cap(self, budget: int, cap: int, at: datetime) -> None:
        amount = Decimal(cap) / 100
        today = local_date(at, self.organization.time_zone)
        kind = PeriodKind(self.budgets[budget].kind)
        affected = [
            one
            for (place, starts_on), one in self.model.items()
            if place == budget and period_of(kind, starts_on).ends_on >= today
        ]
        refused = amount != self.caps[budget] and any(
            one.used > amount and amount < one.cap for one in affected
        )
        if refused:
            with pytest.raises(DomainError):
                self._change_cap(budget, amount, at)
            return
        self._change_cap(budget, amount, at)
        if amount == self.caps[budget]:
            return
        self.caps[budget] = amount
        for one in affected:
            if one.cap != amount:
                one.cap = amount
                one.overrun = max(min(one.overrun, one.used - amount), ZERO)

    def _change_cap(self, budget: int, amount: Decimal, at: datetime) -> None:
        services.change_cap(actor=self.actor, budget_id=self.budgets[budget].id, cap=amount, now=at)

    @invariant()
    def counters_ledger_and_model_say_the_same(self) -> None:
        assert list(selectors.discrepancies()) == []
        place = {budget.id: index for index, budget in enumerate(self.budgets)}
        stored = {
            (place[period.budget_id], period.starts_on): Counters(
                period.cap, period.reserved, period.committed, period.spent, period.overrun
            )
            for period in BudgetPeriod.objects.all()
        }
        assert {key: one for key, one in self.model.items() if key in stored} == stored
        assert all(not one.used for key, one in self.model.items() if key not in stored)

    @invariant()
    def nothing_is_used_beyond_a_cap_but_history(self) -> None:
        for one in self.model.values():
            assert one.used <= one.cap + one.overrun


@pytest.mark.django_db
@pytest.mark.database
def test_the_ledger_always_says_what_a_naive_model_says() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
