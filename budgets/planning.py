"""Planning caps: growing, splitting and rolling up figures, and what a plan changes (pure).

Amounts are Decimals of the organization's currency, exact to its minor unit. A plan names the caps
that budgets are to have in periods; what it comes to is weighed here, before and while it is
carried out.
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from budgets.fiscal import Period
from budgets.ratio import Cap, given_out, newly_overgiven, next_below, refusal_above
from budgets.rules import LARGEST_AMOUNT, ZERO, Covering, PeriodStatus
from budgets.terms import BudgetTerms
from procurement.core.money import Money, format_money, quantize

LEAST_GROWTH, MOST_GROWTH = Decimal(-100), Decimal(1000)
_FULL = 100
_TENTH = Decimal("0.1")


class SplitBy(StrEnum):
    """By what an amount is shared out among the budgets next below."""

    EQUALLY = "EQUALLY"
    SPENT = "SPENT"
    PEOPLE = "PEOPLE"


class OwnShare(StrEnum):
    """What a group keeps for its own orders where its cap is rolled up from below.

    KEPT is what its cap exceeded its children's by in the period before, never below zero.
    """

    NOTHING = "NOTHING"
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True)
class PlannedCap:
    """The cap that a budget is to have in one period; ``line`` says where a file asks for it."""

    budget_id: UUID
    period: Period
    cap: Decimal
    line: int | None = None


@dataclass(frozen=True, slots=True)
class NewBudget:
    """A budget that a plan makes: its group with the way to it, how it is held, and from when.

    ``cap`` is what the periods that nobody plans open with.
    """

    id: UUID
    group_id: UUID
    group_path: tuple[UUID, ...]
    group_name: str
    kind: str
    terms: BudgetTerms
    cap: Decimal
    starts_on: date
    words: str = ""

    @property
    def title(self) -> str:
        """Return what pages call it: the group, and what it is limited to."""
        said = self.terms.name or self.words
        return f"{self.group_name}, {said}" if said else self.group_name


@dataclass(frozen=True, slots=True)
class Slot:
    """A budget in one period, as it stands before a plan.

    ``family`` is what only budgets of the same kind and scope in the same period share. ``first``
    and ``last`` bound the days that the budget covers. ``opened`` is the period that holds days of
    this one already; where its days are others, the fiscal calendar has changed since.
    """

    covering: Covering
    family: Hashable
    first: date
    last: date | None
    children_percent: int | None = None
    opened: Period | None = None
    is_new: bool = False

    @property
    def key(self) -> tuple[UUID, date]:
        """Return what tells slots apart: the budget, and the first day of the period."""
        return self.covering.budget_id, self.covering.period.starts_on

    @property
    def as_cap(self) -> Cap:
        """Return it as the rule about children has it."""
        one = self.covering
        return Cap(
            budget_id=one.budget_id,
            family=self.family,
            path=one.group_path,
            title=one.title,
            amount=one.cap,
            children_percent=self.children_percent,
        )


@dataclass(frozen=True, slots=True)
class CapChange:
    """A cap that becomes another one."""

    slot: Slot
    cap: Decimal

    @property
    def before(self) -> Decimal:
        """Return the cap as it is, or would be if nobody planned it."""
        return ZERO if self.slot.is_new else self.slot.covering.cap

    @property
    def difference(self) -> Decimal:
        """Return how much more there is; below zero for less."""
        return self.cap - self.before

    @property
    def percent(self) -> Decimal | None:
        """Return the difference as a share of the cap as it is; None where that is zero."""
        if not self.before:
            return None
        return (self.difference * _FULL / self.before).quantize(_TENTH, rounding=ROUND_HALF_UP)

    @property
    def opens(self) -> bool:
        """Tell whether it opens the period."""
        return self.slot.covering.period_id is None


@dataclass(frozen=True, slots=True)
class Refused:
    """A cap that cannot be: which one, and why."""

    title: str
    period: Period | None
    sentence: str
    line: int | None = None

    @property
    def place(self) -> str:
        """Return what a list of refusals calls it."""
        return f"{self.title}, {self.period.label}" if self.period else self.title


@dataclass(frozen=True, slots=True)
class Plan:
    """What planned caps come to: all of it is carried out, or, with refusals, nothing."""

    changes: tuple[CapChange, ...]
    unchanged: int
    refusals: tuple[Refused, ...]
    new: tuple[NewBudget, ...] = field(default=())

    @property
    def before(self) -> Decimal:
        """Return what the caps that change come to as they are."""
        return sum((one.before for one in self.changes), ZERO)

    @property
    def after(self) -> Decimal:
        """Return what the caps that change come to afterwards."""
        return sum((one.cap for one in self.changes), ZERO)

    @property
    def difference(self) -> Decimal:
        """Return how much more there is in all; below zero for less."""
        return self.after - self.before

    @property
    def changes_nothing(self) -> bool:
        """Tell whether every cap is as planned already."""
        return not self.changes and not self.new

    @property
    def period_ids(self) -> list[UUID]:
        """Return the open periods whose caps change."""
        found = (one.slot.covering.period_id for one in self.changes)
        return [period_id for period_id in found if period_id is not None]

    @property
    def digest(self) -> str:
        """Return a SHA-256 that is another one once any cap before or after is another one."""
        lines = sorted(
            f"{one.slot.covering.group_id}|{one.slot.family}|{one.slot.covering.period.starts_on}|"
            f"{one.before:.4f}|{one.cap:.4f}|{one.slot.is_new}"
            for one in self.changes
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def grow(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    """Return an amount that has grown by a percentage, rounded to the cent; -100 leaves nothing.

    Raises ValueError for less than -100, and for an amount below zero.
    """
    if amount < 0 or percent < LEAST_GROWTH:
        raise ValueError("A cap neither is nor becomes less than nothing.")
    return quantize(amount * (_FULL + percent) / _FULL, currency)


def split(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share an amount out by weights, to the cent; the shares come to exactly the amount.

    What is left after rounding down goes cent by cent to the largest remainders. Weights below zero
    count as nothing; where none is above, all shares are equal. No weight, no share.
    """
    if not weights:
        return []
    given = [max(weight, ZERO) for weight in weights]
    shares = given if any(given) else [Decimal(1)] * len(given)
    return [part.amount for part in Money(total, currency).allocate(shares)]


