"""What an order charges budgets with, and what a budget is limited to (pure).

Amounts are Decimals of the organization's currency, exact to its minor unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Charge:
    """A part of an order that budgets are judged on: usually one line.

    ``category_path`` leads in codes from the widest category down to its own.
    """

    amount: Decimal
    category_path: tuple[str, ...] = ()
    supplier_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a budget is limited to, all of it that is set; by default it counts everything.

    ``category`` is a code and reaches everything below it. ``membership_id`` and ``position``, the
    code of a seat, say whose orders count; whoever reads budgets for an order has asked for those
    of its requester, so they are not judged here. ``words`` says on pages what it is limited to.
    """

    category: str = ""
    supplier_id: UUID | None = None
    membership_id: UUID | None = None
    position: str = ""
    words: str = ""

    @property
    def is_everything(self) -> bool:
        """Tell whether every order of the group counts in full."""
        return not (self.category or self.supplier_id or self.membership_id or self.position)

    @property
    def is_personal(self) -> bool:
        """Tell whether it is one person's, or one seat's, own allocation."""
        return bool(self.membership_id or self.position)

    def covers(self, charge: Charge) -> bool:
        """Tell whether a charge counts against it."""
        return (not self.category or self.category in charge.category_path) and (
            self.supplier_id is None or self.supplier_id == charge.supplier_id
        )

    def share(self, charges: Sequence[Charge]) -> Decimal:
        """Return how much of an order counts against it."""
        return sum((charge.amount for charge in charges if self.covers(charge)), Decimal(0))


EVERYTHING = Scope()


def scope_words(*, category: str = "", supplier: str = "", person: str = "", seat: str = "") -> str:
    """Say what a budget is limited to: ``Software from Acme``, ``Dana Reyes``, ``Supervisor``."""
    parts = [category, f"from {supplier}" if supplier and category else supplier]
    of = person or seat
    bought = " ".join(part for part in parts if part)
    return f"{bought}, {of}" if bought and of else bought or of
