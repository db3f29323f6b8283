"""The tree as a file."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from accounts.permissions import Permission, require
from accounts.selectors import root_group, whole_tree
from accounts.tree_files import HEAD, line_of
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.files import csv_file


@transaction.atomic
def export_tree(*, actor: Actor, now: datetime) -> Iterator[bytes]:
    """Return all groups as a CSV file; uploaded again, it changes nothing.

    The trail says that it was downloaded. Three SQL statements, however many groups there are.
    """
    root = root_group()
    require(actor, Permission.VIEW_GROUP, root)
    tree = whole_tree()
    record(
        actor=actor,
        action=AuditAction.TREE_EXPORTED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        after={"groups": len(tree)},
        now=now,
    )
    return csv_file(HEAD, (line_of(group) for group in tree))
