"""What a budget allows: what an order charges it with, thresholds and meters.

Pure: amounts are Decimals of one currency, days are days of the organization's own time zone. How
reservations move on afterwards stands in `budgets.movements`, periods in `budgets.fiscal`; nothing
here knows of a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from budgets.charges import EVERYTHING, Charge, Scope
from budgets.fiscal import Period
from procurement.core.money import format_money

ZERO = Decimal(0)
LARGEST_AMOUNT = Decimal("99999999999999.99")  # what a budget can be kept with
FULL = 100
DEFAULT_WARN_PERCENT = 80
_TENTH = Decimal("0.1")
_CENT = Decimal("0.01")


class BudgetState(StrEnum):
    """Where a budget stands, as meters show it.

    OVER is beyond a soft budget: the order goes on once somebody more has agreed.
    """

    OK = "ok"
    WARN = "warn"
    OVER = "over"
    STOP = "stop"


class PeriodStatus(StrEnum):
    """What a period still takes; the same words as `BudgetPeriod.Status`.

    OPEN takes everything. FROZEN takes no new reservations, what is set aside goes on. CLOSED takes
    nothing, and REOPENED takes invoices and credits of what stands on it.
    """

    OPEN = "OPEN"
    FROZEN = "FROZEN"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"


@dataclass(frozen=True, slots=True)
class Covering:
    """One budget, in the period that holds a day, as it stood when it was read.

    ``period_id`` is None while nothing has opened the period yet; ``overrun`` is how far imported
    history, or what was agreed to beyond a soft budget, went beyond the cap; it gives live orders
    no room. New orders stop, or on a soft budget ask for more approval, at ``block_percent`` of the
    cap; ``marks`` are further shares at which people are told.
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
    name: str = ""
    scope: Scope = EVERYTHING
    block_percent: int = FULL
    marks: tuple[int, ...] = ()
    is_soft: bool = False
    status: PeriodStatus = PeriodStatus.OPEN

    @property
    def used(self) -> Decimal:
        """Return what is reserved, committed and spent together."""
        return self.reserved + self.committed + self.spent

    @property
    def free(self) -> Decimal:
        """Return what is left of the cap; below zero when history went beyond it."""
        return self.cap - self.used

    @property
    def limit(self) -> Decimal:
        """Return up to where orders go on by themselves: ``block_percent`` of the cap."""
        return (self.cap * self.block_percent / FULL).quantize(_CENT, rounding=ROUND_DOWN)

    @property
    def room(self) -> Decimal:
        """Return what new orders can take: zero or more, and nothing unless the period is open."""
        if self.status is not PeriodStatus.OPEN:
            return ZERO
        return max(self.limit - self.used, ZERO)

    @property
    def thresholds(self) -> tuple[int, ...]:
        """Return every share of the cap at which people are told, rising."""
        return tuple(sorted({self.warn_percent, *self.marks, self.block_percent}))

    @property
    def title(self) -> str:
        """Return what pages call it: the group, and what it is limited to."""
        said = self.name or self.scope.words
        return f"{self.group_name}, {said}" if said else self.group_name


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
        return (*self.covering.thresholds, FULL)

    @property
    def meter(self) -> Meter:
        """Return the drawing's figures."""
        return Meter(
            label=self.covering.title,
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
    *, before: Decimal, after: Decimal, cap: Decimal, thresholds: Sequence[int]
) -> tuple[int, ...]:
    """Return which marks lie between, in percent of the cap: reached after, not before."""
    return tuple(
        threshold
        for threshold in sorted(set(thresholds))
        if not reached(before, cap, threshold) and reached(after, cap, threshold)
    )


def effects(
    covering: Sequence[Covering],
    amount: Decimal,
    *,
    keepers: Mapping[UUID, Sequence[str]] | None = None,
) -> tuple[Effect, ...]:
    """Judge one amount (zero or more) against every budget, in the order given.

    ``keepers`` names, by group id, who can raise a budget; the sentence of one that blocks asks
    them. Raises ValueError for an amount below zero.
    """
    if amount < 0:
        raise ValueError("An order cannot use less than nothing of a budget.")
    return tuple(
        _effect(one, amount, tuple((keepers or {}).get(one.group_id, ()))) for one in covering
    )


