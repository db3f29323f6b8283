"""Suppliers, and which spellings of a name belong to whom."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.permissions import Permission, require
from accounts.selectors import root_group
from catalogs.models import Supplier, SupplierAlias
from catalogs.selectors.suppliers import (
    suppliers_by_exact_spelling,
    suppliers_by_key,
    suppliers_by_spelling,
)
from catalogs.spelling import key_of, name_for, own_key_of, stored
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock


@transaction.atomic
def upsert_supplier(*, actor: Actor, name: str, contact_email: str = "", now: datetime) -> Supplier:
    """Return the supplier that a name belongs to, added when it is new.

    An address that is given replaces the one kept. Raises `DomainError` for a blank name.
    """
    root = root_group()
    require(actor, Permission.MANAGE_CATALOG, root)
    name = stored(name)
    if not name:
        raise DomainError("Give the supplier a name.", field="name")
    known = suppliers_by_spelling([name]).get(name)
    supplier_id = known or _fold_new(actor, [name], now)[name]
    (supplier,) = lock(Supplier.objects.filter(id=supplier_id))
    before = {"contact_email": supplier.contact_email}
    if contact_email and contact_email != supplier.contact_email:
        supplier.contact_email = contact_email
        supplier.save(update_fields=["contact_email"])
    elif known is not None:
        return supplier
    record(
        actor=actor,
        action=AuditAction.SUPPLIER_ADDED if known is None else AuditAction.SUPPLIER_CHANGED,
        subject_type="supplier",
        subject_id=supplier.id,
        subject_label=supplier.name,
        group_id=root.id,
        before=None if known is None else before,
        after={"name": supplier.name, "contact_email": supplier.contact_email},
        now=now,
    )
    return supplier


@transaction.atomic
def change_supplier(
    *,
    actor: Actor,
    supplier: Supplier,
    name: str,
    contact_email: str,
    status: Supplier.Status,
    now: datetime,
) -> Supplier:
    """Change what is kept of a supplier; the items of a suspended one are no longer offered.

    The name is what pages show: no spelling changes hands by it. Raises `DomainError` when blank.
    """
    root = root_group()
    require(actor, Permission.MANAGE_CATALOG, root)
    if not name.strip():
        raise DomainError("Give the supplier a name.", field="name")
    (current,) = lock(Supplier.objects.filter(id=supplier.id))
    before = _kept_of(current)
    current.name = stored(name)
    current.contact_email = contact_email
    current.status = Supplier.Status(status)
    after = _kept_of(current)
    if after == before:
        return current
    current.save(update_fields=["name", "contact_email", "status"])
    record(
        actor=actor,
        action=AuditAction.SUPPLIER_CHANGED,
        subject_type="supplier",
        subject_id=current.id,
        subject_label=current.name,
        group_id=root.id,
        before=before,
        after=after,
        now=now,
    )
    return current


@transaction.atomic
def resolve_suppliers(*, actor: Actor, spellings: Iterable[str], now: datetime) -> dict[str, UUID]:
    """Return the supplier of each spelling, adding those that nobody has written before.

    A spelling that was put somewhere by hand stays there. Blank spellings are left out. Five SQL
    statements for any number of spellings, one where all are known, and one more for the trail.
    """
    root = root_group()
    require(actor, Permission.IMPORT_HISTORY, root)
    wanted = {spelling for spelling in spellings if spelling.strip()}
    found = suppliers_by_exact_spelling(wanted)
    missing = sorted(wanted - found.keys())
    if not missing:
        return found
    found |= _fold_new(actor, missing, now)
    record(
        actor=actor,
        action=AuditAction.SUPPLIERS_IMPORTED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        after={
            "spellings": len(missing),
            "suppliers": len({found[spelling] for spelling in missing}),
        },
        now=now,
    )
    return found


def _fold_new(actor: Actor, spellings: list[str], now: datetime) -> dict[str, UUID]:
    """Put spellings that are not written down with the suppliers that they fold to.

    Another import may do the same at this moment: whoever comes second takes over what is there.
    """
    by_key: dict[str, list[str]] = {}
    for spelling in spellings:
        by_key.setdefault(key_of(spelling), []).append(spelling)
    suppliers = suppliers_by_key(by_key)
    new = [
        Supplier(
            organization_id=actor.organization_id,
            name=name_for(by_key[key]),
            fold_key=key,
            created_at=now,
        )
        for key in by_key
        if key not in suppliers
    ]
    if new:
        Supplier.objects.bulk_create(new, ignore_conflicts=True, batch_size=2000)
        suppliers = suppliers_by_key(by_key)
    SupplierAlias.objects.bulk_create(
        [
            SupplierAlias(
                organization_id=actor.organization_id,
                supplier_id=suppliers[key],
                spelling=spelling,
                folded_by=SupplierAlias.FoldedBy.AUTOMATIC,
                folded_at=now,
            )
            for key, of_key in by_key.items()
            for spelling in sorted({stored(one) for one in of_key})
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
    return suppliers_by_exact_spelling(spellings)


@transaction.atomic
def fold_spelling(
    *, actor: Actor, alias: SupplierAlias, into: Supplier, now: datetime
) -> SupplierAlias:
    """Put a spelling with another supplier by hand; no import takes it away again."""
    return _move(actor, alias, into, AuditAction.SUPPLIER_SPELLING_FOLDED, now)


@transaction.atomic
def unfold_spelling(*, actor: Actor, alias: SupplierAlias, now: datetime) -> Supplier:
    """Split a spelling off to a supplier of its own, from where it can be folded back.

    Orders placed before stay with the supplier they were placed with. Raises `DomainError` when it
    is its supplier's only spelling.
    """
    require(actor, Permission.MANAGE_CATALOG, root_group())
    others = SupplierAlias.objects.filter(supplier_id=alias.supplier_id).exclude(id=alias.id)
    if not others.exists():
        raise DomainError(f"“{alias.spelling}” is this supplier's only spelling already.")
    own, _ = Supplier.objects.get_or_create(
        organization_id=actor.organization_id,
        fold_key=own_key_of(alias.spelling),
        defaults={"id": new_id(), "name": alias.spelling, "created_at": now},
    )
    _move(actor, alias, own, AuditAction.SUPPLIER_SPELLING_UNFOLDED, now)
    return own


def _move(
    actor: Actor, alias: SupplierAlias, into: Supplier, action: AuditAction, now: datetime
) -> SupplierAlias:
    root = root_group()
    require(actor, Permission.MANAGE_CATALOG, root)
    (current,) = lock(SupplierAlias.objects.filter(id=alias.id).select_related("supplier"))
    if current.supplier_id == into.id:
        return current
    before = current.supplier.name
    current.supplier = into
    current.folded_by = SupplierAlias.FoldedBy.MANUAL
    current.folded_at = now
    current.save(update_fields=["supplier", "folded_by", "folded_at"])
    record(
        actor=actor,
        action=action,
        subject_type="supplier",
        subject_id=into.id,
        subject_label=into.name,
        group_id=root.id,
        before={"spelling": current.spelling, "supplier": before},
        after={"spelling": current.spelling, "supplier": into.name},
        now=now,
    )
    return current


def _kept_of(supplier: Supplier) -> dict[str, str]:
    return {
        "name": supplier.name,
        "contact_email": supplier.contact_email,
        "status": str(supplier.status),
    }
