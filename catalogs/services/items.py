"""Items of the catalog: one by one, and by the thousand from a supplier's file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.selectors import root_group
from catalogs.item_rows import ItemRow, Reject, read_row
from catalogs.models import CatalogItem, Category, Supplier
from catalogs.selectors.categories import CategoryRef, categories_named
from catalogs.services.categories import LONGEST_CODE, ensure_categories
from catalogs.services.suppliers import resolve_suppliers
from catalogs.unspsc import SEGMENTS, is_unspsc
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock
from procurement.core.money import unit as smallest
from procurement.core.planner import count_anew

_Row = TypeVar("_Row")
_BATCH = 2000
_KEPT = (
    "title",
    "brand",
    "part_number",
    "description",
    "unit",
    "price",
    "currency",
    "lead_days",
    "category_id",
    "is_active",
)


@dataclass(slots=True)
class LoadReport:
    """What came of the ``read`` rows: ``created``, ``changed``, ``unchanged`` or rejected."""

    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[Reject] = field(default_factory=list)


@transaction.atomic
def upsert_item(
    *,
    actor: Actor,
    supplier: Supplier,
    category: Category,
    sku: str,
    title: str,
    price: Decimal,
    currency: str,
    brand: str = "",
    part_number: str = "",
    description: str = "",
    unit: str = "each",
    lead_days: int | None = None,
    is_active: bool = True,
    now: datetime,
) -> CatalogItem:
    """Add what a supplier offers under a SKU, or change it. ``price`` is for one ``unit``.

    ``currency`` is an ISO 4217 code, ``lead_days`` calendar days. Raises `DomainError` for a blank
    SKU or title and for a price below zero or finer than the currency.
    """
    root = root_group()
    require(actor, Permission.MANAGE_CATALOG, root)
    _check(sku, title, price, currency)
    lock(OrgGroup.objects.filter(id=root.id))
    values = {
        "title": title.strip(),
        "brand": brand,
        "part_number": part_number,
        "description": description,
        "unit": unit,
        "price": price,
        "currency": currency,
        "lead_days": lead_days,
        "category_id": category.id,
        "is_active": is_active,
    }
    current = CatalogItem.objects.filter(supplier=supplier, sku=sku.strip()).first()
    before = {name: getattr(current, name) for name in _KEPT} if current else None
    if current is not None and before == values:
        return current
    item, _ = CatalogItem.objects.update_or_create(
        organization_id=actor.organization_id,
        supplier=supplier,
        sku=sku.strip(),
        defaults={**values, "updated_at": now},
    )
    record(
        actor=actor,
        action=AuditAction.ITEM_CHANGED,
        subject_type="item",
        subject_id=item.id,
        subject_label=item.title,
        group_id=root.id,
        before=before,
        after=values,
        now=now,
    )
    return item


@transaction.atomic
def load_items(
    *,
    actor: Actor,
    rows: Iterable[Mapping[Any, Any]],
    supplier: str = "",
    currency: str = "",
    now: datetime,
) -> LoadReport:
    """Add and change items from the rows of a file, by supplier and SKU; nothing is taken away.

    A row is a mapping of column names (many spellings, `catalogs.item_rows`) to texts. ``supplier``
    and ``currency`` stand in where a row names none. Suppliers and categories that are missing are
    added. Every row that cannot be stored is in the report, with its line and the reason.
    """
    root = root_group()
    require(actor, Permission.MANAGE_CATALOG, root)
    lock(OrgGroup.objects.filter(id=root.id))
    report = LoadReport()
    seen: dict[tuple[UUID, str], int] = {}
    for numbered in _batches(enumerate(rows, start=2)):
        readable: list[tuple[int, ItemRow, Mapping[Any, Any]]] = []
        for line, row in numbered:
            report.read += 1
            found = read_row(row, line, supplier=supplier, currency=currency)
            if isinstance(found, Reject):
                report.rejects.append(found)
            else:
                readable.append((line, found, row))
        _store(actor, readable, seen, report, now)
    if report.created + report.changed > _BATCH:
        count_anew(CatalogItem, Category, Supplier)
    record(
        actor=actor,
        action=AuditAction.ITEMS_LOADED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        after={
            "read": report.read,
            "created": report.created,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "rejected": len(report.rejects),
        },
        now=now,
    )
    return report


def _check(sku: str, title: str, price: Decimal, currency: str) -> None:
    if not sku.strip() or not title.strip():
        raise DomainError("An item needs a SKU and a title.", field="sku" if title else "title")
    if price < 0 or price % smallest(currency):
        raise DomainError("Give a price of zero or more, to the cent.", field="price")


def _store(
    actor: Actor,
    readable: Sequence[tuple[int, ItemRow, Mapping[Any, Any]]],
    seen: dict[tuple[UUID, str], int],
    report: LoadReport,
    now: datetime,
) -> None:
    """Write one batch: six SQL statements, fewer where nothing is new."""
    suppliers = resolve_suppliers(
        actor=actor, spellings={row.supplier for _line, row, _raw in readable}, now=now
    )
    categories = _categories(actor, {row.category for _line, row, _raw in readable}, now)
    wanted: dict[tuple[UUID, str], ItemRow] = {}
    for line, row, raw in readable:
        key = (suppliers[row.supplier], row.sku)
        if key in seen:
            reason = f"SKU {row.sku} of this supplier stands in line {seen[key]} already."
            kept = {str(name): str(value or "") for name, value in raw.items()}
            report.rejects.append(Reject(line=line, reason=reason, row=kept))
            continue
        seen[key] = line
        wanted[key] = row
    existing = {
        (item.supplier_id, item.sku): item
        for item in CatalogItem.objects.filter(
            supplier_id__in=set(suppliers.values()), sku__in={sku for _supplier, sku in wanted}
        ).defer("search", "same_key")
    }
    new: list[CatalogItem] = []
    changed: list[CatalogItem] = []
    for key, row in wanted.items():
        values = _values(row, categories[row.category].category_id)
        item = existing.get(key)
        if item is None:
            new.append(_item(actor, key, values, now))
        elif any(getattr(item, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(item, name, value)
            item.updated_at = now
            changed.append(item)
    CatalogItem.objects.bulk_create(new, batch_size=_BATCH)
    CatalogItem.objects.bulk_update(changed, [*_KEPT, "updated_at"], batch_size=500)
    report.created += len(new)
    report.changed += len(changed)
    report.unchanged += len(wanted) - len(new) - len(changed)


def _item(
    actor: Actor, key: tuple[UUID, str], values: Mapping[str, Any], now: datetime
) -> CatalogItem:
    supplier_id, sku = key
    return CatalogItem(
        id=new_id(),
        organization_id=actor.organization_id,
        supplier_id=supplier_id,
        sku=sku,
        updated_at=now,
        **values,
    )


def _values(row: ItemRow, category_id: UUID) -> dict[str, Any]:
    return {
        "title": row.title,
        "brand": row.brand,
        "part_number": row.part_number,
        "description": row.description,
        "unit": row.unit,
        "price": row.price,
        "currency": row.currency,
        "lead_days": row.lead_days,
        "category_id": category_id,
        "is_active": True,
    }


def _categories(actor: Actor, wanted: set[str], now: datetime) -> dict[str, CategoryRef]:
    """Return the category of each code or name, as an own category where there is none."""
    found = categories_named(wanted)
    missing = {
        one: one if is_unspsc(one) else slugify(one)[:LONGEST_CODE] or one[:LONGEST_CODE]
        for one in wanted - found.keys()
    }
    if missing:
        names = {code: SEGMENTS.get(code, one) for one, code in missing.items()}
        refs = ensure_categories(actor=actor, names=names, now=now)
        found |= {one: refs[code] for one, code in missing.items()}
    return found


def _batches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Cut an iterable into lists of a size that is worth a round trip."""
    walk = iter(rows)
    while batch := list(islice(walk, _BATCH)):
        yield batch
