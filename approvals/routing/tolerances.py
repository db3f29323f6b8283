"""What may change in a subject without those who agreed to it being asked again (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Self

MOST_PERCENT = Decimal(100)
PERCENTS = ("price_up_percent", "quantity_up_percent")


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Which changes let an approval stand. The percentages are the most a figure may have gone up.

    What is not named here never lets one stand: another supplier, group, address or currency, a
    further line, worse guidance.
    """

    price_up_percent: Decimal = Decimal(0)
    quantity_up_percent: Decimal = Decimal(0)
    price_down: bool = True
    quantity_down: bool = True
    line_removed: bool = True
    note: bool = False
    justification: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the tolerances as a JSON object, percentages as text."""
        return {
            one.name: format(value, "f") if isinstance(value, Decimal) else value
            for one in fields(self)
            for value in (getattr(self, one.name),)
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        read: dict[str, Any] = {}
        for one in fields(cls):
            value = stored[one.name]
            read[one.name] = Decimal(value) if one.name in PERCENTS else _truth(value)
        if stored.keys() != read.keys():
            raise ValueError(f"unknown tolerances {sorted(stored.keys() - read.keys())}")
        return cls(**read)


# What each of them is about, as it begins a sentence.
WHAT = {
    "price_up_percent": "A price goes up",
    "quantity_up_percent": "A quantity goes up",
    "price_down": "A price goes down",
    "quantity_down": "A quantity goes down",
    "line_removed": "A line is taken out",
    "note": "The note to the approvers is changed",
    "justification": "A justification is changed",
}
# What holds where a policy says nothing of it.
USUAL = Tolerances()


def strictest(several: Iterable[Tolerances]) -> Tolerances:
    """Return what every one of these lets stand; the usual ones for none."""
    found = list(several)
    if not found:
        return USUAL
    return Tolerances(
        price_up_percent=min(one.price_up_percent for one in found),
        quantity_up_percent=min(one.quantity_up_percent for one in found),
        price_down=all(one.price_down for one in found),
        quantity_down=all(one.quantity_down for one in found),
        line_removed=all(one.line_removed for one in found),
        note=all(one.note for one in found),
        justification=all(one.justification for one in found),
    )


def in_percent(value: Decimal) -> str:
    """Return a percentage as people read it: ``2 %``, ``0.5 %``."""
    return f"{value.normalize():f} %" if value else "0 %"


def in_words(name: str, tolerances: Tolerances) -> str:
    """Return what one of the tolerances lets stand: ``approvals stand up to 2 % more``."""
    value = getattr(tolerances, name)
    if isinstance(value, Decimal):
        return f"approvals stand up to {in_percent(value)} more" if value else _ASKED
    return "approvals stand" if value else _ASKED


_ASKED = "whoever agreed is asked again"


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value
