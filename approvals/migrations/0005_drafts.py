"""Keep what somebody has typed of a policy that is not published yet."""

import django.db.models.deletion
from django.db import migrations, models

import procurement.core.ids
from procurement.core.migrations import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_wider_codes"),
        ("approvals", "0004_checker"),
    ]

    operations = [
        migrations.CreateModel(
            name="PolicyDraft",
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
                ("fields", models.JSONField()),
                ("name", models.CharField(blank=True, max_length=200)),
                ("reason", models.TextField(blank=True)),
                ("based_on", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policy_drafts",
                        to="accounts.membership",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="policy_drafts",
                        to="accounts.orggroup",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="policydraft",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "group", "author"), name="policy_draft_one_per_author"
            ),
        ),
        TenantTable("policydraft"),
    ]
