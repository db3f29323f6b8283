import datetime

import django.contrib.postgres.fields
from django.db import migrations, models

import accounts.models.calendar
import procurement.core.ids
from procurement.core.migrations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_wider_codes")]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("on", models.DateField()),
                ("name", models.CharField(max_length=100)),
                ("is_working", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "on"), name="calendar_day_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingCalendar",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=accounts.models.calendar.monday_to_friday,
                        size=None,
                    ),
                ),
                ("opens", models.TimeField(default=datetime.time(9, 0))),
                ("closes", models.TimeField(default=datetime.time(17, 0))),
                ("country", models.CharField(blank=True, max_length=2)),
                ("subdivision", models.CharField(blank=True, max_length=40)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id",), name="working_calendar_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens"))),
                        name="working_calendar_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekdays__len__gte", 1),
                            ("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7]),
                        ),
                        name="working_calendar_some_day",
                    ),
                ],
            },
        ),
        TenantTable("calendarday"),
        TenantTable("workingcalendar"),
    ]
