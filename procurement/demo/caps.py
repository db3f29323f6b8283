"""The demo's budgets: caps that make its purchases look like a company in the middle of things."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from budgets.fiscal import Period, PeriodKind, period_of
from budgets.rules import FULL
from procurement.demo.company import NAME, DemoCompany
from procurement.demo.purchases import Purchase


@dataclass(frozen=True, slots=True)
class Limits:
    """What a budget of the demo is limited to, and how it is held; a category by its code."""

    category: str = ""
    name: str = ""
    is_soft: bool = False
    carries_over: bool = False


_ALL_ORDERS = Limits()
_PROTECTION = Limits("46180000", name="Personal protection")
_FURNITURE = Limits("56110000", name="Office furniture", is_soft=True)
_CARRIED = Limits(carries_over=True)

# Group, kind, percent of the cap that is used today, and what it is limited to.
_AIMS: tuple[tuple[str, PeriodKind, int, Limits], ...] = (
    (NAME, PeriodKind.QUARTER, 62, _ALL_ORDERS),
    (NAME, PeriodKind.YEAR, 79, _ALL_ORDERS),
    ("Operations", PeriodKind.QUARTER, 68, _ALL_ORDERS),
    ("Facilities", PeriodKind.QUARTER, 54, _ALL_ORDERS),
    ("Facilities", PeriodKind.HALF, 52, _PROTECTION),
    ("Field Service", PeriodKind.QUARTER, 78, _ALL_ORDERS),
    ("Workplace", PeriodKind.QUARTER, 60, _ALL_ORDERS),
    ("Workplace", PeriodKind.QUARTER, 40, _FURNITURE),
    ("Depot North", PeriodKind.MONTH, 84, _ALL_ORDERS),
    ("Logistics", PeriodKind.QUARTER, 66, _ALL_ORDERS),
    ("Fleet", PeriodKind.MONTH, 71, _ALL_ORDERS),
    ("Shipping", PeriodKind.QUARTER, 60, _ALL_ORDERS),
    ("Engineering", PeriodKind.QUARTER, 47, _ALL_ORDERS),
    ("Engineering", PeriodKind.HALF, 61, _CARRIED),
    ("Platform", PeriodKind.QUARTER, 64, _ALL_ORDERS),
    ("Product Design", PeriodKind.QUARTER, 38, _ALL_ORDERS),
    ("Prototyping", PeriodKind.QUARTER, 91, _ALL_ORDERS),
    ("Marketing", PeriodKind.QUARTER, 57, _ALL_ORDERS),
    ("Events", PeriodKind.QUARTER, 100, _ALL_ORDERS),
    ("Field Marketing", PeriodKind.QUARTER, 44, _ALL_ORDERS),
    ("Finance and Legal", PeriodKind.QUARTER, 46, _ALL_ORDERS),
    ("Sales", PeriodKind.QUARTER, 73, _ALL_ORDERS),
    ("People", PeriodKind.YEAR, 63, _ALL_ORDERS),
)
_TIGHT = 84  # percent from which on a budget is meant to be nearly used up
_USUAL = Decimal("0.4")  # of the period before: no cap that is not tight lies below it
_BEGUN = Decimal("0.1")  # of the period before: less than that says nothing yet
_ROOM = Decimal(8_000)  # what somebody who tries the demo can order at least, for
_Key = tuple[str, str, Period]  # group, code of a category or nothing for all, period
_TRIED = frozenset({NAME, "Operations", "Facilities", "Field Service", "Workplace", "Logistics"})


@dataclass(frozen=True, slots=True)
class Cap:
    """A budget to set; ``amount`` in the company's currency for each period of its kind."""

    group: str
    kind: PeriodKind
    amount: Decimal
    starts_on: date
    limits: Limits = _ALL_ORDERS


def caps(company: DemoCompany, lines: Iterable[Purchase], today: date) -> list[Cap]:
    """Return the budgets, their caps worked out from the purchases of the running periods.

    Each begins with the period before the running one, so that there is something to compare with.
    """
    above = _above(company)
    by_code = {group.code: group.name for group in company.groups}
    limited = {limits.category for _, _, _, limits in _AIMS}
    spent: dict[_Key, Decimal] = {}
    for line in lines:
        for name in above[by_code[line.cost_centre]]:
            for kind in PeriodKind:
                for category in limited & {"", line.category}:
                    key = name, category, period_of(kind, line.posted_on)
                    spent[key] = spent.get(key, Decimal(0)) + line.amount
    return [
        Cap(
            name,
            kind,
            _amount(spent, (name, limits.category, period_of(kind, today)), percent),
            _start(kind, today),
            limits,
        )
        for name, kind, percent, limits in _AIMS
    ]


def _above(company: DemoCompany) -> dict[str, tuple[str, ...]]:
    """Return each group's name with those of its ancestors, the company's among them."""
    found: dict[str, tuple[str, ...]] = {NAME: (NAME,)}
    for group in company.groups:
        found[group.name] = (*found[group.parent], group.name)
    return found


def _start(kind: PeriodKind, today: date) -> date:
    if kind is PeriodKind.YEAR:
        return period_of(kind, today).starts_on
    return _before(period_of(kind, today)).starts_on


def _before(period: Period) -> Period:
    return period_of(period.kind, period.starts_on - timedelta(days=1))


def _amount(spent: dict[_Key, Decimal], key: _Key, percent: int) -> Decimal:
    """Return the cap of which so many percent are used today, but for a period's first days."""
    name, category, period = key
    now = spent.get(key, Decimal(0))
    usual = spent.get((name, category, _before(period)), Decimal(0))
    if percent < _TIGHT:
        room = _ROOM if name in _TRIED else Decimal(0)
        return _round(max(now * FULL / percent, usual * _USUAL, now + room), is_full=False)
    has_begun = now > usual * _BEGUN
    return _round((now if has_begun else usual) * FULL / percent, is_full=percent >= FULL)


def _round(amount: Decimal, *, is_full: bool) -> Decimal:
    """Round to what people set as a budget; one that is to be used up is rounded down."""
    step = next(
        Decimal(step)
        for limit, step in ((5_000, 100), (50_000, 500), (200_000, 1_000), (10**12, 5_000))
        if amount < limit
    )
    rounding = ROUND_FLOOR if is_full else ROUND_HALF_UP
    return max((amount / step).quantize(Decimal(1), rounding=rounding) * step, step)
