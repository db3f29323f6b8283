"""Keeping duties apart: warned of when powers are given, accepted with a reason and a last day."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.duties import LONGEST_ACCEPTANCE_DAYS, DutyConflict
from accounts.effects import Effect, EffectKind
from accounts.models import DutyAcceptance, Membership, OrgGroup, RoleGrant
from accounts.permissions import Permission, require
from accounts.selectors import all_conflicts, organization_by_id, rows_of, standing_conflict
from accounts.services.rehearsal import agree, rehearse
from accounts.services.roles import grant_role
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.locking import lock


def duties_that_meet(known: AbstractSet[DutyConflict], *, now: datetime) -> list[Effect]:
    """Return an effect for each conflict of duties that was not ``known`` before a change.

    Six SQL queries at most, and those of the floors that ask for seats.
    """
    return [
        Effect(
            kind=EffectKind.DUTY_CONFLICT,
            about=row.person.membership_id,
            subject=row.person.name,
            sentence=row.sentence,
            group_id=row.group_id,
        )
        for row in rows_of(all_conflicts(now=now) - known)
    ]


def grant_agreed_role(
    *,
    actor: Actor,
    membership: Membership,
    group: OrgGroup,
    role: str,
    spending_limit: Decimal | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    seen: str | None,
    now: datetime,
) -> RoleGrant:
    """Grant a role as `grant_role` does, knowing which duties then meet in one person.

    ``seen`` is the fingerprint of the effects that were shown before (`preview_grant`). Raises
    `Conflict` where they have become others.
    """
    terms = (spending_limit, starts_at, ends_at)
    grant, _ = _grant(actor, membership, group, role, terms, seen, now)
    return grant


def preview_grant(
    *,
    actor: Actor,
    membership: Membership,
    group: OrgGroup,
    role: str,
    spending_limit: Decimal | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    now: datetime,
) -> list[Effect]:
    """Return which duties would meet in one person by a role; nothing stays changed."""
    terms = (spending_limit, starts_at, ends_at)
    return rehearse(lambda: _grant(actor, membership, group, role, terms, None, now)[1])


@transaction.atomic
def accept_duty_conflict(
    *,
    actor: Actor,
    membership: Membership,
    group: OrgGroup,
    kind: str,
    reason: str,
    until_on: date,
    now: datetime,
) -> DutyAcceptance:
    """Accept a conflict of duties up to and including a day; then it stands again.

    An acceptance that is already there is replaced. Raises `DomainError` without a reason, for
    a day that has gone or is more than a year away, and for one's own conflict; `NotFound` where it
    does not hold.
    """
    require(actor, Permission.MANAGE_PEOPLE, group)
    today = local_date(now, organization_by_id(actor.organization_id).time_zone)
    _check(actor, membership, reason, until_on, today)
    lock(Membership.objects.filter(id=membership.id))
    standing_conflict(
        actor, membership_id=membership.id, group_id=group.id, kind=kind, on=today, now=now
    )
    DutyAcceptance.objects.filter(
        membership=membership, group=group, kind=kind, ended_at__isnull=True
    ).update(ended_at=now)
    acceptance = DutyAcceptance.objects.create(
        organization_id=actor.organization_id,
        membership=membership,
        group=group,
        kind=kind,
        reason=reason.strip(),
        until_on=until_on,
        accepted_by=actor.label,
        accepted_at=now,
    )
    _record(actor, AuditAction.DUTY_ACCEPTED, acceptance, now)
    return acceptance


@transaction.atomic
def reopen_duty_conflict(*, actor: Actor, acceptance: DutyAcceptance, now: datetime) -> None:
    """Take an acceptance back: from now on the conflict stands again."""
    require(actor, Permission.MANAGE_PEOPLE, acceptance.group)
    (current,) = lock(
        DutyAcceptance.objects.filter(id=acceptance.id).select_related("membership__user", "group")
    )
    if current.ended_at is not None:
        return
    current.ended_at = now
    current.save(update_fields=["ended_at"])
    _record(actor, AuditAction.DUTY_REOPENED, current, now)


@transaction.atomic
def _grant(
    actor: Actor,
    membership: Membership,
    group: OrgGroup,
    role: str,
    terms: tuple[Decimal | None, datetime | None, datetime | None],
    seen: str | None,
    now: datetime,
) -> tuple[RoleGrant, list[Effect]]:
    """Grant a role and tell the conflicts that come with it, from the day on that it holds."""
    spending_limit, starts_at, ends_at = terms
    begins = max(starts_at or now, now)
    known = all_conflicts(now=begins)
    grant = grant_role(
        actor=actor,
        membership=membership,
        group=group,
        role=role,
        spending_limit=spending_limit,
        starts_at=starts_at,
        ends_at=ends_at,
        now=now,
    )
    effects = duties_that_meet(known, now=begins)
    agree(effects, seen=seen)
    return grant, effects


def _check(actor: Actor, membership: Membership, reason: str, until_on: date, today: date) -> None:
    if actor.id == membership.id:
        raise DomainError("Nobody accepts a conflict of their own; ask another administrator.")
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    if until_on < today:
        raise DomainError("Choose today or a day to come.", field="until_on")
    if until_on > today + timedelta(days=LONGEST_ACCEPTANCE_DAYS):
        raise DomainError(
            "Choose a day within a year; it can be accepted again then.", field="until_on"
        )


def _record(actor: Actor, action: AuditAction, acceptance: DutyAcceptance, now: datetime) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=acceptance.membership_id,
        subject_label=acceptance.membership.user.name,
        group_id=acceptance.group_id,
        after={
            "kind": acceptance.kind,
            "group": acceptance.group.name,
            "until_on": acceptance.until_on,
        },
        reason=acceptance.reason,
        now=now,
    )
