"""An order as it stands in the cart, and what an approver is shown of it (pure)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.training import Obligation, Reading
from budgets.charges import Charge
from procurement.core.money import quantize
from procurement.orders.charging import day_charged


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line as its requester wants it; ``unit_price`` in ``currency``.

    ``category_names`` names the codes on the category's path, as far as they are categories here.
    """

    id: UUID
    item_id: UUID
    title: str
    sku: str
    unit: str
    supplier_id: UUID
    supplier_name: str
    category_id: UUID | None
    category_path: tuple[str, ...]
    quantity: Decimal
    unit_price: Decimal
    currency: str
    justification: str
    is_available: bool = True
    category_names: tuple[tuple[str, str], ...] = ()

    @property
    def amount(self) -> Decimal:
        """Return quantity times price, rounded to the currency's minor unit."""
        return quantize(self.quantity * self.unit_price, self.currency)


@dataclass(frozen=True, slots=True)
class OpenDays:
    """On which days a group may buy: from the first to the last, both included, unless archived."""

    is_active: bool = True
    starts_on: date | None = None
    ends_on: date | None = None

    def why_closed(self, name: str, on: date) -> str:
        """Return why the group cannot buy on a day, with the way out, or nothing when it can."""
        if not self.is_active:
            said = f"{name} is archived"
        elif self.starts_on is not None and on < self.starts_on:
            said = f"{name} opens on {_day(self.starts_on)}"
        elif self.ends_on is not None and on > self.ends_on:
            said = f"{name} ended on {_day(self.ends_on)}"
        else:
            return ""
        return f"{said}, so nothing can be ordered for it. Choose another group in the cart."


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as it stands in the cart; ``training`` is what its requester has to have read.

    ``cost_centre`` is the code of the nearest group, from its own upwards, that has one.
    ``counts_by_delivery`` tells that orders count in the period of the day that they are wanted on.
    """

    id: UUID
    number: str
    revision: int
    group_id: UUID
    group_name: str
    group_path: tuple[UUID, ...]
    requester_id: UUID
    requester_name: str
    currency: str
    note: str
    lines: tuple[DraftLine, ...]
    open_days: OpenDays = OpenDays()
    role_limit: Decimal | None = None
    training: tuple[tuple[Obligation, Reading], ...] = ()
    cost_centre: str = ""
    wanted_on: date | None = None
    counts_by_delivery: bool = False

    @property
    def total(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Return what its budgets are charged with: its lines."""
        return tuple(
            Charge(line.amount, line.category_path, line.supplier_id) for line in self.lines
        )

    def charged_on(self, on: date) -> date:
        """Return the day whose budget periods it counts in, when it is submitted on a day."""
        return day_charged(on, self.wanted_on, by_delivery=self.counts_by_delivery)

    def content_hash(self) -> str:
        """Return the SHA-256 of what an approver is shown; any change of it gives another one.

        A day that it is wanted on is part of it; without one, nothing stands in its place, so that
        what was decided before there were such days stays bound to its content.
        """
        content = [
            str(self.id),
            str(self.group_id),
            str(self.requester_id),
            self.currency,
            self.note,
            [
                [
                    str(line.id),
                    str(line.item_id),
                    line.title,
                    str(line.supplier_id),
                    str(line.quantity.normalize()),
                    str(line.unit_price),
                    str(line.amount),
                    line.justification,
                ]
                for line in self.lines
            ],
            *([self.wanted_on.isoformat()] if self.wanted_on else []),
        ]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
