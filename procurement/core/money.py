"""Money: Decimal amounts of one currency, rounded in one place, never through float."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

MINUS = "\N{MINUS SIGN}"

# Minor units by ISO 4217 where they are not two.
_EXPONENTS = {
    "JPY": 0,
    "KRW": 0,
    "CLP": 0,
    "ISK": 0,
    "VND": 0,
    "XOF": 0,
    "BHD": 3,
    "KWD": 3,
    "TND": 3,
}
_SYMBOLS = {"USD": "$", "CAD": "$", "AUD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class MixedCurrencies(ValueError):
    """Amounts of different currencies were put together."""


@lru_cache(maxsize=64)
def unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency (ISO 4217 minor unit), such as 0.01."""
    return Decimal(1).scaleb(-_EXPONENTS.get(currency, 2))


def quantize(amount: Decimal, currency: str = "USD") -> Decimal:
    """Round an amount to the currency's minor unit, halves away from zero (commercial rounding)."""
    return amount.quantize(unit(currency), rounding=ROUND_HALF_UP)


def symbol(currency: str) -> str:
    """Return what stands before a figure of a currency: ``$``, or its code and a space."""
    return _SYMBOLS.get(currency, f"{currency} ")


def format_money(amount: Decimal, currency: str = "USD") -> str:
    """Write an amount as people read it: ``$1,234.50``, with a true minus sign."""
    rounded = quantize(amount, currency)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{symbol(currency)}{abs(rounded):,}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} do not add up.")

    def allocate(self, weights: Sequence[Decimal]) -> list["Money"]:
        """Split by weights without losing a cent: the remainders go to the largest fractions.

        Raises ValueError when the weights are empty, negative or sum to zero.
        """
        total = sum(weights, Decimal(0))
        if not weights or total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("Weights must be zero or more, and more than zero together.")
        cent = unit(self.currency)
        cents = int(quantize(self.amount, self.currency) / cent)
        exact = [cents * weight / total for weight in weights]
        parts = [math.floor(share) for share in exact]
        by_remainder = sorted(range(len(exact)), key=lambda i: exact[i] - parts[i], reverse=True)
        for index in by_remainder[: cents - sum(parts)]:
            parts[index] += 1
        return [Money(part * cent, self.currency) for part in parts]
