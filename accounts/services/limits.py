"""Limits on what the holders of a role may order at once."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import OrgGroup, Role, RoleLimit
from accounts.permissions import Permission, require
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@transaction.atomic
def set_role_limit(
    *,
    actor: Actor,
    group: OrgGroup,
    amount: Decimal | None,
    role: str = Role.REQUISITIONER,
    now: datetime,
) -> RoleLimit | None:
    """Limit one order of a role's holders on a group and below; None takes the limit away.

    ``amount`` is in the organization's currency. Raises `DomainError` for one below zero.
    """
    require(actor, Permission.MANAGE_PEOPLE, group)
    if amount is not None and amount < 0:
        raise DomainError("A limit is zero or more.", field="amount")
    lock(OrgGroup.objects.filter(id=group.id))
    limits = RoleLimit.objects.filter(group=group, role=role)
    before = limits.first()
    if (before.amount if before else None) == amount:
        return before
    limits.delete()
    after = (
        RoleLimit.objects.create(
            organization_id=actor.organization_id, group=group, role=role, amount=amount, set_at=now
        )
        if amount is not None
        else None
    )
    record(
        actor=actor,
        action=AuditAction.ROLE_LIMIT_SET if after else AuditAction.ROLE_LIMIT_ENDED,
        subject_type="group",
        subject_id=group.id,
        subject_label=group.name,
        group_id=group.id,
        before={"amount": before.amount} if before else None,
        after={"role": role, "amount": amount},
        now=now,
    )
    return after
