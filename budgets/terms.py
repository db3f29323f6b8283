"""How a budget is held: whose orders it counts, where people are told, what may be given out below.

Pure: no database, no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from budgets.rules import DEFAULT_WARN_PERCENT, FULL, Covering, reached

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


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with terms: the field it stands beside, and a sentence."""

    field: str
    sentence: str


def problem_with(terms: BudgetTerms) -> Problem | None:
    """Return the first thing that is wrong with terms by themselves, or None."""
    checks = (_name_problem, _scope_problem, _threshold_problem, _marks_problem, _given_problem)
    return next((found for check in checks if (found := check(terms))), None)


def tidied(terms: BudgetTerms) -> BudgetTerms:
    """Return the same terms as they are stored: marks rising and once, the name without padding."""
    told_anyway = {terms.warn_percent, terms.block_percent}
    return replace(
        terms,
        name=" ".join(terms.name.split()),
        marks=tuple(sorted(set(terms.marks) - told_anyway)),
    )


def lets_more_through(before: BudgetTerms, after: BudgetTerms) -> bool:
    """Tell whether orders that had to wait before may go on after a change of terms."""
    return after.block_percent > before.block_percent or (after.is_soft and not before.is_soft)


def _name_problem(terms: BudgetTerms) -> Problem | None:
    if len(" ".join(terms.name.split())) > LONGEST_NAME:
        return Problem("name", f"A name has at most {LONGEST_NAME} characters.")
    return None


def _scope_problem(terms: BudgetTerms) -> Problem | None:
    if terms.membership_id and terms.position_id:
        return Problem("position", "Choose a person or a seat, not both.")
    return None


def _threshold_problem(terms: BudgetTerms) -> Problem | None:
    if not 1 <= terms.block_percent <= FULL:
        return Problem("block_percent", "Orders stop at 1 to 100% of the cap.")
    if not 1 <= terms.warn_percent <= FULL:
        return Problem("warn_percent", "Warn at 1% to 100% of the cap.")
    if terms.warn_percent >= terms.block_percent:
        return Problem(
            "warn_percent",
            f"Warn before orders stop: below {terms.block_percent}%.",
        )
    return None


def _marks_problem(terms: BudgetTerms) -> Problem | None:
    if any(not 1 <= mark <= FULL for mark in terms.marks):
        return Problem("marks", "Each further mark is a whole percent from 1 to 100.")
    if len(set(terms.marks)) > MOST_MARKS:
        return Problem("marks", f"At most {MOST_MARKS} further marks.")
    if not terms.is_soft and any(mark > terms.block_percent for mark in terms.marks):
        return Problem(
            "marks",
            f"Orders stop at {terms.block_percent}%, so no mark above it would ever be reached.",
        )
    return None


def _given_problem(terms: BudgetTerms) -> Problem | None:
    if terms.children_percent is None or 1 <= terms.children_percent <= MOST_GIVEN_PERCENT:
        return None
    return Problem(
        "children_percent",
        f"The budgets below may come to 1 to {MOST_GIVEN_PERCENT:,}% of this one.",
    )


def percents_in_words(percents: Sequence[int]) -> str:
    """Write percents as people say them: ``50, 80 and 90%``."""
    *others, last = [str(one) for one in sorted(set(percents))]
    return f"{', '.join(others)} and {last}%" if others else f"{last}%"


def rules_in_words(terms: BudgetTerms) -> tuple[str, ...]:
    """Return what terms mean, in sentences: who is told, what stops, what goes below and over."""
    told = percents_in_words((terms.warn_percent, *terms.marks))
    beyond = (
        f"orders beyond {terms.block_percent}% go on with one more approval"
        if terms.is_soft
        else f"at {terms.block_percent}% orders stop until there is room"
    )
    found = [f"People are told at {told}; {beyond}."]
    if terms.children_percent is not None:
        found.append(
            f"The budgets below may together come to at most {terms.children_percent}% of it."
        )
    if terms.carries_over:
        found.append("What is left goes over to the next period.")
    return tuple(found)


def meaning(*, group: str, kind: str, cap: str, scope: str, terms: BudgetTerms) -> str:
    """Say in one breath what a budget means.

    ``kind`` is how often it begins anew (``each quarter``), ``cap`` an amount with its currency,
    ``scope`` what it is limited to, or nothing.
    """
    limited = f" for {scope}" if scope else ""
    first = f"{group} and all groups below it may use {cap} {kind}{limited}."
    return " ".join((first, *rules_in_words(terms)))


def newly_reached(before: Covering, after: Covering) -> tuple[int, ...]:
    """Return the thresholds that a change of cap or terms alone makes a period reach, rising.

    One that was a threshold before and had been reached then is not new.
    """
    told = {one for one in before.thresholds if reached(before.used, before.cap, one)}
    return tuple(
        one for one in after.thresholds if one not in told and reached(after.used, after.cap, one)
    )
