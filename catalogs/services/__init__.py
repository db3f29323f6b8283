"""Every write of catalogs, by noun."""

from catalogs.services.categories import (
    ensure_categories,
    load_segments,
    map_code,
    proposed_category,
    resolve_categories,
)
from catalogs.services.items import LoadReport, load_items, upsert_item
from catalogs.services.rules import end_buying_rule, set_buying_rule
from catalogs.services.suppliers import (
    change_supplier,
    fold_spelling,
    resolve_suppliers,
    unfold_spelling,
    upsert_supplier,
)

__all__ = [
    "LoadReport",
    "change_supplier",
    "end_buying_rule",
    "ensure_categories",
    "fold_spelling",
    "load_items",
    "load_segments",
    "map_code",
    "proposed_category",
    "resolve_categories",
    "resolve_suppliers",
    "set_buying_rule",
    "unfold_spelling",
    "upsert_item",
    "upsert_supplier",
]
