"""How long an organization takes to decide."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from accounts.permissions import Permission, require
from accounts.selectors import root_group
from approvals.models import DecidingSettings
from approvals.selectors import deciding_settings
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock

MOST_HOURS = 2000
MOST_DAYS = 500


@dataclass(frozen=True, slots=True)
class DecidingTimes:
    """Working hours and working days; see `DecidingSettings`.

    0 hours before remind nobody, 0 days before warn nobody.
    """

    hours_to_decide: int
    remind_hours_before: int
    escalates: bool
    expire_after_days: int
    warn_days_before: int


def deciding_times_of(settings: DecidingSettings) -> DecidingTimes:
    """Return the times as they are kept."""
    return DecidingTimes(
        hours_to_decide=settings.hours_to_decide,
        remind_hours_before=settings.remind_hours_before,
        escalates=settings.escalates,
        expire_after_days=settings.expire_after_days,
        warn_days_before=settings.warn_days_before,
    )


@transaction.atomic
def change_deciding_settings(
    *, actor: Actor, times: DecidingTimes, now: datetime
) -> DecidingSettings:
    """Change how long decisions may take, for what opens from now on.

    Whether others are asked when time has run out, when people are reminded and when they are
    warned holds at once. Raises `DomainError` beside the field that is wrong.
    """
    root = root_group()
    require(actor, Permission.MANAGE_POLICIES, root)
    lock(Organization.objects.filter(id=actor.organization_id))
    _check(times)
    current = deciding_settings()
    before = asdict(deciding_times_of(current))
    changed = {name: value for name, value in asdict(times).items() if value != before[name]}
    if not changed:
        return current
    for name, value in changed.items():
        setattr(current, name, value)
    current.organization_id = actor.organization_id
    current.changed_at = now
    current.save()
    record(
        actor=actor,
        action=AuditAction.DECIDING_SETTINGS_CHANGED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        before={name: before[name] for name in changed},
        after=changed,
        now=now,
    )
    return current


def _check(times: DecidingTimes) -> None:
    if not 1 <= times.hours_to_decide <= MOST_HOURS:
        raise DomainError(f"From 1 to {MOST_HOURS} working hours.", field="hours_to_decide")
    if not 0 <= times.remind_hours_before < times.hours_to_decide:
        raise DomainError(
            "Fewer hours than there are to decide, or 0 to remind nobody.",
            field="remind_hours_before",
        )
    if not 1 <= times.expire_after_days <= MOST_DAYS:
        raise DomainError(f"From 1 to {MOST_DAYS} working days.", field="expire_after_days")
    if not 0 <= times.warn_days_before < times.expire_after_days:
        raise DomainError(
            "Fewer days than a request is kept open, or 0 to warn nobody.",
            field="warn_days_before",
        )
