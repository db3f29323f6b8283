"""What a budget meter says, for whoever draws or keeps one; `budgets.rules.Meter` makes them."""

from decimal import Decimal
from typing import Protocol


class Meter(Protocol):
    """A budget's figures without and with an order, in one currency."""

    @property
    def label(self) -> str:
        """Name of the group."""

    @property
    def sublabel(self) -> str:
        """Name of the period."""

    @property
    def cap(self) -> Decimal:
        """What may be used in the period."""

    @property
    def spent(self) -> Decimal:
        """What is paid or billed."""

    @property
    def committed(self) -> Decimal:
        """What is ordered."""

    @property
    def reserved(self) -> Decimal:
        """What waits for approval elsewhere."""

    @property
    def this_order(self) -> Decimal:
        """What is asked for here."""

    @property
    def free(self) -> Decimal:
        """What would be left."""

    @property
    def used_percent_before(self) -> Decimal:
        """Share of the cap used without what is asked for."""

    @property
    def used_percent_after(self) -> Decimal:
        """Share of the cap used with it."""

    @property
    def state(self) -> str:
        """``ok``, ``warn`` or ``stop``."""

    @property
    def currency(self) -> str:
        """ISO 4217 code."""

    @property
    def sentence(self) -> str:
        """What deserves saying, or nothing."""
