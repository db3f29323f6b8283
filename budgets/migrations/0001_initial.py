"""The tables of the app, made at once."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import AppendOnly, CreateTables, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogs", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Allowance",
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
                        ("kind", models.CharField(max_length=7)),
                        ("cap", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("warn_percent", models.PositiveSmallIntegerField(default=80)),
                        ("enforcement", models.CharField(default="HARD", max_length=4)),
                        ("reaches_below", models.BooleanField(default=False)),
                        ("created_by", models.CharField(max_length=200)),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalogs.category",
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
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalogs.supplier",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("cap__gt", 0)), name="allowance_cap_positive"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organization_id", "group", "kind", "category", "supplier"),
                                name="allowance_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Budget",
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
                            "kind",
                            models.CharField(
                                choices=[
                                    ("MONTH", "Each month"),
                                    ("QUARTER", "Each quarter"),
                                    ("HALF", "Each half-year"),
                                    ("YEAR", "Each year"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("cap", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("warn_percent", models.PositiveSmallIntegerField(default=80)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField(null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="budgets",
                                to="accounts.orggroup",
                            ),
                        ),
                        ("block_percent", models.PositiveSmallIntegerField(default=100)),
                        ("carries_over", models.BooleanField(default=False)),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalogs.category",
                            ),
                        ),
                        ("children_percent", models.PositiveSmallIntegerField(null=True)),
                        (
                            "enforcement",
                            models.CharField(
                                choices=[
                                    ("HARD", "Stop the order until there is room"),
                                    ("SOFT", "Let it go on, with one more approval"),
                                ],
                                default="HARD",
                                max_length=4,
                            ),
                        ),
                        (
                            "marks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        ("name", models.CharField(blank=True, default="", max_length=100)),
                        (
                            "position",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.position",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="catalogs.supplier",
                            ),
                        ),
                        (
                            "allowance",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="budgets",
                                to="budgets.allowance",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organization_id", "group"], name="budget_group"),
                            models.Index(
                                condition=models.Q(("membership__isnull", False)),
                                fields=["organization_id", "membership"],
                                name="budget_membership",
                            ),
                            models.Index(
                                condition=models.Q(("allowance__isnull", False)),
                                fields=["organization_id", "allowance"],
                                name="budget_allowance",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("cap__gte", 0)), name="budget_cap_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("warn_percent__gte", 1), ("warn_percent__lte", 100)
                                ),
                                name="budget_warn_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="budget_ends_after_start",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_active", True)),
                                fields=(
                                    "organization_id",
                                    "group",
                                    "kind",
                                    "category",
                                    "supplier",
                                    "membership",
                                    "position",
                                ),
                                name="budget_scope_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("membership__isnull", True),
                                    ("position__isnull", True),
                                    _connector="OR",
                                ),
                                name="budget_person_or_seat",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("block_percent__gte", 1), ("block_percent__lte", 100)
                                ),
                                name="budget_block_percent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("children_percent__isnull", True),
                                    models.Q(
                                        ("children_percent__gte", 1),
                                        ("children_percent__lte", 1000),
                                    ),
                                    _connector="OR",
                                ),
                                name="budget_children_percent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetPeriod",
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
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("cap", models.DecimalField(decimal_places=2, max_digits=16)),
                        (
                            "reserved",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        (
                            "committed",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        ("spent", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                        (
                            "overrun",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        ("entries", models.PositiveIntegerField(default=0)),
                        (
                            "budget",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="periods",
                                to="budgets.budget",
                            ),
                        ),
                        ("code", models.CharField(max_length=12)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Open"),
                                    ("FROZEN", "Frozen"),
                                    ("CLOSED", "Closed"),
                                    ("REOPENED", "Reopened for late invoices"),
                                ],
                                db_default="OPEN",
                                default="OPEN",
                                max_length=8,
                            ),
                        ),
                        ("kept_open_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "budget", "starts_on"),
                                name="budget_period_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cap__gte", 0),
                                    ("committed__gte", 0),
                                    ("overrun__gte", 0),
                                    ("reserved__gte", 0),
                                ),
                                name="budget_period_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "cap__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("reserved"), "+", models.F("committed")
                                                ),
                                                "+",
                                                models.F("spent"),
                                            ),
                                            "-",
                                            models.F("overrun"),
                                        ),
                                    )
                                ),
                                name="budget_period_within_cap",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="budget_period_ends_after_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetAlert",
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
                        ("threshold", models.PositiveSmallIntegerField()),
                        ("crossed_at", models.DateTimeField()),
                        ("used", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("cap", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("document_kind", models.CharField(max_length=20)),
                        ("document_id", models.UUIDField()),
                        ("document_label", models.CharField(max_length=200)),
                        (
                            "told",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=200), default=list, size=None
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "period",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alerts",
                                to="budgets.budgetperiod",
                            ),
                        ),
                        ("rearmed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("sent_at__isnull", True)),
                                fields=["organization_id", "crossed_at"],
                                name="budget_alert_unsent",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("rearmed_at__isnull", True)),
                                fields=("organization_id", "period", "threshold"),
                                name="budget_alert_armed_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerEntry",
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
                        ("number", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("OPEN", "Opened"),
                                    ("CAP", "Cap changed"),
                                    ("RESERVE", "Reserved"),
                                    ("COMMIT", "Committed"),
                                    ("RELEASE", "Released"),
                                    ("SPEND", "Spent"),
                                    ("CREDIT", "Credited"),
                                    ("HISTORY", "Imported"),
                                    ("SHIFT", "Moved with its group"),
                                    ("CHANGE", "Changed with its order"),
                                    ("ROLL", "Moved to another period"),
                                    ("CARRY", "Unused room carried over"),
                                    ("TRANSFER", "Transferred"),
                                    ("ADJUST", "Adjusted"),
                                    ("FREEZE", "Frozen"),
                                    ("THAW", "Taken up again"),
                                    ("CLOSE", "Closed"),
                                    ("REOPEN", "Reopened"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "delta_cap",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        (
                            "delta_reserved",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        (
                            "delta_committed",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        (
                            "delta_spent",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        (
                            "delta_overrun",
                            models.DecimalField(decimal_places=2, default=0, max_digits=16),
                        ),
                        ("used_after", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("document_kind", models.CharField(max_length=20)),
                        ("document_id", models.UUIDField()),
                        ("document_label", models.CharField(max_length=200)),
                        ("key", models.CharField(max_length=80)),
                        ("occurred_on", models.DateField()),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_label", models.CharField(max_length=200)),
                        ("at", models.DateTimeField()),
                        (
                            "period",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="budgets.budgetperiod",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, db_default="", default="", max_length=500),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("delta_cap", 0), _negated=True),
                                fields=["organization_id", "period"],
                                name="ledger_entry_moves_cap",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "period", "number"),
                                name="ledger_entry_number_once",
                            ),
                            models.UniqueConstraint(
                                fields=("organization_id", "document_id", "kind", "key", "period"),
                                name="ledger_entry_step_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("delta_committed", 0),
                                        ("delta_overrun", 0),
                                        ("delta_reserved", 0),
                                        ("delta_spent", 0),
                                        ("kind__in", ("OPEN",)),
                                    ),
                                    models.Q(
                                        ("delta_committed", 0),
                                        ("delta_reserved", 0),
                                        ("delta_spent", 0),
                                        ("kind__in", ("CAP", "CARRY", "TRANSFER")),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed", 0),
                                        ("delta_reserved__gt", 0),
                                        ("delta_spent", 0),
                                        ("kind__in", ("RESERVE",)),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_spent", 0),
                                        ("kind__in", ("CHANGE", "SHIFT", "ROLL")),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed__gt", 0),
                                        ("delta_overrun", 0),
                                        (
                                            "delta_reserved",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("delta_committed"), "*", models.Value(-1)
                                            ),
                                        ),
                                        ("delta_spent", 0),
                                        ("kind__in", ("COMMIT",)),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed__lte", 0),
                                        ("delta_reserved__lte", 0),
                                        ("delta_spent", 0),
                                        ("kind__in", ("RELEASE",)),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed__lte", 0),
                                        ("delta_reserved__lte", 0),
                                        ("delta_spent__gt", 0),
                                        ("kind__in", ("SPEND",)),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed", 0),
                                        ("delta_reserved", 0),
                                        ("delta_spent__lt", 0),
                                        ("kind__in", ("CREDIT",)),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed", 0),
                                        ("delta_reserved", 0),
                                        ("kind__in", ("HISTORY", "ADJUST")),
                                    ),
                                    models.Q(
                                        ("delta_cap", 0),
                                        ("delta_committed", 0),
                                        ("delta_overrun", 0),
                                        ("delta_reserved", 0),
                                        ("delta_spent", 0),
                                        ("kind__in", ("FREEZE", "THAW", "CLOSE", "REOPEN")),
                                    ),
                                    _connector="OR",
                                ),
                                name="ledger_entry_shape",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetImport",
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
                        ("file_name", models.CharField(max_length=300)),
                        ("content", models.TextField()),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PLANNED", "Waiting to be applied"),
                                    ("APPLIED", "Applied"),
                                    ("DISCARDED", "Discarded"),
                                ],
                                default="PLANNED",
                                max_length=9,
                            ),
                        ),
                        ("plan", models.JSONField()),
                        ("created_by", models.CharField(max_length=200)),
                        ("created_at", models.DateTimeField()),
                        ("applied_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-created_at"], name="budget_import_made"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetIncrease",
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
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("is_lasting", models.BooleanField(default=False)),
                        ("reason", models.TextField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PENDING", "Waiting for approval"),
                                    ("APPROVED", "Approved"),
                                    ("REJECTED", "Rejected"),
                                    ("WITHDRAWN", "Withdrawn"),
                                    ("EXPIRED", "Not decided in time"),
                                ],
                                default="PENDING",
                                max_length=9,
                            ),
                        ),
                        ("document_kind", models.CharField(blank=True, max_length=20)),
                        ("document_id", models.UUIDField(null=True)),
                        ("document_label", models.CharField(blank=True, max_length=200)),
                        ("asked_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "period",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="increases",
                                to="budgets.budgetperiod",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "period"], name="budget_increase_period"
                            ),
                            models.Index(
                                fields=["organization_id", "document_id"],
                                name="budget_increase_document",
                            ),
                            models.Index(
                                fields=["organization_id", "asked_by", "-asked_at"],
                                name="budget_increase_asked",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="budget_increase_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason__regex", "\\S")),
                                name="budget_increase_says_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("document_id__isnull", False), ("status", "PENDING")
                                ),
                                fields=("organization_id", "period", "document_id"),
                                name="budget_increase_asked_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetSettings",
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
                            "charged_on",
                            models.CharField(
                                choices=[
                                    ("ORDER", "The day it is submitted"),
                                    ("DELIVERY", "The day it is wanted, where that is later"),
                                ],
                                default="ORDER",
                                max_length=8,
                            ),
                        ),
                        ("close_after_days", models.PositiveSmallIntegerField(null=True)),
                        ("changed_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id",), name="budget_settings_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetTransfer",
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
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("reason", models.TextField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("ASKED", "Waiting for the giver"),
                                    ("DONE", "Transferred"),
                                    ("REFUSED", "Refused"),
                                    ("WITHDRAWN", "Withdrawn"),
                                ],
                                default="ASKED",
                                max_length=9,
                            ),
                        ),
                        ("answer", models.TextField(blank=True)),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "giver",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="given",
                                to="budgets.budgetperiod",
                            ),
                        ),
                        (
                            "taker",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taken",
                                to="budgets.budgetperiod",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "giver"], name="budget_transfer_giver"
                            ),
                            models.Index(
                                fields=["organization_id", "taker"], name="budget_transfer_taker"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="budget_transfer_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("giver", models.F("taker")), _negated=True),
                                name="budget_transfer_between_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason__regex", "\\S")),
                                name="budget_transfer_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Earmark",
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
                        ("purpose", models.CharField(max_length=200)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("expires_on", models.DateField()),
                        ("made_at", models.DateTimeField()),
                        ("released_at", models.DateTimeField(null=True)),
                        (
                            "made_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "period",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="earmarks",
                                to="budgets.budgetperiod",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "period"], name="earmark_period"
                            ),
                            models.Index(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=["organization_id", "expires_on"],
                                name="earmark_running",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="earmark_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("purpose__regex", "\\S")),
                                name="earmark_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FiscalYearRule",
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
                        ("from_on", models.DateField()),
                        ("start_month", models.PositiveSmallIntegerField(default=1)),
                        (
                            "pattern",
                            models.CharField(
                                choices=[
                                    ("MONTHS", "Calendar months"),
                                    ("445", "Weeks, 4-4-5"),
                                    ("454", "Weeks, 4-5-4"),
                                    ("544", "Weeks, 5-4-4"),
                                ],
                                default="MONTHS",
                                max_length=6,
                            ),
                        ),
                        ("weekday", models.PositiveSmallIntegerField(default=0)),
                        (
                            "year_end",
                            models.CharField(
                                choices=[
                                    ("LAST", "The last one in the closing month"),
                                    ("NEAREST", "The one nearest to the end of the closing month"),
                                ],
                                default="NEAREST",
                                max_length=7,
                            ),
                        ),
                        (
                            "named_for",
                            models.CharField(
                                choices=[
                                    ("ENDS", "The year in which it ends"),
                                    ("STARTS", "The year in which it begins"),
                                ],
                                default="ENDS",
                                max_length=6,
                            ),
                        ),
                        ("set_by", models.CharField(max_length=200)),
                        ("set_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "from_on"), name="fiscal_year_rule_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("start_month__gte", 1),
                                    ("start_month__lte", 12),
                                    ("weekday__lte", 6),
                                ),
                                name="fiscal_year_rule_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerCheck",
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
                        ("periods", models.PositiveIntegerField()),
                        ("entries", models.PositiveBigIntegerField()),
                        ("documents", models.PositiveIntegerField()),
                        ("found", models.PositiveIntegerField()),
                        ("findings", models.JSONField(default=list)),
                        ("is_scheduled", models.BooleanField(default=False)),
                        ("made_by", models.CharField(max_length=200)),
                        ("made_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-made_at"], name="ledger_check_made"
                            )
                        ],
                    },
                ),
            ],
        ),
        TenantTable("allowance"),
        TenantTable("budget"),
        TenantTable("budgetperiod"),
        TenantTable("budgetalert"),
        TenantTable("ledgerentry"),
        TenantTable("budgetimport"),
        TenantTable("budgetincrease"),
        TenantTable("budgetsettings"),
        TenantTable("budgettransfer"),
        TenantTable("earmark"),
        TenantTable("fiscalyearrule"),
        TenantTable("ledgercheck"),
        AppendOnly("ledgerentry"),
        # Counters change often and no index holds them: room on the page keeps updates in place.
        migrations.RunSQL(
            "ALTER TABLE budgets_budgetperiod SET (fillfactor = 60)",
            "ALTER TABLE budgets_budgetperiod RESET (fillfactor)",
        ),
    ]
