"""A budget in one period as a line of a file (pure)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from budgets.terms import BudgetTerms
from procurement.core.files import Cell

STEP = " › "
YES, NO = "yes", "no"
HEAD = (
    "group_id",
    "group",
    "code",
    "kind",
    "period",
    "category",
    "supplier",
    "person",
    "seat",
    "name",
    "cap",
    "warn_percent",
    "block_percent",
    "marks",
    "enforcement",
    "children_percent",
    "carries_over",
    "currency",
)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget's cap in one period, with how it is held.

    ``way`` are the names from the organization's down to the group's; ``category`` is a code,
    ``supplier`` a name, ``person`` an address, ``seat`` a code, and each empty where the budget is
    not limited to one.
    """

    group_id: UUID
    way: tuple[str, ...]
    code: str
    kind: str
    period: str
    category: str
    supplier: str
    person: str
    seat: str
    terms: BudgetTerms
    cap: Decimal
    currency: str


def line_of(line: BudgetLine) -> list[Cell]:
    """Return the cells under `HEAD`."""
    terms = line.terms
    return [
        line.group_id,
        STEP.join(line.way),
        line.code,
        line.kind.lower(),
        line.period,
        line.category,
        line.supplier,
        line.person,
        line.seat,
        terms.name,
        line.cap,
        terms.warn_percent,
        terms.block_percent,
        " ".join(str(mark) for mark in terms.marks),
        terms.enforcement.value.lower(),
        terms.children_percent,
        YES if terms.carries_over else NO,
        line.currency,
    ]
