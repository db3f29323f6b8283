"""Categories, and the codes of other systems that are mapped to them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.selectors import root_group
from catalogs import unspsc
from catalogs.merchant_codes import segment_for
from catalogs.models import Category, CategoryMapping
from catalogs.selectors.categories import CategoryRef, categories_by_code, mapped_categories
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.locking import lock

LONGEST_NAME = 200
LONGEST_CODE = 60


@transaction.atomic
def load_segments(*, actor: Actor, now: datetime) -> int:
    """Add the UNSPSC segments that the product ships and return how many were missing."""
    return len(_ensure(actor, dict(unspsc.SEGMENTS), now))


@transaction.atomic
def ensure_categories(
    *, actor: Actor, names: Mapping[str, str], now: datetime
) -> dict[str, CategoryRef]:
    """Return the categories of codes, adding those that are missing under the names given.

    Names that are there already stay. One SQL query where all are known.
    """
    _ensure(actor, names, now)
    return categories_by_code(set(names))


@transaction.atomic
def map_code(
    *,
    actor: Actor,
    scheme: CategoryMapping.Scheme,
    source_code: str,
    source_name: str = "",
    category: Category,
    now: datetime,
) -> CategoryMapping:
    """Say which category a G/L account or a merchant category code stands for."""
    root = root_group()
    require(actor, Permission.MANAGE_CATALOG, root)
    lock(OrgGroup.objects.filter(id=root.id))
    current = (
        CategoryMapping.objects.filter(scheme=scheme, source_code=source_code)
        .select_related("category")
        .first()
    )
    before = {"category": current.category.code} if current else None
    if current is not None and current.category_id == category.id:
        return current
    mapping, _ = CategoryMapping.objects.update_or_create(
        organization_id=actor.organization_id,
        scheme=scheme,
        source_code=source_code,
        defaults={"category": category},
        create_defaults={"category": category, "source_name": source_name[:LONGEST_NAME]},
    )
    record(
        actor=actor,
        action=AuditAction.CODE_MAPPED,
        subject_type="category_mapping",
        subject_id=mapping.id,
        subject_label=f"{CategoryMapping.Scheme(scheme).label} {source_code}",
        group_id=root.id,
        before=before,
        after={"category": category.code},
        now=now,
    )
    return mapping


@transaction.atomic
def resolve_categories(
    *, actor: Actor, scheme: CategoryMapping.Scheme, names: Mapping[str, str], now: datetime
) -> dict[str, CategoryRef]:
    """Return the category of each code of a G/L chart or of merchant category codes.

    ``names`` holds the name of each code. A code that nobody has mapped is mapped now: a merchant
    category code to the UNSPSC segment that fits it, another to a category of its own, which an
    administrator can map better later (`map_code`). One SQL query where all are known.
    """
    require(actor, Permission.IMPORT_HISTORY, root_group())
    known = mapped_categories(scheme)
    missing = [code for code in names if code not in known]
    if not missing:
        return {code: known[code] for code in names}
    targets = {code: proposed_category(scheme, code, names[code]) for code in missing}
    refs = ensure_categories(actor=actor, names=dict(targets.values()), now=now)
    CategoryMapping.objects.bulk_create(
        [
            CategoryMapping(
                organization_id=actor.organization_id,
                scheme=scheme,
                source_code=code,
                source_name=names[code][:LONGEST_NAME],
                category_id=refs[target].category_id,
            )
            for code, (target, _name) in targets.items()
        ],
        ignore_conflicts=True,
    )
    known = mapped_categories(scheme)
    return {code: known[code] for code in names}


def proposed_category(scheme: CategoryMapping.Scheme, code: str, name: str) -> tuple[str, str]:
    """Return code and name of the category that an unmapped code of another system gets."""
    segment = segment_for(code) if scheme == CategoryMapping.Scheme.MCC else None
    if segment is not None:
        return segment, unspsc.SEGMENTS[segment]
    return f"{scheme}-{code}"[:LONGEST_CODE], name.strip()[:LONGEST_NAME] or f"{scheme} {code}"


def _ensure(actor: Actor, names: Mapping[str, str], now: datetime) -> dict[str, Category]:
    root = root_group()
    require(actor, Permission.IMPORT_HISTORY, root)
    if not names.keys() - categories_by_code(set(names)).keys():
        return {}
    lock(OrgGroup.objects.filter(id=root.id))
    missing = names.keys() - categories_by_code(set(names)).keys()
    if not missing:
        return {}
    added = _added(actor, {code: names[code] for code in sorted(missing)})
    record(
        actor=actor,
        action=AuditAction.CATEGORIES_IMPORTED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        after={"categories": sorted(added)},
        now=now,
    )
    return added


def _added(actor: Actor, names: Mapping[str, str]) -> dict[str, Category]:
    """Insert categories that are not there and hang each below its nearest stored ancestor.

    The caller holds the lock on the root group, so that no one adds a level in between meanwhile.
    """
    paths = {code: unspsc.lineage(code) for code in names}
    added = {
        code: Category(
            organization_id=actor.organization_id,
            code=code,
            level=unspsc.level_of(code),
            name=names[code].strip()[:LONGEST_NAME] or code,
            path=list(paths[code]),
        )
        for code in names
    }
    family = {step for path in paths.values() for step in path} - added.keys()
    stored = {row.code: row for row in Category.objects.filter(code__in=family)} | added
    for code in sorted(added, key=lambda one: len(paths[one])):
        above = [step for step in paths[code][:-1] if step in stored]
        added[code].parent = stored[above[-1]] if above else None
    Category.objects.bulk_create(sorted(added.values(), key=lambda row: len(row.path)))
    _adopt(added)
    return added


def _adopt(added: Mapping[str, Category]) -> None:
    """Hang what lies directly below new categories, and has hung higher up so far, below them."""
    below = Category.objects.filter(path__overlap=list(added)).exclude(code__in=added)
    moved = []
    for row in below.select_related("parent"):
        nearest = next(step for step in reversed(row.path[:-1]) if step in added)
        parent_code = row.parent.code if row.parent is not None else None
        if parent_code is None or row.path.index(parent_code) < row.path.index(nearest):
            row.parent = added[nearest]
            moved.append(row)
    Category.objects.bulk_update(moved, ["parent"])
