"""Pages of the catalog."""

from catalogs.views.owners import end_owner, name_owner, owners, owners_csv
from catalogs.views.rules import rule_end, rule_set, rules
from catalogs.views.shop import item, search
from catalogs.views.suppliers import fold, supplier, suppliers, unfold

__all__ = [
    "end_owner",
    "fold",
    "item",
    "name_owner",
    "owners",
    "owners_csv",
    "rule_end",
    "rule_set",
    "rules",
    "search",
    "supplier",
    "suppliers",
    "unfold",
]
