"""Every read of analytics. A view is resolved for its actor first; the reads take it from there."""

from analytics.selectors.backtests import (
    Choice,
    Difference,
    Differences,
    ToTry,
    asked_in_words,
    backtest_for,
    backtest_groups,
    backtests_in_sight,
    change_for,
    changes_of,
    require_backtests,
    to_try,
    tried_document,
)
from analytics.selectors.lines import Line, Lines, Order, Orders
from analytics.selectors.progress import caught_up_at
from analytics.selectors.segments import Segment, segments_of_both
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
    "Choice",
    "Difference",
    "Differences",
    "Figures",
    "Line",
    "Lines",
    "Order",
    "Orders",
    "Row",
    "Segment",
    "Spend",
    "SpendView",
    "ToTry",
    "asked_in_words",
    "backtest_for",
    "backtest_groups",
    "backtests_in_sight",
    "category_name",
    "caught_up_at",
    "change_for",
    "changes_of",
    "first_day_known",
    "last_day_with_spend",
    "require_backtests",
    "segments_of_both",
    "spend",
    "spend_view",
    "supplier_name",
    "to_try",
    "tried_document",
]
