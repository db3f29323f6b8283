"""Suppliers with their spellings."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.permissions import Permission
from catalogs.models import Supplier, SupplierAlias
from catalogs.spelling import key_of, stored
from procurement.core.actors import Actor
from procurement.core.errors import NotAllowed, NotFound


def suppliers_by_exact_spelling(spellings: Collection[str]) -> dict[str, UUID]:
    """Return the suppliers of spellings that are written down exactly so. One SQL query."""
    if not spellings:
        return {}
    rows = SupplierAlias.objects.filter(spelling__in={stored(one) for one in spellings})
    found = dict(rows.values_list("spelling", "supplier_id"))
    return {one: found[stored(one)] for one in spellings if stored(one) in found}


def suppliers_by_key(keys: Collection[str]) -> dict[str, UUID]:
    """Return the suppliers that spellings with these keys fold to. One SQL query."""
    if not keys:
        return {}
    return dict(Supplier.objects.filter(fold_key__in=keys).values_list("fold_key", "id"))


def suppliers_by_spelling(spellings: Iterable[str]) -> dict[str, UUID]:
    """Return the suppliers that spellings belong to, as far as there are any; adds none.

    Two SQL queries. A spelling that is written down goes where it was put, another one folds.
    """
    wanted = set(spellings)
    found = suppliers_by_exact_spelling(wanted)
    keys = {one: key_of(one) for one in wanted - found.keys()}
    by_key = suppliers_by_key(set(keys.values()))
    return found | {one: by_key[key] for one, key in keys.items() if key in by_key}


def find_suppliers(words: str, *, limit: int) -> list[Supplier]:
    """Return suppliers of whom every word occurs in the name or a spelling, by name.

    One SQL query.
    """
    rows = Supplier.objects.all()
    for word in words.split():
        matching = SupplierAlias.objects.filter(spelling__icontains=word)
        rows = rows.filter(Q(name__icontains=word) | Q(id__in=matching.values("supplier_id")))
    return list(rows.order_by("name", "id")[:limit])


def supplier_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of suppliers by their id, as far as they exist. One SQL query."""
    return dict(Supplier.objects.filter(id__in=ids).values_list("id", "name"))


def suppliers_listed(actor: Actor, words: str = "") -> QuerySet[Supplier]:
    """Return the suppliers in whose name or spellings the words occur, by name.

    Each has ``offers`` (items on offer) and ``spellings`` (its aliases, loaded). Two SQL queries
    when read. Raises `NotAllowed` for who keeps no catalog at all.
    """
    groups = actor.groups_with(Permission.MANAGE_CATALOG)
    if groups is not None and not groups:
        raise NotAllowed("Suppliers are kept by administrators; ask one for the permission.")
    rows = Supplier.objects.all()
    if words.strip():
        matching = SupplierAlias.objects.filter(spelling__icontains=words.strip())
        rows = rows.filter(
            Q(name__icontains=words.strip()) | Q(id__in=matching.values("supplier_id"))
        )
    return (
        rows.annotate(offers=Count("items", filter=Q(items__is_active=True)))
        .prefetch_related(
            Prefetch("aliases", SupplierAlias.objects.order_by("spelling"), to_attr="spellings")
        )
        .order_by("name", "id")
    )


def supplier_for(actor: Actor, supplier_id: UUID) -> Supplier:
    """Return a supplier as `suppliers_listed` does. Two SQL queries; raises `NotFound`."""
    found = suppliers_listed(actor).filter(id=supplier_id).first()
    if found is None:
        raise NotFound("There is no such supplier.")
    return found


def alias_for(actor: Actor, alias_id: UUID) -> SupplierAlias:
    """Return one spelling with its supplier. One SQL query; raises `NotFound`."""
    found = (
        SupplierAlias.objects.filter(id=alias_id, organization_id=actor.organization_id)
        .select_related("supplier")
        .first()
    )
    if found is None:
        raise NotFound("There is no such spelling.")
    return found
