"""Two periods of a budget side by side: what each had used by the same day, and stretch by stretch.

Pure. Amounts are Decimals of one currency. Days are counted from the beginning of each period, so
that the tenth day stands beside the tenth, whatever the months are called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest

from budgets.fiscal import FiscalCalendar, Period, PeriodKind
from budgets.rules import ZERO, Covering

_TENTH = Decimal("0.1")
_WEEK_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """An amount now and before; either is None where there was nothing to have one."""

    now: Decimal | None
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Return how much more it is now."""
        if self.now is None or self.before is None:
            return None
        return self.now - self.before

    @property
    def percent(self) -> Decimal | None:
        """Return how much more it is in percent of what it was, with one decimal."""
        if self.change is None or not self.before or self.before < 0:
            return None
        return (self.change * 100 / self.before).quantize(_TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week or month of both periods; a label is empty where one of them has none."""

    label: str
    label_before: str
    used: Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods side by side.

    ``days`` have gone by of the one that runs, and ``at_this_point`` is what both had used by then;
    the shares are of each one's cap.
    """

    days: int
    is_whole: bool
    at_this_point: Difference
    share: Decimal
    share_before: Decimal
    cap: Difference
    used: Difference
    spent: Difference
    stretches: tuple[Stretch, ...]


def compare(
    now: Covering,
    before: Covering,
    *,
    days_now: Mapping[date, Decimal],
    days_before: Mapping[date, Decimal],
    today: date,
    calendar: FiscalCalendar,
) -> Comparison:
    """Lay two periods beside each other, up to a day and as a whole.

    ``days_now`` and ``days_before`` are what each of their days took.
    """
    days = min(max((today - now.period.starts_on).days + 1, 0), now.period.days)
    until = now.period.starts_on + _DAY * (days - 1)
    until_before = min(before.period.starts_on + _DAY * (days - 1), before.period.ends_on)
    is_whole = today >= now.period.ends_on
    used, used_before = (
        (now.used, before.used)
        if is_whole
        else (_until(days_now, until), _until(days_before, until_before))
    )
    ends = [stretches_of(one.period, calendar) for one in (now, before)]
    return Comparison(
        days=days,
        is_whole=is_whole,
        at_this_point=Difference(used, used_before),
        share=_share(used, now.cap),
        share_before=_share(used_before, before.cap),
        cap=Difference(now.cap, before.cap),
        used=Difference(now.used, before.used),
        spent=Difference(now.spent, before.spent),
        stretches=tuple(
            Stretch(
                label=_label(mine),
                label_before=_label(its),
                used=Difference(
                    _taken(days_now, mine, now.period, today),
                    _taken(days_before, its, before.period, today),
                ),
            )
            for mine, its in zip_longest(*ends)
        ),
    )


def stretches_of(period: Period, calendar: FiscalCalendar) -> tuple[tuple[date, date, str], ...]:
    """Return first day, last day and name of each week of a month, else of each month."""
    if period.kind is not PeriodKind.MONTH:
        return tuple(
            (max(one.starts_on, period.starts_on), min(one.ends_on, period.ends_on), one.label)
            for one in calendar.between(PeriodKind.MONTH, period.starts_on, period.ends_on)
        )
    found = []
    for number, back in enumerate(range(0, period.days, _WEEK_DAYS), start=1):
        first = period.starts_on + _DAY * back
        last = min(first + _DAY * (_WEEK_DAYS - 1), period.ends_on)
        found.append((first, last, f"Week {number}, {first:%b} {first.day}–{last.day}"))
    return tuple(found)


def _until(daily: Mapping[date, Decimal], last: date) -> Decimal:
    return sum((amount for day, amount in daily.items() if day <= last), ZERO)


def _taken(
    daily: Mapping[date, Decimal],
    stretch: tuple[date, date, str] | None,
    period: Period,
    today: date,
) -> Decimal | None:
    """Return what a stretch took; what moved before or after the period counts at its edges."""
    if stretch is None or stretch[0] > today:
        return None
    first = date.min if stretch[0] == period.starts_on else stretch[0]
    last = date.max if stretch[1] == period.ends_on else stretch[1]
    return sum((amount for day, amount in daily.items() if first <= day <= last), ZERO)


def _label(stretch: tuple[date, date, str] | None) -> str:
    return stretch[2] if stretch else ""


def _share(used: Decimal, cap: Decimal) -> Decimal:
    return used * 100 / cap if cap else ZERO
