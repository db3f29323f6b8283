"""Catalog items as pages and orders read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from catalogs.guidance import ItemFacts
from catalogs.models import CatalogItem, Supplier
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item with the names of what it refers to. ``price`` is for one ``unit``."""

    item_id: UUID
    sku: str
    title: str
    brand: str
    part_number: str
    description: str
    unit: str
    price: Decimal
    currency: str
    lead_days: int | None
    supplier_id: UUID
    supplier_name: str
    category_id: UUID
    category_code: str
    category_name: str
    category_path: tuple[str, ...]
    same_key: str
    is_offered: bool

    @property
    def facts(self) -> ItemFacts:
        """Return what guidance looks at."""
        return ItemFacts(self.item_id, self.supplier_id, self.category_path)


def items_by_id(ids: Iterable[UUID]) -> dict[UUID, ItemCard]:
    """Return items by id, those no longer offered included. One SQL query."""
    found = CatalogItem.objects.filter(id__in=list(ids)).select_related("supplier", "category")
    return {item.id: card(item) for item in found}


def item_by_id(item_id: UUID) -> ItemCard:
    """Return one item. One SQL query; raises `NotFound`."""
    found = items_by_id([item_id])
    if item_id not in found:
        raise NotFound("There is no such item in the catalog.")
    return found[item_id]


def same_items(cards: Iterable[ItemCard]) -> dict[str, list[ItemCard]]:
    """Return, by ``same_key``, who offers the same things, cheapest first. One SQL query at most.

    A thing without brand or part number has no key and is the same as nothing else.
    """
    keys = {one.same_key for one in cards} - {""}
    if not keys:
        return {}
    offers: dict[str, list[ItemCard]] = {}
    found = (
        CatalogItem.objects.filter(
            same_key__in=keys, is_active=True, supplier__status=Supplier.Status.ACTIVE
        )
        .select_related("supplier", "category")
        .order_by("price", "id")
    )
    for item in found:
        offers.setdefault(item.same_key or "", []).append(card(item))
    return offers


def card(item: CatalogItem) -> ItemCard:
    """Return an item, loaded with its supplier and category, as a card."""
    return ItemCard(
        item_id=item.id,
        sku=item.sku,
        title=item.title,
        brand=item.brand,
        part_number=item.part_number,
        description=item.description,
        unit=item.unit,
        price=item.price,
        currency=item.currency,
        lead_days=item.lead_days,
        supplier_id=item.supplier_id,
        supplier_name=item.supplier.name,
        category_id=item.category_id,
        category_code=item.category.code,
        category_name=item.category.name,
        category_path=tuple(item.category.path),
        same_key=item.same_key or "",
        is_offered=item.is_active and item.supplier.status == Supplier.Status.ACTIVE,
    )
