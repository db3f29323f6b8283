"""How a budget is held: whose orders it counts, where people are told, what may be given out below.

Pure: no database, no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

DEFAULT_WARN_PERCENT = 80
FULL = 100
MOST_MARKS = 8
MOST_GIVEN_PERCENT = 1000
LONGEST_NAME = 100


class Enforcement(StrEnum):
    """What happens to an order beyond a budget; the same words as `Budget.Enforcement`."""

    HARD = "HARD"
    SOFT = "SOFT"


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """All that is chosen of a budget beside its group, its kind and its cap.

    What it counts is limited by all of category, supplier and one of person or seat that are set.
    Percents are whole ones of the cap: ``warn_percent`` and ``marks`` tell people,
    ``block_percent`` stops orders or has them agreed to once more, ``children_percent`` bounds what
    the budgets next below come to together, and is None where they are left alone.
    """

    name: str = ""
    category_id: UUID | None = None
    supplier_id: UUID | None = None
    membership_id: UUID | None = None
    position_id: UUID | None = None
    enforcement: Enforcement = Enforcement.HARD
    warn_percent: int = DEFAULT_WARN_PERCENT
    block_percent: int = FULL
    marks: tuple[int, ...] = ()
    children_percent: int | None = None
    carries_over: bool = False

    @property
    def scope(self) -> tuple[UUID | None, UUID | None, UUID | None, UUID | None]:
        """Return what it is limited to: category, supplier, person, seat."""
        return self.category_id, self.supplier_id, self.membership_id, self.position_id

    @property
    def is_soft(self) -> bool:
        """Tell whether orders beyond it go on once somebody more has agreed."""
        return self.enforcement is Enforcement.SOFT
