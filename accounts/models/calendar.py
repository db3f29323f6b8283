"""When an organization works."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from procurement.core.models import TenantModel


def monday_to_friday() -> list[int]:
    """Return the ISO numbers of the weekdays that most organizations work on."""
    return [1, 2, 3, 4, 5]


class WorkingCalendar(TenantModel):
    """The weekdays and local hours of an organization, and whose public holidays it keeps.

    ``weekdays`` are ISO numbers, Monday is 1. ``country`` is an ISO 3166-1 code of two letters or
    empty, ``subdivision`` one of its regions. One row for each organization; none stands for the
    defaults.
    """

    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=monday_to_friday)
    opens = models.TimeField(default=time(9))
    closes = models.TimeField(default=time(17))
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id"], name="working_calendar_one"),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="working_calendar_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(weekdays__len__gte=1)
                & models.Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="working_calendar_some_day",
            ),
        ]


class CalendarDay(TenantModel):
    """A day on which an organization works or does not, whatever weekday or holiday it is."""

    on = models.DateField()
    name = models.CharField(max_length=100)
    is_working = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "on"], name="calendar_day_once")
        ]
