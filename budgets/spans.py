"""A budget over the days of one period (pure)."""

from dataclasses import dataclass
from datetime import date

from budgets.rules import Covering


@dataclass(frozen=True, slots=True)
class Span:
    """A budget in one period, and the days of it that the budget covers, both included."""

    covering: Covering
    first: date
    last: date
