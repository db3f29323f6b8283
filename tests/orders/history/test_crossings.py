"""When budgets would have warned and stopped orders: the product against plain Python.

Contains information licensed under the Open Government Licence – Toronto.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID, uuid5

import pytest

from budgets.fiscal import Period, PeriodKind, period_of
from budgets.planning import grow
from budgets.rules import ZERO, Covering
from budgets.spans import Span
from procurement.orders.history.crossings import Crossings
from procurement.orders.history.evaluation import BudgetBook, PastLine
from procurement.orders.history.planning import KnownGroup
from tests.orders.history.files import shared_data

ROOT = UUID(int=1)


@dataclass(frozen=True)
class Line:
    division: str
    on: date
    amount: Decimal


@dataclass(frozen=True)
class Purchase:
    number: str
    on: date
    lines: Sequence[Line]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@lru_cache(maxsize=256)
def division(name: str) -> KnownGroup:
    group_id = uuid5(ROOT, name)
    return KnownGroup(group_id, (ROOT, group_id), name)


def span(name: str, period: Period, cap: Decimal) -> Span:
    group = division(name)
    covering = Covering(
        budget_id=group.id,
        period_id=None,
        group_id=group.id,
        group_name=name,
        group_path=group.path,
        period=period,
        cap=cap,
        reserved=ZERO,
        committed=ZERO,
        spent=ZERO,
        overrun=ZERO,
        warn_percent=80,
        currency="CAD",
    )
    return Span(covering, period.starts_on, period.ends_on)


def told(purchases: Sequence[Purchase], spans: Sequence[Span]) -> dict[tuple[str, str], list[str]]:
    """Return, by division and period, when the product would have warned and stopped."""
    book, crossings = BudgetBook(spans), Crossings()
    for purchase in purchases:
        lines = [
            PastLine(division(line.division), UUID(int=0), (), line.on, line.amount)
            for line in purchase.lines
        ]
        spent = book.spend(lines, is_refund=purchase.total <= 0)
        crossings.add(purchase.number, purchase.on, spent.postings, spent.over)
    assert Crossings.from_json(crossings.to_json()) == crossings
    return {
        (one["group"], one["period"]): [
            *(one["warned_on"], one["warned_number"]),
            *(one["stopped_on"], one["stopped_number"]),
        ]
        for one in crossings.to_json()
    }


def plain(
    purchases: Sequence[Purchase], caps: dict[tuple[str, str], Decimal], kind: PeriodKind
) -> dict[tuple[str, str], list[str]]:
    """Say the same with nothing but sums."""
    used: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    found: dict[tuple[str, str], list[str]] = {}
    for purchase in purchases:
        sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for line in purchase.lines:
            sums[line.division, label_of(kind, line.on)] += line.amount
        for key, amount in sums.items():
            if key not in caps or not amount:
                continue
            before, used[key] = used[key], used[key] + amount
            if used[key] >= caps[key] * Decimal("0.8"):
                said = found.setdefault(key, ["", "", "", ""])
                if not said[0]:
                    said[:2] = [purchase.on.isoformat(), purchase.number]
            if purchase.total > 0 and amount > 0 and before + amount > caps[key]:
                said = found.setdefault(key, ["", "", "", ""])
                if not said[2]:
                    said[2:] = [purchase.on.isoformat(), purchase.number]
    return found


def label_of(kind: PeriodKind, on: date) -> str:
    return str(on.year) if kind is PeriodKind.YEAR else f"Q{(on.month + 2) // 3} {on.year}"


def purchases_of_the_city() -> list[Purchase]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    path = shared_data("toronto_pcard.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found[row["statement_id"]].append(
                Line(
                    row["division"],
                    date.fromisoformat(row["posting_date"]),
                    Decimal(row["amount_cad"]),
                )
            )
    purchases = [
        Purchase(number, max(line.on for line in lines), lines) for number, lines in found.items()
    ]
    return sorted(purchases, key=lambda one: one.on)


def test_a_budget_warns_once_and_stops_from_the_first_order_that_does_not_fit() -> None:
    year = period_of(PeriodKind.YEAR, date(2019, 1, 1))
    purchases = [
        Purchase(number, day, [Line("Parks", day, Decimal(amount))])
        for number, day, amount in (
            ("1", date(2019, 1, 1), 79),
            ("2", date(2019, 2, 1), 1),
            ("3", date(2019, 3, 1), 21),
            ("4", date(2019, 4, 1), -50),
            ("5", date(2019, 5, 1), 45),
            ("6", date(2019, 6, 1), 9),
        )
    ]
    assert told(purchases, [span("Parks", year, Decimal(100))]) == {
        ("Parks", "2019"): ["2019-02-01", "2", "2019-03-01", "3"]
    }


@pytest.mark.data
def test_the_city_s_divisions_on_last_year_s_spend_are_told_as_plain_sums_say() -> None:
    purchases = purchases_of_the_city()
    for kind in (PeriodKind.YEAR, PeriodKind.QUARTER):
        spent: defaultdict[tuple[str, Period], Decimal] = defaultdict(Decimal)
        for purchase in purchases:
            for line in purchase.lines:
                spent[line.division, period_of(kind, line.on)] += line.amount
        budgets = {
            (name, following): grow(amount, ZERO, "CAD")
            for (name, period), amount in spent.items()
            if amount > 0
            for following in (period_of(kind, _a_year_later(period.starts_on)),)
        }
        caps = {(name, period.label): cap for (name, period), cap in budgets.items()}
        found = told(
            purchases, [span(name, period, cap) for (name, period), cap in budgets.items()]
        )
        assert found == plain(purchases, caps, kind)
        if kind is PeriodKind.YEAR:
            stopped = [key for key, said in found.items() if said[2]]
            assert (len(caps), len(found), len(stopped)) == (139, 67, 55)


def _a_year_later(day: date) -> date:
    return day.replace(year=day.year + 1)
