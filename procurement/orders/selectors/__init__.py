"""Every non-trivial read of orders."""

from procurement.orders.selectors.background import background_of
from procurement.orders.selectors.drafts import (
    LoadedDraft,
    buying_groups,
    cart_line_count,
    cart_of,
    charges_of,
    draft_of,
    line_of_cart,
    load_draft,
    preview,
    surroundings_of,
)
from procurement.orders.selectors.exceptions import (
    ExceptionRow,
    ExceptionsAsked,
    exception_row,
    exception_rows,
    exceptions_asked,
)
from procurement.orders.selectors.imagined import imagine
from procurement.orders.selectors.imported import imported_lines, imported_order_for
from procurement.orders.selectors.placed import (
    OrderFilters,
    OrderOutline,
    lines_of,
    looked_after_by,
    outlines_of,
    own_orders,
    preferred_instead,
    purchase_order_for,
    purchase_order_lines,
    purchase_orders_of,
    rejected_lines_of,
    requisition_for,
    visible_orders,
)

__all__ = [
    "ExceptionRow",
    "ExceptionsAsked",
    "LoadedDraft",
    "OrderFilters",
    "OrderOutline",
    "background_of",
    "buying_groups",
    "cart_line_count",
    "cart_of",
    "charges_of",
    "draft_of",
    "exception_row",
    "exception_rows",
    "exceptions_asked",
    "imagine",
    "imported_lines",
    "imported_order_for",
    "line_of_cart",
    "lines_of",
    "load_draft",
    "looked_after_by",
    "outlines_of",
    "own_orders",
    "preferred_instead",
    "preview",
    "purchase_order_for",
    "purchase_order_lines",
    "purchase_orders_of",
    "rejected_lines_of",
    "requisition_for",
    "surroundings_of",
    "visible_orders",
]
