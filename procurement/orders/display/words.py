"""Small phrases that several pages and the API share."""

from collections.abc import Sequence
from decimal import Decimal


def title_of(titles: Sequence[str], count: int | None = None) -> str:
    """Return what an order is called: ``Drill kit and 2 more``.

    ``titles`` are those of its lines, or the first alone with the ``count`` of all.
    """
    if not titles:
        return "Empty order"
    others = (len(titles) if count is None else count) - 1
    if not others:
        return titles[0]
    return f"{titles[0]} and {others if others > 1 else 'one'} more"


def plain_quantity(quantity: Decimal) -> str:
    """Write a quantity as people do: ``3``, ``1.5``."""
    return f"{quantity.normalize():f}"


def purchase_orders_go_out(count: int, *, have_gone: bool = False) -> str:
    """Say how many purchase orders an order becomes, or has become."""
    if have_gone:
        return "1 purchase order went out" if count == 1 else f"{count} purchase orders went out"
    return "1 purchase order goes out" if count == 1 else f"{count} purchase orders go out"