def effects_of(
    covering: Sequence[Covering],
    charges: Sequence[Charge],
    *,
    keepers: Mapping[UUID, Sequence[str]] | None = None,
) -> tuple[Effect, ...]:
    """Judge an order against every budget that one of its charges falls under, in the order given.

    A budget that none falls under is left out; one that is charged with nothing but free lines
    stays, with an amount of zero.
    """
    return tuple(
        effect
        for one in covering
        if any(one.scope.covers(charge) for charge in charges)
        for effect in effects([one], one.scope.share(charges), keepers=keepers)
    )


def blocking(found: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return the effects whose budget refuses the amount; none means that the order may go on."""
    return tuple(
        effect
        for effect in found
        if effect.amount > 0
        and not takes(effect.covering, effect.amount)
        and (not effect.covering.is_soft or effect.covering.status is not PeriodStatus.OPEN)
    )


def exceeding(found: Sequence[Effect]) -> tuple[Effect, ...]:
    """Return the effects on soft budgets that an amount goes beyond: more people have to agree."""
    return tuple(
        effect
        for effect in found
        if effect.amount > 0
        and effect.covering.is_soft
        and effect.covering.status is PeriodStatus.OPEN
        and not takes(effect.covering, effect.amount)
    )


def takes(covering: Covering, amount: Decimal) -> bool:
    """Tell whether a budget has the room for an amount above zero, and is open for it."""
    return amount <= covering.room


def _effect(covering: Covering, amount: Decimal, keepers: tuple[str, ...]) -> Effect:
    if amount == 0:
        return Effect(covering, amount, state_of(covering), (), "")
    fits = takes(covering, amount)
    if not fits and (not covering.is_soft or covering.status is not PeriodStatus.OPEN):
        return Effect(covering, amount, BudgetState.STOP, (), _stop_sentence(covering, keepers))
    after = covering.used + amount
    crossed = thresholds_crossed(
        before=covering.used, after=after, cap=covering.cap, thresholds=covering.thresholds
    )
    if not fits:
        return Effect(covering, amount, BudgetState.OVER, crossed, _over_sentence(covering, after))
    warned = reached(after, covering.cap, covering.warn_percent)
    state = BudgetState.WARN if warned else BudgetState.OK
    return Effect(covering, amount, state, crossed, _go_sentence(covering, crossed, warned=warned))


def state_of(covering: Covering) -> BudgetState:
    """Return how a budget stands by itself: stopped once nothing is left, warned above its mark."""
    if covering.room <= 0:
        is_open = covering.status is PeriodStatus.OPEN
        return BudgetState.OVER if covering.is_soft and is_open else BudgetState.STOP
    if reached(covering.used, covering.cap, covering.warn_percent):
        return BudgetState.WARN
    return BudgetState.OK


def _stop_sentence(covering: Covering, keepers: tuple[str, ...]) -> str:
    who = any_of(keepers) if keepers else "its finance people"
    if covering.status is PeriodStatus.FROZEN:
        return f"Frozen: it takes no new orders. Ask {who}."
    if covering.status is not PeriodStatus.OPEN:
        return f"Closed: it takes no new orders. Ask {who}."
    cap = format_money(covering.cap, covering.currency)
    ask = f"ask {who} for an increase."
    if covering.room <= 0:
        if covering.free > 0:
            return f"New orders stop at {covering.block_percent}% of {cap}; {ask}"
        return f"Nothing left of {cap}; {ask}"
    room = format_money(covering.room, covering.currency)
    if covering.block_percent < FULL:
        return f"Only {room} left below {covering.block_percent}% of {cap}; {ask}"
    return f"Only {room} left of {cap}; {ask}"


def _over_sentence(covering: Covering, after: Decimal) -> str:
    beyond = format_money(after - covering.limit, covering.currency)
    limit = format_money(covering.limit, covering.currency)
    where = limit if covering.block_percent == FULL else f"{covering.block_percent}%, {limit},"
    return f"Over {where} by {beyond}. It can go on, and has to be agreed to once more."


def _go_sentence(covering: Covering, crossed: tuple[int, ...], *, warned: bool) -> str:
    if FULL in crossed:
        return "Uses the budget up to the last cent. Finance is told; the order is still allowed."
    if crossed:
        return f"Passes the {crossed[-1]}% mark. Finance is told; the order is still allowed."
    if warned:
        return f"Past the {covering.warn_percent}% mark already; the order is still allowed."
    return ""


def any_of(names: Sequence[str]) -> str:
    """Write names as a choice: ``Dana``, ``Dana or Adam``, ``Dana, Adam or Erin``."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
