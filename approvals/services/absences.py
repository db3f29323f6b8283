"""Being away: having somebody decide for somebody else, and ending it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission, require
from approvals.absence import leads_back
from approvals.models import AbsenceFeed, Delegation, DelegationGroup
from approvals.models.request import is_active
from approvals.selectors import delegation_for, deputies_now
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class AbsenceTerms:
    """From when until when somebody is away, and what their deputy may decide.

    ``groups`` stand for themselves and everything below, none for all; ``up_to`` is in the
    organization's currency, None for any amount.
    """

    starts_at: datetime
    ends_at: datetime
    groups: tuple[OrgGroup, ...] = ()
    up_to: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DelegationSet:
    """A delegation that was set, with what somebody should know about it, if anything."""

    delegation: Delegation
    warning: str


@transaction.atomic
def set_delegation(
    *,
    actor: Actor,
    membership: Membership,
    deputy: Membership,
    terms: AbsenceTerms,
    now: datetime,
) -> DelegationSet:
    """Have a deputy decide for somebody while they are away; they themselves still may.

    Everybody sets their own; for others it takes the permission to manage the people of their
    group. Counts from now on at the earliest, for what waits already, too. Of several at a time the
    newest counts. Raises `DomainError` beside the field in question.
    """
    is_own = actor.id == membership.id
    if not is_own:
        require(actor, Permission.MANAGE_PEOPLE, membership.group)
    source = Delegation.Source.SELF if is_own else Delegation.Source.ADMINISTRATOR
    held = hold([membership.id, deputy.id])
    _check(held[membership.id], held[deputy.id], terms, now)
    delegation = write_delegation(
        actor=actor, membership=membership, deputy=deputy, terms=terms, source=source, now=now
    )
    return DelegationSet(delegation, _warning(delegation))


@transaction.atomic
def end_delegation(*, actor: Actor, delegation_id: UUID, now: datetime) -> Delegation:
    """End somebody's absence at once, or call off one that is to come; again changes nothing.

    By themselves, or by whoever manages the people of their group. Raises `NotFound`.
    """
    found = delegation_for(actor, delegation_id)
    (delegation,) = lock(
        Delegation.objects.filter(id=found.id).select_related("membership__user", "deputy__user")
    )
    if delegation.ended_at is None and delegation.ends_at > now:
        close_delegation(actor, delegation, now=now)
    return delegation


@transaction.atomic
def end_delegations_of(*, actor: Actor, membership_id: UUID, now: datetime) -> list[Delegation]:
    """End every delegation from and to somebody who loses access or moves; return those.

    Called where the change itself has been found to be allowed.
    """
    ended = lock(
        Delegation.objects.filter(
            Q(membership_id=membership_id) | Q(deputy_id=membership_id),
            ended_at__isnull=True,
            ends_at__gt=now,
        ).select_related("membership__user", "deputy__user")
    )
    for delegation in ended:
        close_delegation(actor, delegation, now=now)
    return ended


def hold(membership_ids: Collection[UUID]) -> dict[UUID, Membership]:
    """Lock members, so that nobody loses access meanwhile; return them as they are now."""
    members = Membership.objects.filter(id__in=membership_ids).select_related("user")
    return {member.id: member for member in lock(members)}


def write_delegation(
    *,
    actor: Actor,
    membership: Membership,
    deputy: Membership,
    terms: AbsenceTerms,
    source: Delegation.Source,
    feed: AbsenceFeed | None = None,
    uid: str = "",
    now: datetime,
) -> Delegation:
    """Write a delegation that was found to be allowed, and have its deputy told what waits."""
    delegation = Delegation.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        membership=membership,
        deputy=deputy,
        # Nobody has decided for somebody else before this was set.
        starts_at=max(terms.starts_at, now),
        ends_at=terms.ends_at,
        up_to=terms.up_to,
        reason=terms.reason.strip(),
        source=source,
        set_by=actor.label,
        feed=feed,
        uid=uid,
        created_at=now,
    )
    DelegationGroup.objects.bulk_create(
        DelegationGroup(
            organization_id=actor.organization_id, delegation=delegation, group_id=group_id
        )
        for group_id in {group.id: group for group in terms.groups}
    )
    _record(actor, AuditAction.DELEGATION_SET, delegation, terms.groups, now)
    jobs.enqueue_on_commit(
        "approvals.ask_deputies", organization_id=str(delegation.organization_id)
    )
    return delegation


def close_delegation(actor: Actor, delegation: Delegation, *, now: datetime) -> None:
    """End a locked delegation that was found to be theirs to end. Two SQL statements."""
    delegation.ended_at = now
    delegation.save(update_fields=["ended_at"])
    _record(actor, AuditAction.DELEGATION_ENDED, delegation, (), now)


def _check(membership: Membership, deputy: Membership, terms: AbsenceTerms, now: datetime) -> None:
    if membership.id == deputy.id:
        raise DomainError("Nobody stands in for themselves; choose somebody else.", field="deputy")
    if not is_active(membership):
        raise DomainError(f"{_name(membership)} has no access.", field="membership")
    if not is_active(deputy):
        raise DomainError(f"{_name(deputy)} has no access; choose somebody else.", field="deputy")
    if terms.ends_at <= terms.starts_at:
        raise DomainError("The last day comes before the first.", field="ends_at")
    if terms.ends_at <= now:
        raise DomainError("This time is over; choose a last day to come.", field="ends_at")
    if terms.up_to is not None and terms.up_to < 0:
        raise DomainError("An amount is zero or more.", field="up_to")
    if not all(group.is_active for group in terms.groups):
        raise DomainError("One of these groups is closed; choose others.", field="groups")


def _warning(delegation: Delegation) -> str:
    """Say what is odd about a delegation that is allowed all the same, or nothing."""
    starts_at = delegation.starts_at
    later = deputies_now([delegation.deputy_id], starts_at)
    if not leads_back(delegation.membership_id, delegation.deputy_id, later.absences, starts_at):
        return ""
    name, other = _name(delegation.deputy), _name(delegation.membership)
    return (
        f"{name} is away then, too, and only {other} stands in for them. "
        f"{name} will be asked all the same."
    )


def _record(
    actor: Actor,
    action: AuditAction,
    delegation: Delegation,
    groups: Iterable[OrgGroup],
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="delegation",
        subject_id=delegation.id,
        subject_label=_name(delegation.membership),
        group_id=delegation.membership.group_id,
        after={
            "deputy": _name(delegation.deputy),
            "starts_at": delegation.starts_at.isoformat(),
            "ends_at": delegation.ends_at.isoformat(),
            "groups": [group.name for group in groups],
            "up_to": delegation.up_to,
            "source": str(delegation.source),
        },
        reason=delegation.reason,
        now=now,
    )


def _name(membership: Membership) -> str:
    return membership.user.name or membership.user.email
