"""The tables of the app, made at once."""

import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="OutboxMessage",
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
                ("key", models.CharField(max_length=200)),
                ("channel", models.CharField(default="EMAIL", max_length=16)),
                ("recipient", models.CharField(max_length=320)),
                ("template", models.CharField(max_length=80)),
                ("context", models.JSONField()),
                ("sealed", models.BinaryField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PENDING", "Pending"),
                            ("SENDING", "Sending"),
                            ("SENT", "Sent"),
                            ("PARKED", "Parked"),
                            ("GONE", "Gone"),
                        ],
                        default="PENDING",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("thread", models.CharField(blank=True, default="", max_length=200)),
                ("bundle", models.CharField(blank=True, default="", max_length=80)),
                ("event", models.CharField(blank=True, default="", max_length=24)),
                ("person_id", models.UUIDField(null=True)),
                ("is_spent", models.BooleanField(default=False)),
                ("bounced_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, default="", max_length=8)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["PENDING", "SENDING"])),
                        fields=["organization_id", "due_at"],
                        name="outbox_message_due",
                    ),
                    models.Index(
                        condition=models.Q(("status", "PARKED")),
                        fields=["organization_id", "created_at"],
                        name="outbox_message_parked",
                    ),
                    models.Index(
                        condition=models.Q(("bundle", ""), _negated=True),
                        fields=["organization_id", "recipient", "bundle"],
                        name="outbox_message_bundle",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "key"), name="outbox_message_key_once"
                    )
                ],
            },
        ),
        TenantTable("outboxmessage"),
    ]
