"""The whole tree as a file has it, and the files that were uploaded to change it."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from accounts.effects import Effect, EffectKind
from accounts.models import OrgGroup, TreeImport
from accounts.tree_files import TreeGroup
from procurement.core.errors import NotFound


def whole_tree() -> list[TreeGroup]:
    """Return all groups, archived ones as well, each after the one it stands below.

    Siblings stand in the order of their names. One SQL query.
    """
    below: dict[UUID | None, list[TreeGroup]] = {}
    for group in as_tree(OrgGroup.objects.order_by("name", "id")):
        below.setdefault(group.parent_id, []).append(group)
    ordered: list[TreeGroup] = []
    waiting = list(below.get(None, ()))
    while waiting:
        group = waiting.pop()
        ordered.append(group)
        waiting.extend(reversed(below.get(group.id, ())))
    return ordered


def as_tree(groups: Iterable[OrgGroup]) -> list[TreeGroup]:
    """Return groups as files have them."""
    return [
        TreeGroup(
            id=group.id,
            parent_id=group.parent_id,
            name=group.name,
            code=group.code,
            kind=group.kind,
            starts_on=group.starts_on,
            ends_on=group.ends_on,
            is_active=group.is_active,
        )
        for group in groups
    ]


def tree_imports() -> QuerySet[TreeImport]:
    """Return the files that were uploaded, newest first, without what is in them."""
    return TreeImport.objects.defer("content", "plan").order_by("-created_at", "-id")


def tree_import_for(import_id: UUID) -> TreeImport:
    """Return an uploaded file with its plan. One SQL query; raises `NotFound`."""
    found = TreeImport.objects.defer("content").filter(id=import_id).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def effects_of(planned: TreeImport) -> list[Effect]:
    """Return what a file would change beside the groups themselves, as it was shown."""
    return [
        Effect(
            kind=EffectKind(one["kind"]),
            about=UUID(one["about"]),
            subject=one["subject"],
            sentence=one["sentence"],
            group_id=UUID(one["group_id"]) if one["group_id"] else None,
            amount=Decimal(one["amount"]) if one["amount"] else None,
        )
        for one in planned.plan["effects"]
    ]
