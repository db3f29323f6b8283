"""What budgets' tests ask of the books."""

from datetime import date
from decimal import Decimal

from budgets.charges import Charge
from budgets.models import Budget, BudgetPeriod, LedgerEntry
from tests.factories.budgets import TODAY


def counters(budget: Budget, on: date = TODAY) -> tuple[Decimal | int, ...]:
    period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=on, ends_on__gte=on)
    assert_ledger_equals_counters(period)
    return (period.reserved, period.committed, period.spent)


def assert_ledger_equals_counters(period: BudgetPeriod) -> None:
    entries = list(LedgerEntry.objects.filter(period=period).order_by("number"))
    assert [entry.number for entry in entries] == list(range(1, period.entries + 1))
    for name in ("cap", "reserved", "committed", "spent", "overrun"):
        assert sum(getattr(entry, f"delta_{name}") for entry in entries) == getattr(period, name)
    used = Decimal(0)
    for entry in entries:
        used += entry.delta_reserved + entry.delta_committed + entry.delta_spent
        assert entry.used_after == used


def charged(amount: Decimal | str | int, category: str = "") -> list[Charge]:
    """Return an order of one line, of a category or of none."""
    return [Charge(Decimal(amount), (category,) if category else ())]
