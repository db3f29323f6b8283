"""Carrying out what a file of groups changes, on every floor.

Its SQL does not grow with the number of groups: each sort of change is one statement.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.effects import Effect, GroupChangeKind
from accounts.models import Membership, OrgGroup
from accounts.selectors import root_group
from accounts.services.placements import keep_group_history
from accounts.services.restructuring.steps import (
    end_holdings,
    follow,
    planned_moves,
    rehome,
    snapshot,
)
from accounts.tree_files import Plan, Target
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy, writes
from procurement.core.actors import Actor

_BATCH = 2_000

# Siblings may swap names, and the index on names looks at each row by itself: for the time being
# every group is called by its id.
_FREE_NAMES = """
UPDATE accounts_orggroup SET name = id::text
WHERE organization_id = %(organization)s AND id = ANY(%(ids)s::uuid[])
"""
_DESCRIBE = """
UPDATE accounts_orggroup g
SET parent_id = t.parent_id, name = t.name, code = t.code, kind = t.kind,
    starts_on = t.starts_on, ends_on = t.ends_on
FROM unnest(
    %(ids)s::uuid[], %(parents)s::uuid[], %(names)s::text[], %(codes)s::text[], %(kinds)s::text[],
    %(starts)s::date[], %(ends)s::date[]
) AS t (id, parent_id, name, code, kind, starts_on, ends_on)
WHERE g.organization_id = %(organization)s AND g.id = t.id
"""
# Arrays of arrays must be rectangles, and ways are of any length: each comes as text.
_REPATH = """
UPDATE accounts_orggroup g SET path = t.path::uuid[]
FROM unnest(%(ids)s::uuid[], %(paths)s::text[]) AS t (id, path)
WHERE g.organization_id = %(organization)s AND g.id = t.id
"""


def carry_out(*, actor: Actor, plan: Plan, now: datetime) -> list[Effect]:
    """Change the tree as a plan without problems says; return what follows on every floor.

    The caller holds the tree, and has made the plan on it.
    """
    root = root_group()
    new = {one.id for one in plan.additions}
    touched = (plan.paths.keys() - new) | set(plan.closing)
    before = snapshot(OrgGroup.objects.in_bulk(sorted(touched)), now=now)
    known = OrgGroup.objects.in_bulk([one.id for one in plan.targets])
    blocked = planned_moves(plan.closing)
    OrgGroup.objects.filter(id__in=plan.closing).update(is_active=False, archived_at=now)
    _reshape(actor, plan, known)
    homes = _rehome(plan, now)
    if plan.closing:
        end_holdings(plan.closing, now=now)
    _record(actor, plan, before.groups | known, now)
    keep_group_history(new, now=now)
    if not touched:
        return [*blocked, *homes]
    return [
        *blocked,
        *homes,
        *follow(
            actor=actor,
            kind=GroupChangeKind.IMPORT,
            group=root,
            target=None,
            before=before,
            now=now,
        ),
    ]


def _reshape(actor: Actor, plan: Plan, known: dict[UUID, OrgGroup]) -> None:
    renamed = [
        one.id
        for one in plan.targets
        if (known[one.id].parent_id, known[one.id].name) != (one.parent_id, one.name)
    ]
    _execute(_FREE_NAMES, ids=renamed)
    OrgGroup.objects.bulk_create(
        [
            OrgGroup(
                id=one.id,
                organization_id=actor.organization_id,
                parent_id=one.parent_id,
                path=list(plan.paths[one.id]),
                name=one.name,
                code=one.code,
                kind=one.kind,
                starts_on=one.starts_on,
                ends_on=one.ends_on,
            )
            for one in plan.additions
        ],
        batch_size=_BATCH,
    )
    _describe(plan.targets)
    new = {one.id for one in plan.additions}
    repathed = {one: path for one, path in plan.paths.items() if one not in new}
    _execute(
        _REPATH,
        ids=list(repathed),
        paths=[f"{{{','.join(map(str, path))}}}" for path in repathed.values()],
    )


def _describe(targets: Sequence[Target]) -> None:
    _execute(
        _DESCRIBE,
        ids=[one.id for one in targets],
        parents=[one.parent_id for one in targets],
        names=[one.name for one in targets],
        codes=[one.code for one in targets],
        kinds=[one.kind for one in targets],
        starts=[one.starts_on for one in targets],
        ends=[one.ends_on for one in targets],
    )


def _execute(statement: str, *, ids: list[UUID], **parameters: Any) -> None:
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": tenancy.current(), "ids": ids, **parameters})


def _rehome(plan: Plan, now: datetime) -> list[Effect]:
    """Have the people of groups that close belong to the nearest one above that stays."""
    homes = set(
        Membership.objects.filter(group_id__in=plan.closing).values_list("group_id", flat=True)
    )
    if not homes:
        return []
    closing = set(plan.closing)
    leaving: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for group_id, path in OrgGroup.objects.filter(id__in=homes).values_list("id", "path"):
        above = next(one for one in reversed(path) if one not in closing)
        leaving[above].append(group_id)
    targets = OrgGroup.objects.filter(id__in=leaving).order_by("name", "id")
    return [effect for target in targets for effect in rehome(leaving[target.id], target, now=now)]


def _record(actor: Actor, plan: Plan, groups: dict[UUID, OrgGroup], now: datetime) -> None:
    """Have the trail tell the way of each group that was there: moved, changed or archived."""
    names = dict(OrgGroup.objects.values_list("id", "name")) if plan.moves else {}
    below = Counter(one for closed in plan.closing for one in groups[closed].path)
    with writes.batch():
        for move in plan.moves:
            parents = {"parent": names[move.from_id]}, {"parent": names[move.to_id]}
            _tell(actor, AuditAction.GROUP_MOVED, move.id, move.name, *parents, now)
        for change in plan.changes:
            was = {name: before for name, before, _ in change.fields}
            becomes = {name: after for name, _, after in change.fields}
            _tell(actor, AuditAction.GROUP_CHANGED, change.id, change.name, was, becomes, now)
        for top in plan.tops:
            after = {"groups": below[top]}
            _tell(actor, AuditAction.GROUP_ARCHIVED, top, groups[top].name, None, after, now)


def _tell(
    actor: Actor,
    action: AuditAction,
    group_id: UUID,
    name: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="group",
        subject_id=group_id,
        subject_label=name,
        group_id=group_id,
        before=before,
        after=after,
        now=now,
    )
