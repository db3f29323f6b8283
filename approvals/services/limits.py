"""How much somebody may agree to by themselves: setting it, and ending it."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import Membership
from accounts.permissions import Permission, require
from approvals.models import ApprovalLimit
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock

_ANY = "any amount"


@transaction.atomic
def set_approval_limit(
    *, actor: Actor, membership: Membership, amount: Decimal | None, now: datetime
) -> ApprovalLimit:
    """Say up to which amount somebody’s agreement counts; None stands for no upper limit.

    ``amount`` is in the organization's currency. Counts for what is asked from now on: a request on
    its way keeps whom it asks. The limit before it stays on record. Raises `DomainError` for an
    amount below zero, and where somebody would set their own.
    """
    _require(actor, membership)
    if amount is not None and amount < 0:
        raise DomainError("A limit is zero or more.", field="amount")
    lock(Membership.objects.filter(id=membership.id))
    before = _current(membership)
    if before is not None and before.amount == amount:
        return before
    if before is not None:
        _close(before, now)
    after = ApprovalLimit.objects.create(
        organization_id=actor.organization_id, membership=membership, amount=amount, since=now
    )
    _record(actor, AuditAction.APPROVAL_LIMIT_SET, membership, before, after, now)
    return after


@transaction.atomic
def end_approval_limit(
    *, actor: Actor, membership: Membership, now: datetime
) -> ApprovalLimit | None:
    """End somebody’s limit, so that no amount is covered; return it, or None where there was none.

    Raises `DomainError` where somebody would end their own.
    """
    _require(actor, membership)
    lock(Membership.objects.filter(id=membership.id))
    before = _current(membership)
    if before is None:
        return None
    _close(before, now)
    _record(actor, AuditAction.APPROVAL_LIMIT_ENDED, membership, before, None, now)
    return before


def _require(actor: Actor, membership: Membership) -> None:
    require(actor, Permission.MANAGE_PEOPLE, membership.group)
    if actor.id == membership.id:
        raise DomainError("Nobody sets their own limit; ask another administrator.")


def _current(membership: Membership) -> ApprovalLimit | None:
    return ApprovalLimit.objects.filter(membership=membership, until__isnull=True).first()


def _close(limit: ApprovalLimit, now: datetime) -> None:
    limit.until = now
    limit.save(update_fields=["until"])


def _record(
    actor: Actor,
    action: AuditAction,
    membership: Membership,
    before: ApprovalLimit | None,
    after: ApprovalLimit | None,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="approval_limit",
        subject_id=membership.id,
        subject_label=membership.user.name or membership.user.email,
        group_id=membership.group_id,
        before=_plain(before),
        after=_plain(after),
        now=now,
    )


def _plain(limit: ApprovalLimit | None) -> dict[str, Decimal | str] | None:
    return {"amount": _ANY if limit.amount is None else limit.amount} if limit else None
