"""Uploading a file of groups, and applying it once it has been looked over."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.effects import Effect, fingerprint, is_blocked
from accounts.models import OrgGroup, TreeImport
from accounts.permissions import Permission, require
from accounts.selectors import as_tree, root_group
from accounts.services.rehearsal import agree, rehearse
from accounts.services.tree_imports.applying import carry_out
from accounts.services.tree_imports.telling import counts_of, told
from accounts.tree_files import Plan, TreeGroup, digest_of, plan, read
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.ids import new_id
from procurement.core.locking import hold_tree, lock


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file would change in the tree as it is, and what follows from it."""

    digest: str
    tree: list[TreeGroup]
    plan: Plan
    effects: list[Effect]


@transaction.atomic
def plan_tree_import(
    *,
    actor: Actor,
    file_name: str,
    content: str,
    archive_missing: bool = False,
    now: datetime,
) -> TreeImport:
    """Keep a file of groups with all that it would change; the tree stays as it is.

    ``archive_missing`` archives the groups that the file leaves out. Raises `DomainError` for what
    is no table of groups; problems of single lines stand in the plan.
    """
    root = _require(actor)
    look = rehearse(lambda: _look(actor, content, archive_missing=archive_missing, now=now))
    planned = TreeImport.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        file_name=file_name[:300],
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        tree_digest=look.digest,
        plan=_plan_of(look, archive_missing=archive_missing),
        created_by=actor.label[:200],
        created_at=now,
    )
    _record(actor, AuditAction.TREE_IMPORT_PLANNED, planned, root, now)
    return planned


@transaction.atomic
def renew_tree_import(*, actor: Actor, import_id: UUID, now: datetime) -> TreeImport:
    """Plan a file anew, on the tree as it is by now. Raises `Conflict` once it is done with."""
    root = _require(actor)
    hold_tree(actor.organization_id)
    planned = _waiting(import_id)
    archive_missing = bool(planned.plan["archive_missing"])
    look = rehearse(lambda: _look(actor, planned.content, archive_missing=archive_missing, now=now))
    planned.tree_digest = look.digest
    planned.plan = _plan_of(look, archive_missing=archive_missing)
    planned.save(update_fields=["tree_digest", "plan"])
    _record(actor, AuditAction.TREE_IMPORT_PLANNED, planned, root, now)
    return planned


def apply_tree_import(
    *, actor: Actor, import_id: UUID, seen: str | None = None, now: datetime
) -> TreeImport:
    """Make of the tree what a planned file says, with every floor following; all of it or nothing.

    ``seen`` is the fingerprint of the effects that were shown, by default of those that the plan
    tells. Raises `DomainError` where the file
    has problems or something stands in the way, and `Conflict` where the tree or the effects have
    become others since, or the file has been applied.
    """
    with transaction.atomic():
        root = _require(actor)
        hold_tree(actor.organization_id)
        planned = _waiting(import_id)
        tree = as_tree(lock(OrgGroup.objects.all()))
        if digest_of(tree) != planned.tree_digest:
            raise Conflict(
                "The groups have changed since this file was compared with them. Compare it "
                "again, then decide."
            )
        look = _look(
            actor,
            planned.content,
            archive_missing=bool(planned.plan["archive_missing"]),
            tree=tree,
            now=now,
        )
        if look.plan.problems:
            raise DomainError("Nothing is changed while lines of the file have problems.")
        if look.plan.changes_nothing:
            raise DomainError("There is nothing to change: the groups are as the file says.")
        agree(look.effects, seen=seen or str(planned.plan["seen"]))
        planned.status = TreeImport.Status.APPLIED
        planned.applied_at = now
        planned.save(update_fields=["status", "applied_at"])
        _record(actor, AuditAction.TREE_IMPORTED, planned, root, now)
    return planned


@transaction.atomic
def discard_tree_import(*, actor: Actor, import_id: UUID, now: datetime) -> TreeImport:
    """Put a planned file aside. Raises `Conflict` once it is done with."""
    root = _require(actor)
    planned = _waiting(import_id)
    planned.status = TreeImport.Status.DISCARDED
    planned.save(update_fields=["status"])
    _record(actor, AuditAction.TREE_IMPORT_DISCARDED, planned, root, now)
    return planned


def _require(actor: Actor) -> OrgGroup:
    root = root_group()
    require(actor, Permission.MANAGE_GROUPS, root)
    return root


def _waiting(import_id: UUID) -> TreeImport:
    found = lock(TreeImport.objects.filter(id=import_id))
    if not found:
        raise NotFound("There is no such file.")
    if found[0].status != TreeImport.Status.PLANNED:
        raise Conflict(f"This file is {found[0].get_status_display().lower()} already.")
    return found[0]


def _look(
    actor: Actor,
    content: str,
    *,
    archive_missing: bool,
    tree: list[TreeGroup] | None = None,
    now: datetime,
) -> _Look:
    """Carry a file out on the tree as it is; what has problems is only compared with it."""
    if tree is None:
        hold_tree(actor.organization_id)
        tree = as_tree(OrgGroup.objects.all())
    made = plan(tree, read(content), archive_missing=archive_missing, new_id=new_id)
    if made.closing:
        require(actor, Permission.MANAGE_PEOPLE, root_group())
    is_sound = not (made.problems or made.changes_nothing)
    effects = carry_out(actor=actor, plan=made, now=now) if is_sound else []
    return _Look(digest_of(tree), tree, made, effects)


def _plan_of(look: _Look, *, archive_missing: bool) -> dict[str, Any]:
    return {
        **told(look.plan, look.tree, look.effects),
        "archive_missing": archive_missing,
        "seen": fingerprint(look.effects),
        "is_blocked": is_blocked(look.effects),
        "counts": counts_of(look.plan),
    }


def _record(
    actor: Actor, action: AuditAction, planned: TreeImport, root: OrgGroup, now: datetime
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="tree_import",
        subject_id=planned.id,
        subject_label=planned.file_name,
        group_id=root.id,
        after={**planned.plan["counts"], "digest": planned.digest},
        now=now,
    )
