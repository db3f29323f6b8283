import django.db.models.deletion
import procurement.core.ids
from procurement.core.migrations import TenantTable
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_working_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotificationChoice",
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
                ("event", models.CharField(max_length=24)),
                (
                    "email",
                    models.CharField(
                        choices=[
                            ("AT_ONCE", "At once"),
                            ("DIGEST", "In the daily summary"),
                            ("OFF", "Not by mail"),
                        ],
                        max_length=8,
                    ),
                ),
                ("push", models.BooleanField()),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "membership", "event"),
                        name="notification_choice_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NotificationHours",
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
                ("time_zone", models.CharField(blank=True, max_length=60)),
                ("quiet_from", models.TimeField(null=True)),
                ("quiet_until", models.TimeField(null=True)),
                ("quiet_weekends", models.BooleanField(default=False)),
                ("digest_hour", models.PositiveSmallIntegerField(default=8)),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "membership"), name="notification_hours_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                            models.Q(
                                ("quiet_from__isnull", False),
                                ("quiet_until__isnull", False),
                                models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="notification_hours_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest_hour__lte", 23)),
                        name="notification_hours_digest_hour",
                    ),
                ],
            },
        ),
        TenantTable("notificationchoice"),
        TenantTable("notificationhours"),
    ]
