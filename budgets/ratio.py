"""How much a budget may give out to the budgets below it (pure).

A budget's children are the budgets of the same kind and scope next below it in the tree: on the
path between a child and it stands no other of them. Amounts are Decimals of one currency.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from procurement.core.money import format_money

_FULL = 100
_CENT = Decimal("0.01")
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cap:
    """A budget's cap and its place in the tree; ``path`` leads from the root to its group.

    ``family`` is what only budgets of the same kind and scope share (and the same period, where
    caps of periods are compared). ``children_percent`` bounds what its children come to together,
    in percent of ``amount``; None leaves them alone.
    """

    budget_id: UUID
    family: Hashable
    path: tuple[UUID, ...]
    title: str
    amount: Decimal
    children_percent: int | None = None

    @property
    def most_given(self) -> Decimal | None:
        """Return what its children may come to together, to the cent; None for any amount."""
        if self.children_percent is None:
            return None
        return (self.amount * self.children_percent / _FULL).quantize(_CENT, rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class Overgiven:
    """A budget whose children come to more than it lets them: ``given`` instead of ``most``."""

    cap: Cap
    given: Decimal
    most: Decimal

    @property
    def excess(self) -> Decimal:
        """Return how much too much is given out."""
        return self.given - self.most


def next_below(caps: Iterable[Cap]) -> dict[UUID, tuple[Cap, ...]]:
    """Return the children of each budget that has some, by its id."""
    found: dict[UUID, list[Cap]] = {}
    known = list(caps)
    by_group = {(cap.family, cap.path[-1]): cap for cap in known}
    for cap in known:
        parent = _nearest_above(cap, by_group)
        if parent is not None:
            found.setdefault(parent.budget_id, []).append(cap)
    return {budget_id: tuple(children) for budget_id, children in found.items()}


def given_out(children: Iterable[Cap]) -> Decimal:
    """Return what children come to together."""
    return sum((child.amount for child in children), _NOTHING)


def overgiven(caps: Sequence[Cap]) -> tuple[Overgiven, ...]:
    """Return the budgets whose children come to more than they let them, in the order given."""
    children = next_below(caps)
    return tuple(
        Overgiven(cap, given, most)
        for cap in caps
        if (most := cap.most_given) is not None
        and (given := given_out(children.get(cap.budget_id, ()))) > most
    )


def newly_overgiven(before: Sequence[Cap], after: Sequence[Cap]) -> tuple[Overgiven, ...]:
    """Return the budgets that a change makes give out too much, or more too much than before.

    What was too much already, since a group has moved, say, refuses no step towards less.
    """
    known = {one.cap.budget_id: one.excess for one in overgiven(before)}
    return tuple(
        one for one in overgiven(after) if one.excess > known.get(one.cap.budget_id, _NOTHING)
    )


def refusal(one: Overgiven, others: Decimal, currency: str) -> str:
    """Say why a budget below another cannot have its new cap; ``others`` is what the rest have."""
    left = max(one.most - others, _NOTHING)
    return (
        f"The budgets below {one.cap.title} may together come to {_bound(one, currency)}. "
        f"The others have {format_money(others, currency)}, so "
        f"{format_money(left, currency)} is left."
    )


def refusal_above(one: Overgiven, currency: str) -> str:
    """Say why a budget cannot be held, or lowered, to less than its children come to."""
    return (
        f"The budgets below {one.cap.title} come to {format_money(one.given, currency)} together, "
        f"and may come to {_bound(one, currency)}. Lower them first, or allow a larger share."
    )


def warning(one: Overgiven, currency: str) -> str:
    """Say that a budget gives out too much though nobody has raised a cap, and by how much."""
    return (
        f"The budgets below {one.cap.title} come to {format_money(one.given, currency)} together, "
        f"and may come to {_bound(one, currency)}: {format_money(one.excess, currency)} too much."
    )


def _bound(one: Overgiven, currency: str) -> str:
    cap = format_money(one.cap.amount, currency)
    if one.cap.children_percent == _FULL:
        return f"its cap of {cap}"
    return f"{format_money(one.most, currency)} ({one.cap.children_percent}% of its cap of {cap})"


def _nearest_above(cap: Cap, by_group: Mapping[tuple[Hashable, UUID], Cap]) -> Cap | None:
    for group_id in reversed(cap.path[:-1]):
        found = by_group.get((cap.family, group_id))
        if found is not None:
            return found
    return None
