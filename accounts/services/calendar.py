"""The working calendar of an organization: its hours, its public holidays and days of its own."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import CalendarDay, Organization, OrgGroup, WorkingCalendar
from accounts.permissions import Permission, require
from accounts.public_holidays import is_country, subdivisions
from accounts.selectors import calendar_days, root_group, working_calendar
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotFound
from procurement.core.locking import lock

_WEEKDAYS = range(1, 8)
_LEAST = timedelta(hours=1)
MOST_DAYS = 500


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The weekdays (ISO numbers) and local hours, and whose public holidays are kept."""

    weekdays: tuple[int, ...]
    opens: time
    closes: time
    country: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day of the organization's own: free, or worked although it would not be."""

    on: date
    name: str
    is_working: bool = False


def working_hours_of(calendar: WorkingCalendar) -> WorkingHours:
    """Return the hours as they are kept."""
    return WorkingHours(
        weekdays=tuple(calendar.weekdays),
        opens=calendar.opens,
        closes=calendar.closes,
        country=calendar.country,
        subdivision=calendar.subdivision,
    )


@transaction.atomic
def change_calendar(
    *,
    actor: Actor,
    hours: WorkingHours,
    days: Sequence[OwnDay] | None = None,
    now: datetime,
) -> WorkingCalendar:
    """Change when the organization works; ``days`` take the place of all days of its own.

    It counts for what opens from now on: due times that are running stay. Raises `DomainError`
    beside the field that is wrong.
    """
    root = _lock_calendar(actor)
    _check(hours)
    current = working_calendar()
    before = _as_kept(working_hours_of(current), calendar_days())
    for name, value in asdict(hours).items():
        setattr(current, name, value)
    current.weekdays = sorted(set(hours.weekdays))
    if days is not None:
        _replace_days(actor, days)
    after = _as_kept(working_hours_of(current), calendar_days())
    if before == after:
        return current
    current.organization_id = actor.organization_id
    current.changed_at = now
    current.save()
    _record(actor, root, before, after, now)
    return current


@transaction.atomic
def set_calendar_day(*, actor: Actor, day: OwnDay, now: datetime) -> CalendarDay:
    """Keep a day free, or work on it although it would be free; one that is there is changed."""
    root = _lock_calendar(actor)
    _check_day(day)
    found = CalendarDay.objects.filter(on=day.on).first()
    if found is None and CalendarDay.objects.count() >= MOST_DAYS:
        raise DomainError(f"At most {MOST_DAYS} days can be kept; remove past ones.", field="on")
    before = _as_day(found) if found else {}
    kept = found or CalendarDay(organization_id=actor.organization_id, on=day.on)
    kept.name, kept.is_working = day.name.strip(), day.is_working
    if _as_day(kept) != before:
        kept.save()
        _record(actor, root, before, _as_day(kept), now)
    return kept


@transaction.atomic
def remove_calendar_day(*, actor: Actor, day_id: UUID, now: datetime) -> None:
    """Treat a day as its weekday and the holidays say. Raises `NotFound` for one that is not."""
    root = _lock_calendar(actor)
    kept = CalendarDay.objects.filter(id=day_id).first()
    if kept is None:
        raise NotFound("There is no such day.")
    before = _as_day(kept)
    kept.delete()
    _record(actor, root, before, {}, now)


def _lock_calendar(actor: Actor) -> OrgGroup:
    root = root_group()
    require(actor, Permission.MANAGE_GROUPS, root)
    lock(Organization.objects.filter(id=actor.organization_id))
    return root


def _check(hours: WorkingHours) -> None:
    if not hours.weekdays or not set(hours.weekdays) <= set(_WEEKDAYS):
        raise DomainError("Choose at least one day of the week.", field="weekdays")
    start, end = (datetime.combine(date.min, one) for one in (hours.opens, hours.closes))
    if end - start < _LEAST:
        raise DomainError("Work ends an hour after it begins, or later.", field="closes")
    if hours.country and not is_country(hours.country):
        raise DomainError("The holidays of this country are not known.", field="country")
    if hours.subdivision and hours.subdivision not in subdivisions(hours.country):
        raise DomainError("This is no region of the country.", field="subdivision")


def _check_day(day: OwnDay) -> None:
    if not day.name.strip():
        raise DomainError("Say what day it is, such as “Company outing”.", field="name")


def _replace_days(actor: Actor, days: Sequence[OwnDay]) -> None:
    if len(days) > MOST_DAYS:
        raise DomainError(f"At most {MOST_DAYS} days can be kept.", field="days")
    if len({day.on for day in days}) < len(days):
        raise DomainError("Each day can be named once.", field="days")
    for day in days:
        _check_day(day)
    CalendarDay.objects.all().delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            organization_id=actor.organization_id,
            on=day.on,
            name=day.name.strip(),
            is_working=day.is_working,
        )
        for day in days
    )


def _as_kept(hours: WorkingHours, days: Sequence[CalendarDay]) -> dict[str, Any]:
    kept = asdict(hours)
    return {
        **kept,
        "weekdays": list(hours.weekdays),
        "opens": f"{hours.opens:%H:%M}",
        "closes": f"{hours.closes:%H:%M}",
        "days": [_as_day(day) for day in days],
    }


def _as_day(day: CalendarDay) -> dict[str, Any]:
    return {"on": day.on.isoformat(), "name": day.name, "is_working": day.is_working}


def _record(
    actor: Actor, root: OrgGroup, before: dict[str, Any], after: dict[str, Any], now: datetime
) -> None:
    record(
        actor=actor,
        action=AuditAction.WORKING_CALENDAR_CHANGED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=root.name,
        group_id=root.id,
        before={name: before[name] for name in before if before[name] != after.get(name)} or None,
        after={name: after[name] for name in after if after[name] != before.get(name)} or None,
        now=now,
    )
