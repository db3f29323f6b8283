"""What an order of the past has to do with those before it (pure).

Live orders were submitted with all their facts. Of imported ones these follow from the history
itself, as it is read from front to back: which supplier is new, and what counts together.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from approvals.routing import Aggregation, CountedBy, CountedTo, Earlier, Facts
from approvals.routing.conditions import BudgetStanding
from procurement.orders.history.evaluation import NOBODY, PastLine, Posting


@dataclass(slots=True)
class _Window:
    """Amounts of the last days, the oldest first, and what they come to."""

    amounts: deque[tuple[date, Decimal]] = field(default_factory=deque)
    total: Decimal = Decimal(0)


class Memory:
    """Remembers the orders so far, as far as any of some aggregations looks back.

    ``supplier_names`` and ``category_names`` say how people call what orders have in common;
    ``cost_centres`` gives the code of the nearest cost centre by group.
    """

    def __init__(
        self,
        aggregations: Iterable[Aggregation],
        supplier_names: Mapping[UUID, str],
        category_names: Mapping[str, str],
        cost_centres: Mapping[UUID, str],
    ) -> None:
        # Addresses are not part of a history that comes as a file.
        self._aggregations = sorted(
            {one for one in aggregations if one.by is not CountedBy.ADDRESS}
        )
        self._supplier_names = supplier_names
        self._category_names = category_names
        self._cost_centres = cost_centres
        self._windows: dict[tuple[Aggregation, UUID, UUID | str], _Window] = {}
        self._suppliers: set[UUID] = set()

    def complete(
        self,
        facts: Facts,
        lines: Sequence[PastLine],
        postings: Sequence[Posting],
        *,
        is_over: bool,
    ) -> Facts:
        """Return the facts with what follows from the orders before it, and remember the order."""
        paths = tuple(sorted({line.category_path for line in lines if line.category_path}))
        suppliers = set(facts.supplier_ids)
        is_first = not suppliers <= self._suppliers
        self._suppliers |= suppliers
        return replace(
            facts,
            category_paths=facts.category_paths or paths,
            category_labels=facts.category_labels or self._labels(paths),
            cost_centre=facts.cost_centre or self._cost_centres.get(facts.group_id, ""),
            budget_state=facts.budget_state or _standing(postings, is_over=is_over),
            is_first_order=facts.is_first_order or is_first,
            earlier=facts.earlier or tuple(self._earlier(facts, lines)),
        )

    def _labels(self, paths: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
        codes = {code for path in paths for code in path}
        return tuple(sorted((code, self._category_names.get(code, code)) for code in codes))

    def _earlier(self, facts: Facts, lines: Sequence[PastLine]) -> Iterable[Earlier]:
        for one in self._aggregations:
            whose = facts.group_id if one.by is CountedBy.GROUP else facts.requester_id
            if whose == NOBODY:
                continue
            sums: dict[UUID | str, Decimal] = {}
            for line in lines:
                for common in _in_common(one, line):
                    sums[common] = sums.get(common, Decimal(0)) + line.amount
            for common, amount in sums.items():
                window = self._windows.setdefault((one, whose, common), _Window())
                _forget(window, facts.on - timedelta(days=one.days))
                if window.total > 0:
                    yield Earlier(
                        one.by.value,
                        one.to.value,
                        one.days,
                        window.total,
                        len(window.amounts),
                        self._name(common),
                    )
                window.amounts.append((facts.on, amount))
                window.total += amount

    def _name(self, common: UUID | str) -> str:
        if isinstance(common, UUID):
            return self._supplier_names.get(common, "the same supplier")
        return self._category_names.get(common, common)


def _in_common(aggregation: Aggregation, line: PastLine) -> Iterable[UUID | str]:
    """Return by what a line counts together with others: its supplier, or its own category."""
    if aggregation.to is CountedTo.SUPPLIER:
        return (line.supplier_id,)
    return line.category_path[-1:]


def _forget(window: _Window, before: date) -> None:
    while window.amounts and window.amounts[0][0] < before:
        window.total -= window.amounts.popleft()[1]


def _standing(postings: Sequence[Posting], *, is_over: bool) -> str:
    """Return how the tightest budget would stand with an order; nothing where none covers it."""
    if is_over:
        return BudgetStanding.OVER.value
    if not postings:
        return ""
    is_warned = any(
        (posting.span.covering.used + posting.amount) * 100
        >= posting.span.covering.cap * posting.span.covering.warn_percent
        for posting in postings
    )
    return (BudgetStanding.WARNING if is_warned else BudgetStanding.WITHIN).value
