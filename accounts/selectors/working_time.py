"""The working calendar of an organization, in one scalar expression that other reads can embed."""

import json
from datetime import date, time
from functools import partial
from typing import Any
from uuid import UUID

from accounts.models import CalendarDay, WorkingCalendar
from accounts.public_holidays import public_holidays
from accounts.working_time import CLOSES, MONDAY_TO_FRIDAY, OPENS, Calendar
from procurement.core import writes

_CALENDAR = """(
    SELECT json_build_object(
        'zone', o.time_zone, 'weekdays', c.weekdays, 'opens', c.opens, 'closes', c.closes,
        'country', c.country, 'subdivision', c.subdivision,
        'own', (SELECT json_object_agg(d."on", d.is_working) FROM accounts_calendarday d
                WHERE d.organization_id = o.id)
    )::text
    FROM accounts_organization o
    LEFT JOIN accounts_workingcalendar c ON c.organization_id = o.id
    WHERE o.id = {organization}
)"""


def calendar_sql(*, organization: str) -> str:
    """Return a scalar SQL expression that `calendar_from` reads.

    ``organization`` is the SQL of an organization's id, a placeholder of the statement say.
    """
    return _CALENDAR.format(organization=organization)


def calendar_from(value: str) -> Calendar:
    """Return the calendar that the expression of `calendar_sql` has found. No SQL."""
    stored: dict[str, Any] = json.loads(value)
    own = {date.fromisoformat(on): worked for on, worked in (stored["own"] or {}).items()}
    if stored["weekdays"] is None:
        return Calendar(time_zone=stored["zone"], own_days=own)
    return Calendar(
        time_zone=stored["zone"],
        weekdays=frozenset(stored["weekdays"]),
        opens=time.fromisoformat(stored["opens"]),
        closes=time.fromisoformat(stored["closes"]),
        holidays=partial(public_holidays, stored["country"], stored["subdivision"]),
        own_days=own,
    )


def calendar_of(organization_id: UUID) -> Calendar:
    """Return when an organization works; Monday to Friday, 9 to 17 unless it says otherwise.

    One SQL query.
    """
    statement = f"SELECT {calendar_sql(organization='%s')}"
    (value,) = writes.execute(statement, [organization_id]).fetchall()[0]
    return calendar_from(value)


def working_calendar() -> WorkingCalendar:
    """Return the weekdays and hours of the active organization, or the defaults, not yet stored.

    One SQL query.
    """
    return WorkingCalendar.objects.first() or WorkingCalendar(
        weekdays=sorted(MONDAY_TO_FRIDAY), opens=OPENS, closes=CLOSES
    )


def calendar_days() -> list[CalendarDay]:
    """Return the single days that the active organization has set, in order. One SQL query."""
    return list(CalendarDay.objects.order_by("on"))
