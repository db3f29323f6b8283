"""Every read of analytics. A view is resolved for its actor first; the reads take it from there."""

from analytics.selectors.lines import Line, Lines, Order, Orders
from analytics.selectors.progress import caught_up_at
from analytics.selectors.spend import Figures, Row, Spend, spend
from analytics.selectors.views import (
    Anchor,
    SpendView,
    category_name,
    first_day_known,
    last_day_with_spend,
    spend_view,
    supplier_name,
)

__all__ = [
    "Anchor",
    "Figures",
    "Line",
    "Lines",
    "Order",
    "Orders",
    "Row",
    "Spend",
    "SpendView",
    "category_name",
    "caught_up_at",
    "first_day_known",
    "last_day_with_spend",
    "spend",
    "spend_view",
    "supplier_name",
]
