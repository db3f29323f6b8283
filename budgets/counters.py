"""What a period's counters must say, given what its ledger adds up to, or why nobody can tell.

Pure. Counters are a convenience; the ledger is the record. They can be set from it as long as it is
whole: numbered without gaps, each running balance following from the one before.
"""

from dataclasses import dataclass, fields
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of a period: amounts in the organization's currency, and how many entries."""

    cap: Decimal
    reserved: Decimal
    committed: Decimal
    spent: Decimal
    overrun: Decimal
    entries: int

    @property
    def used(self) -> Decimal:
        """Return what is reserved, committed and spent together."""
        return self.reserved + self.committed + self.spent

    def unlike(self, other: "Counters") -> dict[str, Decimal | int]:
        """Return those of one's own figures that the other does not share, by name."""
        return {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(other, field.name)
        }


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry of a ledger that does not follow from the one before it."""

    number: int
    number_expected: int
    used_after: Decimal
    used_expected: Decimal


@dataclass(frozen=True, slots=True)
class Summed:
    """What the entries of a period add up to, and the first that does not follow, if any."""

    counters: Counters
    last_number: int
    first_break: Break | None


def why_not_rebuilt(stored: Counters, summed: Summed) -> str:
    """Return what is wrong with a ledger that counters cannot be set from, or nothing.

    A counter of entries beyond the last number may be a wrong counter or a lost entry at the end;
    since nobody can tell, it counts as lost.
    """
    found = summed.first_break
    if found is not None and found.number != found.number_expected:
        return f"entry {found.number_expected} is missing before entry {found.number}"
    if found is not None:
        return (
            f"entry {found.number} says {found.used_after} are used after it, and the entries up "
            f"to it come to {found.used_expected}"
        )
    if summed.last_number < stored.entries:
        return (
            f"it ends with entry {summed.last_number}, and {stored.entries} have been written: "
            "those at the end are missing"
        )
    return _why_impossible(summed.counters)


def _why_impossible(counters: Counters) -> str:
    """Return which rule of every period the sums break, as they do after an altered amount."""
    for name in ("cap", "reserved", "committed", "overrun"):
        amount = getattr(counters, name)
        if amount < 0:
            return f"its entries come to {amount} {name}, which is below zero"
    if counters.used > counters.cap + counters.overrun:
        return f"its entries come to {counters.used} used, beyond the cap of {counters.cap}"
    return ""
