"""The tables of the app, made at once."""

import django.contrib.postgres.fields
import django.db.models.deletion
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import CreateTables, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="SpendFact",
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
                            "source",
                            models.CharField(
                                choices=[("LIVE", "Placed here"), ("IMPORTED", "Imported history")],
                                max_length=8,
                            ),
                        ),
                        ("order_id", models.UUIDField()),
                        ("order_number", models.CharField(max_length=200)),
                        ("group_id", models.UUIDField()),
                        (
                            "group_path",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), size=None
                            ),
                        ),
                        ("supplier_id", models.UUIDField()),
                        ("category_id", models.UUIDField(null=True)),
                        (
                            "category_path",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60), size=None
                            ),
                        ),
                        ("requester_id", models.UUIDField(null=True)),
                        ("requester_name", models.CharField(blank=True, max_length=200)),
                        ("guidance", models.CharField(max_length=10)),
                        ("title", models.TextField(blank=True)),
                        ("on", models.DateField()),
                        ("month", models.DateField()),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organization_id", "on"], name="spend_fact_on"),
                            models.Index(
                                fields=["organization_id", "supplier_id", "on"],
                                name="spend_fact_supplier",
                            ),
                            models.Index(
                                fields=["organization_id", "order_id"], name="spend_fact_order"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ["LIVE", "IMPORTED"])),
                                name="spend_fact_source",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrailCursor",
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
                        ("transaction_id", models.BigIntegerField(default=0)),
                        ("event_id", models.UUIDField()),
                        ("caught_up_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id",), name="trail_cursor_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BacktestRun",
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
                        ("label", models.CharField(max_length=200)),
                        ("basis", models.CharField(blank=True, max_length=300)),
                        ("document", models.JSONField()),
                        ("first_on", models.DateField()),
                        ("last_on", models.DateField()),
                        (
                            "sources",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=8), size=None
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting for the worker"),
                                    ("RUNNING", "Running"),
                                    ("DONE", "Finished"),
                                    ("CANCELLED", "Cancelled"),
                                    ("FAILED", "Failed"),
                                ],
                                default="WAITING",
                                max_length=9,
                            ),
                        ),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("processed", models.PositiveIntegerField(default=0)),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("attempt", models.PositiveSmallIntegerField(default=0)),
                        ("report", models.JSONField(default=dict)),
                        ("failure", models.TextField(blank=True)),
                        ("created_by_label", models.CharField(max_length=200)),
                        ("created_at", models.DateTimeField()),
                        ("touched_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                        ("rule", models.JSONField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-created_at"],
                                name="backtest_run_created",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["WAITING", "RUNNING"])),
                                fields=["organization_id", "touched_at"],
                                name="backtest_run_under_way",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("first_on__lte", models.F("last_on"))),
                                name="backtest_run_first_before_last",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("finished_at__isnull", True),
                                        ("status__in", ["WAITING", "RUNNING"]),
                                    ),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("status__in", ["DONE", "CANCELLED", "FAILED"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="backtest_run_finished_when_final",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BacktestChange",
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
                        ("sequence", models.PositiveIntegerField()),
                        (
                            "source",
                            models.CharField(
                                choices=[("LIVE", "Placed here"), ("IMPORTED", "Imported history")],
                                max_length=8,
                            ),
                        ),
                        ("order_id", models.UUIDField()),
                        ("order_number", models.CharField(max_length=200)),
                        ("on", models.DateField()),
                        ("group_name", models.CharField(max_length=200)),
                        ("requester_name", models.CharField(blank=True, max_length=200)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        (
                            "before_outcome",
                            models.CharField(
                                choices=[
                                    ("BLOCKED", "Blocked"),
                                    ("OVER_BUDGET", "Over budget"),
                                    ("REFUSED", "Refused by policy"),
                                    ("ASKED", "Somebody is asked"),
                                    ("AUTOMATIC", "Automatic"),
                                ],
                                max_length=11,
                            ),
                        ),
                        (
                            "after_outcome",
                            models.CharField(
                                choices=[
                                    ("BLOCKED", "Blocked"),
                                    ("OVER_BUDGET", "Over budget"),
                                    ("REFUSED", "Refused by policy"),
                                    ("ASKED", "Somebody is asked"),
                                    ("AUTOMATIC", "Automatic"),
                                ],
                                max_length=11,
                            ),
                        ),
                        ("is_delayed", models.BooleanField()),
                        ("before", models.JSONField()),
                        ("after", models.JSONField()),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="changes",
                                to="analytics.backtestrun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "run", "order_id"],
                                name="backtest_change_order",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "run", "sequence"),
                                name="backtest_change_sequence_once",
                            )
                        ],
                    },
                ),
            ],
        ),
        TenantTable("spendfact"),
        TenantTable("trailcursor"),
        TenantTable("backtestrun"),
        TenantTable("backtestchange"),
    ]
