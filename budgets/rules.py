"""What a budget allows: periods of a calendar, effects of an amount, thresholds and meters.

Pure: amounts are Decimals of one currency, days are days of the organization's own time zone. How
reservations move on afterwards stands in `budgets.movements`; nothing here knows of a database.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from procurement.core.money import format_money

ZERO = Decimal(0)
FULL = 100
DEFAULT_WARN_PERCENT = 80
_TENTH = Decimal("0.1")
_ORDINALS = ("First", "Second", "Third", "Fourth")


class PeriodKind(StrEnum):
    """How often a budget begins anew."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"

    @property
    def adjective(self) -> str:
        """Return the word that goes before "budget": monthly, quarterly or yearly."""
        return {"MONTH": "monthly", "QUARTER": "quarterly", "YEAR": "yearly"}[self.value]

    @property
    def plural(self) -> str:
        """Return the word that heads a list of periods: Months, Quarters or Years."""
        return f"{self.value.capitalize()}s"

    @property
    def months(self) -> int:
        """Return how many months one period has."""
        return {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[self.value]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month, quarter or year of the calendar; both days belong to it."""

    starts_on: date
    ends_on: date
    kind: PeriodKind

    @property
    def label(self) -> str:
        """Return the short name: ``Nov 2026``, ``Q4 2026`` or ``2026``."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.starts_on:%b} {self.starts_on.year}"
        if self.kind is PeriodKind.QUARTER:
            return f"Q{self._quarter} {self.starts_on.year}"
        return f"{self.starts_on.year}"

    @property
    def title(self) -> str:
        """Return the name in words: ``November 2026``, ``Fourth quarter 2026`` or ``Year 2026``."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.starts_on:%B} {self.starts_on.year}"
        if self.kind is PeriodKind.QUARTER:
            return f"{_ORDINALS[self._quarter - 1]} quarter {self.starts_on.year}"
        return f"Year {self.starts_on.year}"

    @property
    def code(self) -> str:
        """Return the name that addresses carry: ``2026-11``, ``2026-Q4`` or ``2026``."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.starts_on.year:04d}-{self.starts_on.month:02d}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.starts_on.year:04d}-Q{self._quarter}"
        return f"{self.starts_on.year:04d}"

    @property
    def _quarter(self) -> int:
        return (self.starts_on.month - 1) // 3 + 1

    def next(self) -> "Period":
        """Return the period that begins the day after this one ends."""
        return period_of(self.kind, self.ends_on + timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@lru_cache(maxsize=4096)
def period_of(kind: PeriodKind, on: date) -> Period:
    """Return the period of a kind that a day of the organization's calendar falls into."""
    first = (on.month - 1) // kind.months * kind.months + 1
    last = first + kind.months - 1
    starts_on = date(on.year, first, 1)
    ends_on = date(on.year, last, monthrange(on.year, last)[1])
    return Period(starts_on, ends_on, kind)


def period_from_code(code: str) -> Period | None:
    """Return the period that a code such as ``2026-Q4`` names, or None when it names none."""
    year, _, part = code.partition("-")
    try:
        if not part:
            return period_of(PeriodKind.YEAR, date(int(year), 1, 1))
        if part[0] == "Q":
            return period_of(PeriodKind.QUARTER, date(int(year), int(part[1:]) * 3, 1))
        return period_of(PeriodKind.MONTH, date(int(year), int(part), 1))
    except ValueError:
        return None


def periods_between(kind: PeriodKind, first: date, last: date) -> Iterable[Period]:
    """Yield the periods that hold at least one of the days from ``first`` to ``last``."""
    period = period_of(kind, first)
    while period.starts_on <= last:
        yield period
        period = period.next()


class BudgetState(StrEnum):
    """Where a budget stands, as meters show it."""

    OK = "ok"
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Covering:
    """One budget, in the period that holds a day, as it stood when it was read.

    ``period_id`` is None while nothing has opened the period yet; ``overrun`` is how far imported
    history went beyond the cap, which gives live orders no room.
    """

    budget_id: UUID
    period_id: UUID | None
    group_id: UUID
    group_name: str
    group_path: tuple[UUID, ...]
    period: Period
    cap: Decimal
    reserved: Decimal
    committed: Decimal
    spent: Decimal
    overrun: Decimal
    warn_percent: int
    currency: str

    @property
    def used(self) -> Decimal:
        """Return what is reserved, committed and spent together."""
        return self.reserved + self.committed + self.spent

    @property
    def free(self) -> Decimal:
        """Return what is left of the cap; below zero when history went beyond it."""
        return self.cap - self.used


@dataclass(frozen=True, slots=True)
class Meter:
    """A budget as pages draw it. ``free`` falls below zero when this order does not fit."""

    label: str
    sublabel: str
    cap: Decimal
    spent: Decimal
    committed: Decimal
    reserved: Decimal
    this_order: Decimal
    free: Decimal
    used_percent_before: Decimal
    used_percent_after: Decimal
    state: BudgetState
    currency: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What one amount does to one budget; with an amount of zero, how the budget stands."""

    covering: Covering
    amount: Decimal
    state: BudgetState
    crossed: tuple[int, ...]
    sentence: str

    @property
    def used_before(self) -> Decimal:
        """Return what is used without the amount."""
        return self.covering.used

    @property
    def used_after(self) -> Decimal:
        """Return what would be used with the amount."""
        return self.covering.used + self.amount

    @property
    def free_after(self) -> Decimal:
        """Return what would be left; below zero when the amount does not fit."""
        return self.covering.cap - self.used_after

    @property
    def percent_before(self) -> Decimal:
        """Return the share of the cap used without the amount, with one decimal."""
        return percent(self.used_before, self.covering.cap, self._marks)

    @property
    def percent_after(self) -> Decimal:
        """Return the share of the cap used with the amount, with one decimal."""
        return percent(self.used_after, self.covering.cap, self._marks)

    @property
    def _marks(self) -> tuple[int, ...]:
        return (self.covering.warn_percent, FULL)

    @property
    def meter(self) -> Meter:
        """Return the drawing's figures."""
        return Meter(
            label=self.covering.group_name,
            sublabel=self.covering.period.label,
            cap=self.covering.cap,
            spent=self.covering.spent,
            committed=self.covering.committed,
            reserved=self.covering.reserved,
            this_order=self.amount,
            free=self.free_after,
            used_percent_before=self.percent_before,
            used_percent_after=self.percent_after,
            state=self.state,
            currency=self.covering.currency,
            sentence=self.sentence,
        )


def percent(
    used: Decimal, cap: Decimal, marks: Sequence[int] = (DEFAULT_WARN_PERCENT, FULL)
) -> Decimal:
    """Return the share used in percent, with one decimal; a cap of zero counts as used up.

    Halves round up, but never onto a mark that has not been reached: 79.97 reads 79.9, since at
    80.0 people expect the warning, and at 100.0 that nothing is left.
    """
    if cap <= 0:
        return Decimal("100.0")
    exact = used * FULL / cap
    rounded = exact.quantize(_TENTH, rounding=ROUND_HALF_UP)
    if any(exact < mark <= rounded for mark in marks):
        return exact.quantize(_TENTH, rounding=ROUND_DOWN)
    return rounded


def reached(used: Decimal, cap: Decimal, threshold: int) -> bool:
    """Tell whether at least ``threshold`` percent of a cap are used, from the exact amounts."""
    return used * FULL >= cap * threshold


def thresholds_crossed(
    *, before: Decimal, after: Decimal, cap: Decimal, warn_percent: int = DEFAULT_WARN_PERCENT
) -> tuple[int, ...]:
    """Return which marks lie between, of the warning mark and 100: reached after, not before."""
    return tuple(
        threshold
        for threshold in sorted({warn_percent, FULL})
        if not reached(before, cap, threshold) and reached(after, cap, threshold)
    )


def marks_crossed_by_cap(covering: Covering, *, before: Decimal) -> tuple[int, ...]:
    """Return which thresholds are reached under the cap as it is, and were not under one before."""
    return tuple(
        threshold
        for threshold in sorted({covering.warn_percent, FULL})
        if reached(covering.used, covering.cap, threshold)
        and not reached(covering.used, before, threshold)
    )


def effects(
    covering: Sequence[Covering],
    amount: Decimal,
    *,
    keepers: Mapping[UUID, Sequence[str]] | None = None,
) -> tuple[Effect, ...]:
    """Judge an amount (zero or more) against every budget that covers it, in the order given.

    ``keepers`` names, by group id, who can raise a budget; the sentence of one that blocks asks
    them. Raises ValueError for an amount below zero.
    """
    if amount < 0:
        raise ValueError("An order cannot use less than nothing of a budget.")
    return tuple(
        _effect(one, amount, tuple((keepers or {}).get(one.group_id, ()))) for one in covering
    )


def blocking(found: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return the effects whose budget has too little room; none means that the order may go on."""
    return tuple(effect for effect in found if effect.amount > 0 and effect.free_after < 0)


def _effect(covering: Covering, amount: Decimal, keepers: tuple[str, ...]) -> Effect:
    after = covering.used + amount
    crossed = thresholds_crossed(
        before=covering.used, after=after, cap=covering.cap, warn_percent=covering.warn_percent
    )
    if amount > 0 and after > covering.cap:
        return Effect(covering, amount, BudgetState.STOP, (), _stop_sentence(covering, keepers))
    if amount == 0:
        return Effect(covering, amount, state_of(covering), (), "")
    warned = reached(after, covering.cap, covering.warn_percent)
    state = BudgetState.WARN if warned else BudgetState.OK
    return Effect(covering, amount, state, crossed, _go_sentence(covering, crossed, warned=warned))


def state_of(covering: Covering) -> BudgetState:
    """Return how a budget stands by itself: stopped once nothing is left, warned above its mark."""
    if covering.free <= 0:
        return BudgetState.STOP
    if reached(covering.used, covering.cap, covering.warn_percent):
        return BudgetState.WARN
    return BudgetState.OK


def _stop_sentence(covering: Covering, keepers: tuple[str, ...]) -> str:
    cap = format_money(covering.cap, covering.currency)
    ask = f"ask {any_of(keepers) if keepers else 'its finance people'} for an increase."
    if covering.free <= 0:
        return f"Nothing left of {cap}; {ask}"
    return f"Only {format_money(covering.free, covering.currency)} left of {cap}; {ask}"


def _go_sentence(covering: Covering, crossed: tuple[int, ...], *, warned: bool) -> str:
    if FULL in crossed:
        return "Uses the budget up to the last cent. Finance is told; the order is still allowed."
    if crossed:
        return (
            f"Passes the {covering.warn_percent}% mark. "
            "Finance is told; the order is still allowed."
        )
    if warned:
        return f"Past the {covering.warn_percent}% mark already; the order is still allowed."
    return ""


def any_of(names: Sequence[str]) -> str:
    """Write names as a choice: ``Dana``, ``Dana or Adam``, ``Dana, Adam or Erin``."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
