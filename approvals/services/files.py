"""Policies out as a file, and from a file into force: all of it, or nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.permissions import Permission
from accounts.selectors import root_group
from approvals.models import PolicyVersion
from approvals.policy_files import write
from approvals.selectors.files import import_plan, policies_to_write
from approvals.services.policies import publish_policy
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound


@transaction.atomic
def export_policies(
    *, actor: Actor, group_id: UUID | None = None, number: int | None = None, now: datetime
) -> str:
    """Return policies as YAML: the last version of each, or one version of a group's own.

    Raises `NotAllowed` for an actor who may write no policy, and `NotFound` where a group that is
    named has none that is theirs to write. The trail says that it was downloaded.
    """
    _require_somewhere(actor)
    written, names = policies_to_write(actor, group_id, number)
    if group_id is not None and not written:
        raise NotFound("There is no such policy.")
    root = root_group()
    _record(actor, AuditAction.POLICIES_EXPORTED, len(written), "", now)
    return write(written, names, root.name)


@transaction.atomic
def import_policies(
    *,
    actor: Actor,
    text: str,
    reason: str,
    seen: str | None = None,
    accepted: str = "",
    now: datetime,
) -> list[PolicyVersion]:
    """Publish what a file changes as the next versions, in one transaction; returns them.

    ``accepted`` says why in spite of dead ends.
    Raises `DomainError` where the file has problems or changes nothing, `Conflict` where ``seen``
    (of an `ImportPlan`) stands for something else by now, and what `publish_policy` raises.
    """
    _require_somewhere(actor)
    plan = import_plan(actor, text)
    if plan.problems:
        first = plan.problems[0]
        raise DomainError(f"Line {first.line}: {first.sentence}")
    if not plan.changed:
        raise DomainError("Nothing would change: every policy is as the file says already.")
    if seen is not None and seen != plan.seen:
        raise Conflict(
            "A policy has been published since you looked at what would change. Look again."
        )
    versions = [
        publish_policy(
            actor=actor,
            group=one.group,
            name=one.name,
            document=one.document,
            reason=reason,
            based_on=one.last_number,
            accepted=accepted,
            now=now,
        )
        for one in plan.changed
    ]
    _record(actor, AuditAction.POLICIES_IMPORTED, len(versions), reason.strip(), now)
    return versions


def _require_somewhere(actor: Actor) -> None:
    if actor.groups_with(Permission.MANAGE_POLICIES) == frozenset():
        raise NotAllowed("This takes the permission to write policies; an administrator grants it.")


def _record(actor: Actor, action: AuditAction, count: int, reason: str, now: datetime) -> None:
    root = root_group()
    record(
        actor=actor,
        action=action,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        after={"policies": count},
        reason=reason,
        now=now,
    )
