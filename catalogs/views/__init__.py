"""Pages of the catalog."""

from catalogs.views.rules import rule_end, rule_set, rules
from catalogs.views.shop import item, search
from catalogs.views.suppliers import fold, supplier, suppliers, unfold

__all__ = [
    "fold",
    "item",
    "rule_end",
    "rule_set",
    "rules",
    "search",
    "supplier",
    "suppliers",
    "unfold",
]
