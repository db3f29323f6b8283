"""What is said of personal budgets that a rule gives and ends (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Aligned:
    """What bringing one allowance in line has done: whose budgets began, and whose ended.

    ``about`` says on pages what each of them is: ``$200.00 each month in Workplace``.
    """

    allowance_id: UUID
    group_id: UUID
    about: str
    cap: Decimal
    given: tuple[str, ...]
    ended: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what has changed; nothing where nothing has."""
        found = []
        if self.given:
            verb = "gets a budget of their own" if len(self.given) == 1 else "get budgets each"
            found.append(f"{people(self.given)} {verb}: {self.about}.")
        if self.ended:
            whose = "budget of their own ends" if len(self.ended) == 1 else "own budgets end"
            found.append(f"The {whose} for {people(self.ended)}: {self.about}.")
        return tuple(found)


def people(names: Sequence[str]) -> str:
    """Name people, or count them where they are many: ``Alice and Bob``, ``12 people``."""
    if len(names) > _NAMED:
        return f"{len(names):,} people"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def count_of(people_counted: int) -> str:
    """Write a number of people: ``1 person``, ``1,200 people``."""
    return "1 person" if people_counted == 1 else f"{people_counted:,} people"
