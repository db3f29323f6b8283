"""What budgets' tests ask of the books."""

from datetime import date
from decimal import Decimal

from budgets.charges import Charge
from budgets.models import Budget, BudgetPeriod, LedgerEntry
from budgets.movements import EntryKind
from budgets.services.posting import Line, post
from procurement.core.actors import SystemActor
from tests.factories.accounts import NOW
from tests.factories.budgets import TODAY, make_document


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


def use(budget: Budget, amount: Decimal | str | int, on: date = TODAY) -> None:
    """Reserve on one budget alone, whoever it is for."""
    period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=on, ends_on__gte=on)
    line = Line(
        period_id=period.id,
        kind=EntryKind.RESERVE,
        key="",
        document=make_document(on=on),
        reserved=Decimal(amount),
    )
    actor = SystemActor(budget.organization_id, "Test set-up")
    post(actor=actor, lines=[line], now=NOW)
