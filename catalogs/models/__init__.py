"""What can be bought, from whom, filed under what, and the rules that guide it."""

from catalogs.models.category import Category, CategoryMapping
from catalogs.models.item import CatalogItem
from catalogs.models.rule import BuyingRule
from catalogs.models.supplier import Supplier, SupplierAlias

__all__ = [
    "BuyingRule",
    "CatalogItem",
    "Category",
    "CategoryMapping",
    "Supplier",
    "SupplierAlias",
]
