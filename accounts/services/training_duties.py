"""Training that has to be done: required of roles, acknowledged by people, reminded of by mail."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.actors import MemberActor
from accounts.models import (
    Membership,
    Organization,
    Role,
    TrainingAcknowledgement,
    TrainingPage,
    TrainingRequirement,
)
from accounts.notifying import Notice, NotificationEvent, counted
from accounts.permissions import Permission, require
from accounts.selectors import (
    DueRow,
    due_rows,
    last_read,
    latest_version,
    organization_by_id,
    requirement_of,
    root_group,
)
from accounts.services.notifying import notify
from accounts.services.training import record_training
from accounts.training import MOST_MONTHS
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.locking import lock
from procurement.outbox.selectors import keys_there

PER_RUN = 500


@transaction.atomic
def require_training(
    *,
    actor: Actor,
    page: TrainingPage,
    roles: Collection[str],
    before_buying: bool,
    every_months: int | None,
    required_from: date,
    now: datetime,
) -> TrainingRequirement:
    """Have the holders of roles read a page, from a day on; what was required before is replaced.

    Raises `DomainError` without a role, for months out of range, for a day that has gone (unless
    the page was required from that day already), and for a page that has been archived.
    """
    root = root_group()
    require(actor, Permission.MANAGE_PEOPLE, root)
    (current,) = lock(TrainingPage.objects.filter(id=page.id))
    before = requirement_of(current)
    today = local_date(now, organization_by_id(actor.organization_id).time_zone)
    _check(current, roles, every_months)
    if required_from < today and (before is None or before.required_from != required_from):
        raise DomainError("Choose today or a day to come.", field="required_from")
    terms = {
        "roles": [role for role in Role.values if role in roles],
        "before_buying": before_buying,
        "every_months": every_months,
        "required_from": required_from,
    }
    was = _terms(before) if before else None
    if before is not None:
        if was == terms:
            return before
        before.ended_at = now
        before.save(update_fields=["ended_at"])
    requirement = TrainingRequirement.objects.create(
        organization_id=actor.organization_id, page=current, created_at=now, **terms
    )
    record_training(
        actor,
        AuditAction.TRAINING_REQUIRED,
        current,
        now,
        before=was,
        after=terms,
        group_id=root.id,
    )
    return requirement


@transaction.atomic
def end_training_requirement(*, actor: Actor, page: TrainingPage, now: datetime) -> None:
    """Require a page no longer; who has read it stays on record."""
    root = root_group()
    require(actor, Permission.MANAGE_PEOPLE, root)
    (current,) = lock(TrainingPage.objects.filter(id=page.id))
    requirement = requirement_of(current)
    if requirement is None:
        return
    requirement.ended_at = now
    requirement.save(update_fields=["ended_at"])
    record_training(
        actor,
        AuditAction.TRAINING_REQUIREMENT_ENDED,
        current,
        now,
        before=_terms(requirement),
        group_id=root.id,
    )


@transaction.atomic
def acknowledge_training(
    *, actor: MemberActor, page: TrainingPage, number: int, now: datetime
) -> TrainingAcknowledgement:
    """Have the actor say that they have read a page in the version that they were shown.

    Every member may. Saying so twice on a day is once. Raises `Conflict` where another version has
    been published meanwhile, `NotFound` for a page that has been archived.
    """
    (member,) = lock(Membership.objects.filter(id=actor.membership_id))
    version = latest_version(page)
    if version.page.archived_at is not None:
        raise NotFound("This training page has been archived.")
    if version.number != number:
        raise Conflict(
            f"Version {version.number} was published while you were reading. Read that one, and "
            "press again."
        )
    zone = organization_by_id(actor.organization_id).time_zone
    last = last_read(actor, page)
    if (
        last is not None
        and last.version_id == version.id
        and local_date(last.acknowledged_at, zone) == local_date(now, zone)
    ):
        return last
    acknowledgement = TrainingAcknowledgement.objects.create(
        organization_id=actor.organization_id,
        membership=member,
        version=version,
        acknowledged_at=now,
    )
    record_training(
        actor,
        AuditAction.TRAINING_ACKNOWLEDGED,
        version.page,
        now,
        after={"version": version.number},
        group_id=member.group_id,
    )
    return acknowledgement


@transaction.atomic
def remind_of_training(*, actor: Actor, now: datetime) -> int:
    """Mail those whose training has been due since this week's Monday or longer; return how many.

    Each person once a calendar week of the organization, `PER_RUN` people at most at a time; the
    next run goes on. Six SQL queries, and one round trip for all mails.
    """
    organization = organization_by_id(actor.organization_id)
    today = local_date(now, organization.time_zone)
    monday = today - timedelta(days=today.weekday())
    due: defaultdict[str, list[DueRow]] = defaultdict(list)
    for row in due_rows(actor, on=today, time_zone=organization.time_zone, now=now):
        if row.since <= monday:
            due[f"training:{row.membership_id}:{monday}"].append(row)
    told = keys_there(due) if due else set()
    waiting = [key for key in due if key not in told][:PER_RUN]
    notices = [_reminder(organization, key, due[key]) for key in waiting]
    notify(organization_id=actor.organization_id, notices=notices, now=now)
    if waiting:
        record(
            actor=actor,
            action=AuditAction.TRAINING_REMINDED,
            subject_type="organization",
            subject_id=organization.id,
            subject_label=organization.name,
            group_id=root_group().id,
            after={"people": len(waiting)},
            now=now,
        )
    return len(waiting)


def _check(page: TrainingPage, roles: Collection[str], every_months: int | None) -> None:
    if page.archived_at is not None:
        raise DomainError("This page has been archived. Restore it before you require it.")
    if not roles or not set(roles) <= set(Role.values):
        raise DomainError("Choose who has to read it.", field="roles")
    if every_months is not None and not 1 <= every_months <= MOST_MONTHS:
        raise DomainError(
            f"Between 1 and {MOST_MONTHS} months, or nothing where once is enough.",
            field="every_months",
        )


def _terms(requirement: TrainingRequirement) -> dict[str, Any]:
    return {
        "roles": requirement.roles,
        "before_buying": requirement.before_buying,
        "every_months": requirement.every_months,
        "required_from": requirement.required_from,
    }


def _reminder(organization: Organization, key: str, rows: Sequence[DueRow]) -> Notice:
    return Notice(
        event=NotificationEvent.TRAINING_DUE,
        key=key,
        membership_id=rows[0].membership_id,
        email=rows[0].email,
        template="training_reminder",
        title=f"{counted(len(rows), 'training page')} to read",
        body=", ".join(row.page_title for row in rows),
        path=reverse("training:own", kwargs={"organization_slug": organization.slug}),
        context=_letter(organization, rows),
    )


def _letter(organization: Organization, rows: Sequence[DueRow]) -> dict[str, Any]:
    """Return what somebody is reminded of, as plain data for ``email/training_reminder``."""
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "name": rows[0].name,
        "pages": [
            {
                "title": row.page_title,
                "slug": row.page_slug,
                "is_blocking": row.is_blocking,
                "blocks_on": row.blocks_on,
            }
            for row in rows
        ],
        "is_blocking": any(row.is_blocking for row in rows),
    }
