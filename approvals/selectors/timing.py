"""How long an organization takes to decide, and which requests its clock has come to."""

from uuid import UUID

from accounts.selectors import calendar_from, calendar_sql
from approvals.models import DecidingSettings
from approvals.timing import Timing
from procurement.core import writes

_TIMING = f"""
SELECT {calendar_sql(organization="%(organization)s")}, s.hours_to_decide, s.remind_hours_before,
       s.escalates, s.expire_after_days, s.warn_days_before
FROM (VALUES (1)) AS one (n)
LEFT JOIN approvals_decidingsettings s ON s.organization_id = %(organization)s
"""  # noqa: S608 – no value in it


def timing_of(organization_id: UUID) -> Timing:
    """Return how long an organization takes to decide, with its calendar. One SQL query."""
    row = writes.execute(_TIMING, {"organization": organization_id}).fetchall()[0]
    calendar, *settings = row
    if settings[0] is None:
        unset = DecidingSettings()
        settings = [
            unset.hours_to_decide,
            unset.remind_hours_before,
            unset.escalates,
            unset.expire_after_days,
            unset.warn_days_before,
        ]
    return Timing(calendar_from(calendar), *settings)


def deciding_settings() -> DecidingSettings:
    """Return the settings of the active organization, or the defaults, not yet stored.

    One SQL query.
    """
    return DecidingSettings.objects.first() or DecidingSettings()
