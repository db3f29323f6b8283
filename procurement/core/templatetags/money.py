"""Money on pages and in mail: one filter over `procurement.core.money`."""

from decimal import Decimal

from django import template

from procurement.core.money import format_money

register = template.Library()


@register.filter
def money(amount: Decimal | str | int | None, currency: str = "") -> str:
    """Write an amount as people read it (``$1,234.50``); nothing for no amount.

    A decimal string is welcome, since that is how amounts travel in JSON. A float raises TypeError:
    it has already lost cents.
    """
    if amount is None or amount == "":
        return ""
    if isinstance(amount, float):
        raise TypeError("Money is Decimal or a decimal string, never float.")
    return format_money(Decimal(amount), currency or "USD")
