"""What stands behind a request, as approvers see it beside the content: plain text and figures.

Nothing of it is bound to a decision: it is read when somebody looks, from orders of the past. The
owner of the subject fills it; approvals know no orders. Pure.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SupplierPast:
    """What was ordered from one of the suppliers before, by everybody and by the order's group."""

    supplier: str
    orders: int
    total: Decimal
    own_orders: int
    own_total: Decimal
    last_on: date | None

    @property
    def is_new(self) -> bool:
        """Tell whether nothing was ordered there before."""
        return self.orders == 0


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """What one of the items was bought for on a day."""

    on: date
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class PricePast:
    """An item's price now, and what was paid for it before, the latest first."""

    name: str
    unit_price: Decimal
    paid: tuple[PaidBefore, ...]

    @property
    def percent(self) -> Decimal | None:
        """Return how much dearer it is than the last time, in percent; None without a basis."""
        before = self.paid[0].unit_price if self.paid else Decimal(0)
        return (self.unit_price - before) * 100 / before if before else None

    @property
    def change(self) -> str:
        """Return the difference to the last time in words."""
        percent = self.percent
        if percent is None:
            return ""
        figure = f"{abs(percent):.1f}%"
        if figure == "0.0%":
            return "the same as last time"
        return f"{figure} {'more' if percent > 0 else 'less'} than last time"


@dataclass(frozen=True, slots=True)
class SimilarOrder:
    """An order like this one, and what became of it.

    ``alike`` says in words what they have in common; ``outcome`` and ``kind`` are a pill's words
    and its colour; ``said`` is why it was rejected, if it was.
    """

    label: str
    title: str
    requester_name: str
    group_name: str
    amount: Decimal
    on: date
    alike: str
    outcome: str
    kind: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class PeriodPast:
    """How much of a budget was used in one of its periods; ``percent`` has one decimal."""

    name: str
    cap: Decimal
    used: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class AskedPast:
    """What was asked for on the same budget before, and what became of it.

    ``outcome`` and ``kind`` are a pill's words and its colour; ``why`` is what the requester gave
    as the reason.
    """

    requester_name: str
    name: str
    amount: Decimal
    on: date
    why: str
    outcome: str
    kind: str


@dataclass(frozen=True, slots=True)
class Background:
    """What stands behind a request; amounts are in its currency.

    ``months`` and ``days`` say how far back suppliers and similar orders were looked for;
    ``periods`` and ``asked`` belong to what is asked for on a budget.
    """

    months: int = 12
    days: int = 90
    suppliers: tuple[SupplierPast, ...] = ()
    prices: tuple[PricePast, ...] = ()
    similar: tuple[SimilarOrder, ...] = ()
    periods: tuple[PeriodPast, ...] = ()
    asked: tuple[AskedPast, ...] = ()
