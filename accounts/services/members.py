"""What is known of a member beside their roles: job title, site and manager."""

from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from accounts.permissions import Permission, require
from accounts.selectors import managers_above
from accounts.services.placements import keep_member_history
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@transaction.atomic
def change_member(
    *,
    actor: Actor,
    membership: Membership,
    title: str,
    site: str,
    manager: Membership | None,
    now: datetime,
) -> Membership:
    """Change a member's job title, site and manager; orders that wait stay with whom they asked.

    Raises `DomainError` where the line of managers would come round again.
    """
    require(actor, Permission.MANAGE_PEOPLE, membership.group)
    (current,) = lock(
        Membership.objects.filter(id=membership.id).select_related("user", "manager__user", "group")
    )
    before = _description(current)
    if manager is not None and manager.id != current.manager_id:
        check_manager(current, manager)
    current.title, current.site = title.strip(), site.strip()
    current.manager = manager
    after = _description(current)
    if before == after:
        return current
    current.save(update_fields=["title", "site", "manager"])
    keep_member_history([current.id], now=now)
    record(
        actor=actor,
        action=AuditAction.MEMBER_CHANGED,
        subject_type="membership",
        subject_id=current.id,
        subject_label=current.user.name,
        group_id=current.group_id,
        before=before,
        after=after,
        now=now,
    )
    return current


def check_manager(member: Membership, manager: Membership) -> None:
    """Raise `DomainError` where somebody cannot be a member's manager."""
    name = manager.user.name or manager.user.email
    if manager.id == member.id:
        raise DomainError("Nobody reports to themselves; choose somebody else.", field="manager")
    if manager.status != Membership.Status.ACTIVE:
        raise DomainError(f"{name} has no access; choose somebody else.", field="manager")
    if member.id in managers_above(manager.id):
        raise DomainError(
            f"{name} reports to {member.user.name}, directly or through others; choose somebody "
            "else.",
            field="manager",
        )


def _description(member: Membership) -> dict[str, str]:
    manager = member.manager
    return {
        "title": member.title,
        "site": member.site,
        "manager": (manager.user.name or manager.user.email) if manager else "",
    }
