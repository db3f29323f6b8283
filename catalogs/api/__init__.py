"""The API of the catalog, by noun, over the same selectors and services as the pages."""

from catalogs.api.catalog import ItemDetail, ItemSearch, RuleDetail, RuleList, SupplierList
from catalogs.api.owners import CategoryOwnerDetail, CategoryOwnerList

__all__ = [
    "CategoryOwnerDetail",
    "CategoryOwnerList",
    "ItemDetail",
    "ItemSearch",
    "RuleDetail",
    "RuleList",
    "SupplierList",
]
