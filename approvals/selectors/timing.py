"""How long an organization takes to decide, and which requests its clock has come to."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from accounts.selectors import calendar_from, calendar_sql
from approvals.models import ApprovalRequest, DecidingSettings, Stage
from approvals.timing import Timing
from procurement.core import writes

# How many requests are watched at a time.
WATCHED = 500

_TIMING = f"""
SELECT {calendar_sql(organization="%(organization)s")}, s.hours_to_decide, s.remind_hours_before,
       s.escalates, s.expire_after_days, s.warn_days_before
FROM (VALUES (1)) AS one (n)
LEFT JOIN approvals_decidingsettings s ON s.organization_id = %(organization)s
"""


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


def requests_to_watch(timing: Timing, now: datetime, most: int = WATCHED) -> list[UUID]:
    """Return pending requests of which a clock has run out or soon will, the most urgent first.

    Also those without any clock, which are older than clocks. At most ``most``; what is left is
    found the next time. Three SQL queries, each along an index of what is pending or open.
    """
    pending = ApprovalRequest.objects.filter(status=ApprovalRequest.Status.PENDING)
    ending = pending.filter(
        Q(expires_at__lte=now)
        | Q(expires_at__lte=timing.warns_until(now), expiry_warned_at__isnull=True)
    ).order_by("expires_at")
    soon = Q(due_at__lte=timing.reminds_until(now), reminded_at__isnull=True)
    if timing.escalates:
        # One that was reminded of after it was due has nobody left who could be asked.
        is_new = Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("due_at"))
        soon |= Q(due_at__lte=now) & is_new
    late = Stage.objects.filter(soon, status=Stage.Status.OPEN).order_by("due_at")
    clockless = pending.filter(expires_at__isnull=True).order_by("opened_at")
    found = [
        *ending.values_list("id", flat=True)[:most],
        *late.values_list("request_id", flat=True)[:most],
        *clockless.values_list("id", flat=True)[:most],
    ]
    return list(dict.fromkeys(found))[:most]
