"""Making many groups at once, as an import of departments and cost centres does."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.planning import NewGroup
from accounts.selectors import root_group
from accounts.services.placements import keep_group_history
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict

BATCH = 2_000


@transaction.atomic
def import_groups(*, actor: Actor, groups: Sequence[NewGroup], now: datetime) -> int:
    """Store planned groups, parents before children, and return how many.

    One event in the trail for all of them. Five SQL statements and one more for each 2,000 groups,
    none for none. Raises `Conflict` when somebody has made one of them in the meantime.
    """
    if not groups:
        return 0
    root = root_group()
    require(actor, Permission.MANAGE_GROUPS, root)
    require(actor, Permission.IMPORT_HISTORY, root)
    by_depth = sorted(groups, key=lambda group: len(group.path))
    try:
        with transaction.atomic():
            OrgGroup.objects.bulk_create(
                [
                    OrgGroup(
                        id=group.id,
                        organization_id=actor.organization_id,
                        parent_id=group.parent_id,
                        path=list(group.path),
                        name=group.name,
                        code=group.code,
                        kind=group.kind,
                    )
                    for group in by_depth
                ],
                batch_size=BATCH,
            )
    except IntegrityError as error:
        raise Conflict(
            "Somebody has made one of these groups in the meantime; run the import again."
        ) from error
    keep_group_history([group.id for group in groups], now=now)
    record(
        actor=actor,
        action=AuditAction.GROUPS_IMPORTED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        after={
            "groups": len(groups),
            "by_kind": {
                kind: sum(group.kind == kind for group in groups)
                for kind in sorted({group.kind for group in groups})
            },
        },
        now=now,
    )
    return len(groups)