def roll_up(caps: Sequence[Cap], own: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """Return every cap as it is once each is the sum of those next below and its own share.

    Budgets without one below keep theirs. ``own`` is the share of others by budget id, zero where
    it says nothing. From the lowest up, so that each sum is of rolled-up caps.
    """
    children = next_below(caps)
    found: dict[UUID, Decimal] = {}
    for cap in sorted(caps, key=lambda one: len(one.path), reverse=True):
        below = children.get(cap.budget_id)
        if below is None:
            found[cap.budget_id] = cap.amount
            continue
        total = sum((found[child.budget_id] for child in below), ZERO)
        found[cap.budget_id] = total + own.get(cap.budget_id, ZERO)
    return found


def own_shares(caps: Sequence[Cap]) -> dict[UUID, Decimal]:
    """Return by how much each cap exceeds those next below it; zero where it does not."""
    children = next_below(caps)
    return {
        cap.budget_id: max(cap.amount - given_out(children[cap.budget_id]), ZERO)
        for cap in caps
        if cap.budget_id in children
    }


def weigh(
    slots: Iterable[Slot],
    caps: Sequence[PlannedCap],
    *,
    today: date,
    currency: str,
    new: Sequence[NewBudget] = (),
) -> Plan:
    """Say what planned caps change, and which of them cannot be.

    ``slots`` are all budgets of the periods in question, those that the plan makes included; a plan
    may name only some. ``today`` is a day of the organization's time zone.
    """
    known = {slot.key: slot for slot in slots}
    changes: list[CapChange] = []
    refusals: list[Refused] = []
    named: set[tuple[UUID, date]] = set()
    for planned in caps:
        key = planned.budget_id, planned.period.starts_on
        slot = known.get(key)
        sentence = _objection(slot, planned, today, currency)
        if slot is not None and key in named:
            sentence = "It is planned twice; keep one of the two."
        named.add(key)
        if sentence or slot is None:
            title = slot.covering.title if slot else "A budget"
            refusals.append(Refused(title, planned.period, sentence, planned.line))
        elif planned.cap != slot.covering.cap or slot.is_new:
            changes.append(CapChange(slot, planned.cap))
    unchanged = len(caps) - len(changes) - len(refusals)
    if not refusals:
        lines = {(one.budget_id, one.period.starts_on): one.line for one in caps}
        refusals += _overgiven(known, changes, lines, currency)
    return Plan(tuple(changes), unchanged, tuple(refusals), tuple(new))


def cap_objection(cap: Decimal, currency: str) -> str:
    """Say what is wrong with a cap by itself; nothing for one that can be."""
    if not cap.is_finite() or cap < 0:
        return "A cap is zero or more."
    if cap > LARGEST_AMOUNT:
        return f"A cap is at most {format_money(LARGEST_AMOUNT, currency)}."
    if cap != quantize(cap, currency):
        return "Give the cap to the cent, no finer."
    return ""


def _objection(slot: Slot | None, planned: PlannedCap, today: date, currency: str) -> str:
    """Say why a cap cannot be; nothing where it can, or is so already."""
    if slot is None:
        return "There is no such budget in this period, or it is not yours to plan."
    if wrong := cap_objection(planned.cap, currency):
        return wrong
    if planned.cap == slot.covering.cap and not slot.is_new:
        return ""
    return _reach_objection(slot) or _standing_objection(slot.covering, planned.cap, today)


def _reach_objection(slot: Slot) -> str:
    """Say why a budget has no such period, where it has none."""
    period = slot.covering.period
    if slot.opened is not None and slot.opened != period:
        days = f"{slot.opened.starts_on:%Y-%m-%d} to {slot.opened.ends_on:%Y-%m-%d}"
        return f"It has a period from {days} already, from before the fiscal calendar changed."
    if slot.first > period.ends_on:
        return f"It covers orders from {slot.first:%Y-%m-%d} on only."
    if slot.last is not None and slot.last < period.starts_on:
        return f"It has ended on {slot.last:%Y-%m-%d}."
    return ""


def _standing_objection(one: Covering, cap: Decimal, today: date) -> str:
    """Say why the cap of a period that has been opened stays as it is, if it does."""
    if one.period_id is None:
        return ""
    if one.status in (PeriodStatus.CLOSED, PeriodStatus.REOPENED):
        return f"{one.period.label} is closed; its cap stays as it was."
    if one.period.ends_on < today:
        return f"{one.period.label} is over; its cap stays as it was."
    if cap < one.cap and one.used > cap:
        used = format_money(one.used, one.currency)
        return f"{used} is used already; the cap cannot be lower than that."
    return ""


def _overgiven(
    known: Mapping[tuple[UUID, date], Slot],
    changes: Sequence[CapChange],
    lines: Mapping[tuple[UUID, date], int | None],
    currency: str,
) -> list[Refused]:
    """Refuse what gives out more below a budget than it lets its children have."""
    planned = {change.slot.key: change.cap for change in changes}
    starts = {key[1] for key in planned}
    found: list[Refused] = []
    for start in sorted(starts):
        slots = [slot for key, slot in known.items() if key[1] == start]
        before = [slot.as_cap for slot in slots if not slot.is_new]
        after = [
            replace(slot.as_cap, amount=planned.get(slot.key, slot.covering.cap))
            for slot in slots
            if not slot.is_new or slot.key in planned
        ]
        by_id = {slot.covering.budget_id: slot for slot in slots}
        for one in newly_overgiven(before, after):
            slot = by_id[one.cap.budget_id]
            sentence = refusal_above(one, currency)
            found.append(
                Refused(one.cap.title, slot.covering.period, sentence, lines.get(slot.key))
            )
    return found
