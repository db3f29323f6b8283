"""Every non-trivial read of catalogs, by noun."""

from catalogs.selectors.categories import (
    CategoryRef,
    categories_by_code,
    categories_named,
    find_categories,
    mapped_categories,
)
from catalogs.selectors.groups import chosen_group, group_called, groups_looked_at
from catalogs.selectors.items import ItemCard, item_by_id, items_by_id, same_items
from catalogs.selectors.rules import RuleRow, rule_for, rule_row, rules_for, rules_kept_by
from catalogs.selectors.search import (
    Hit,
    Offer,
    SearchResult,
    alternative_to,
    alternatives_to,
    offers_of,
    search_items,
)
from catalogs.selectors.search_sql import PER_PAGE, Facet, Filters, Sort
from catalogs.selectors.suppliers import (
    alias_for,
    find_suppliers,
    supplier_for,
    supplier_names,
    suppliers_by_spelling,
    suppliers_listed,
)
from catalogs.selectors.targets import BETWEEN, supplier_named, target_name_of, target_named

__all__ = [
    "BETWEEN",
    "PER_PAGE",
    "CategoryRef",
    "Facet",
    "Filters",
    "Hit",
    "ItemCard",
    "Offer",
    "RuleRow",
    "SearchResult",
    "Sort",
    "alias_for",
    "alternative_to",
    "alternatives_to",
    "categories_by_code",
    "categories_named",
    "chosen_group",
    "find_categories",
    "find_suppliers",
    "group_called",
    "groups_looked_at",
    "item_by_id",
    "items_by_id",
    "mapped_categories",
    "offers_of",
    "rule_for",
    "rule_row",
    "rules_for",
    "rules_kept_by",
    "same_items",
    "search_items",
    "supplier_for",
    "supplier_named",
    "supplier_names",
    "suppliers_by_spelling",
    "suppliers_listed",
    "target_name_of",
    "target_named",
]
