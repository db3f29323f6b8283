"""Which changes let approvals stand, as fields of the policy editor."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from approvals.routing import USUAL, Tolerances
from approvals.routing.tolerances import PERCENTS, WHAT

PLACE = "tolerances"
_PERCENT = re.compile(r"(\d{1,6}(?:[.,]\d{1,6})?)\s*%?")
_TICKED = tuple(name for name in WHAT if name not in PERCENTS)


@dataclass(slots=True)
class PercentField:
    """Up to how many percent more lets approvals stand, as typed."""

    name: str
    typed: str
    problems: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Return where it stands in the form."""
        return f"{PLACE}.{self.name}"

    @property
    def what(self) -> str:
        """Return what it is about."""
        return WHAT[self.name]

    @property
    def value(self) -> Decimal:
        """Return the percentage; what cannot be read is none, and is found to be none."""
        text = self.typed.strip()
        found = _PERCENT.fullmatch(text)
        if found is None:
            return Decimal(0) if not text else Decimal("NaN")
        return Decimal(found[1].replace(",", "."))


@dataclass(slots=True)
class TickField:
    """A change that lets approvals stand, or not."""

    name: str
    is_ticked: bool

    @property
    def what(self) -> str:
        """Return what it is about."""
        return WHAT[self.name]


@dataclass(slots=True)
class ToleranceFields:
    """The section “When an order is changed while it waits”."""

    percents: list[PercentField]
    ticks: list[TickField]

    @classmethod
    def of(cls, tolerances: Tolerances) -> "ToleranceFields":
        """Return the fields with tolerances in them."""
        return cls(
            [PercentField(name, f"{getattr(tolerances, name).normalize():f}") for name in PERCENTS],
            [TickField(name, bool(getattr(tolerances, name))) for name in _TICKED],
        )

    @classmethod
    def typed(cls, data: QueryDict) -> "ToleranceFields":
        """Return the fields as they were sent; as usual where a form did not have them yet."""
        if PLACE not in data:
            return cls.of(USUAL)
        ticked = data.getlist(f"{PLACE}.stand")
        return cls(
            [PercentField(name, data.get(f"{PLACE}.{name}", "")) for name in PERCENTS],
            [TickField(name, name in ticked) for name in _TICKED],
        )

    @property
    def has_problems(self) -> bool:
        """Tell whether anything in it keeps the fields from being a policy."""
        return any(one.problems for one in self.percents)

    def tolerances(self) -> Tolerances:
        """Return what the fields say."""
        said: dict[str, Any] = {one.name: one.value for one in self.percents}
        said |= {one.name: one.is_ticked for one in self.ticks}
        return Tolerances(**said)
