import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import TenantReference, TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_sign_in_above"),
        ("budgets", "0002_shift"),
        ("catalogs", "0001_initial"),
    ]

    operations = [
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
            ],
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
            ],
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
            ],
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
            ],
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
        ),
        migrations.RemoveConstraint(
            model_name="budget",
            name="budget_kind_once",
        ),
        migrations.RemoveConstraint(
            model_name="budgetalert",
            name="budget_alert_once",
        ),
        migrations.AddField(
            model_name="budget",
            name="block_percent",
            field=models.PositiveSmallIntegerField(default=100),
        ),
        migrations.AddField(
            model_name="budget",
            name="carries_over",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="budget",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogs.category",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="children_percent",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="budget",
            name="enforcement",
            field=models.CharField(
                choices=[
                    ("HARD", "Stop the order until there is room"),
                    ("SOFT", "Let it go on, with one more approval"),
                ],
                default="HARD",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="marks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="name",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="budget",
            name="position",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.position",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="supplier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogs.supplier",
            ),
        ),
        migrations.AddField(
            model_name="budgetalert",
            name="rearmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="budgetperiod",
            name="code",
            field=models.CharField(default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="budgetperiod",
            name="status",
            field=models.CharField(
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
        migrations.AddField(
            model_name="ledgerentry",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AlterField(
            model_name="budget",
            name="kind",
            field=models.CharField(
                choices=[
                    ("MONTH", "Each month"),
                    ("QUARTER", "Each quarter"),
                    ("HALF", "Each half-year"),
                    ("YEAR", "Each year"),
                ],
                max_length=7,
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetalert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rearmed_at__isnull", True)),
                fields=("organization_id", "period", "threshold"),
                name="budget_alert_armed_once",
            ),
        ),
        migrations.AddField(
            model_name="allowance",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogs.category",
            ),
        ),
        migrations.AddField(
            model_name="allowance",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="allowance",
            name="supplier",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogs.supplier",
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="allowance",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="budgets",
                to="budgets.allowance",
            ),
        ),
        migrations.AddIndex(
            model_name="budget",
            index=models.Index(
                condition=models.Q(("membership__isnull", False)),
                fields=["organization_id", "membership"],
                name="budget_membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("membership__isnull", True), ("position__isnull", True), _connector="OR"
                ),
                name="budget_person_or_seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("block_percent__gte", 1), ("block_percent__lte", 100)),
                name="budget_block_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("children_percent__isnull", True),
                    models.Q(("children_percent__gte", 1), ("children_percent__lte", 1000)),
                    _connector="OR",
                ),
                name="budget_children_percent",
            ),
        ),
        migrations.AddIndex(
            model_name="budgetimport",
            index=models.Index(
                fields=["organization_id", "-created_at"], name="budget_import_made"
            ),
        ),
        migrations.AddField(
            model_name="budgetincrease",
            name="asked_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="budgetincrease",
            name="period",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="increases",
                to="budgets.budgetperiod",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetsettings",
            constraint=models.UniqueConstraint(
                fields=("organization_id",), name="budget_settings_once"
            ),
        ),
        migrations.AddField(
            model_name="budgettransfer",
            name="answered_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="budgettransfer",
            name="asked_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="budgettransfer",
            name="giver",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="given",
                to="budgets.budgetperiod",
            ),
        ),
        migrations.AddField(
            model_name="budgettransfer",
            name="taker",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken",
                to="budgets.budgetperiod",
            ),
        ),
        migrations.AddField(
            model_name="earmark",
            name="made_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="earmark",
            name="period",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="earmarks",
                to="budgets.budgetperiod",
            ),
        ),
        migrations.AddConstraint(
            model_name="fiscalyearrule",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "from_on"), name="fiscal_year_rule_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="fiscalyearrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("start_month__gte", 1), ("start_month__lte", 12), ("weekday__lte", 6)
                ),
                name="fiscal_year_rule_known",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgercheck",
            index=models.Index(fields=["organization_id", "-made_at"], name="ledger_check_made"),
        ),
        migrations.AddConstraint(
            model_name="allowance",
            constraint=models.CheckConstraint(
                condition=models.Q(("cap__gt", 0)), name="allowance_cap_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="allowance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organization_id", "group", "kind", "category", "supplier"),
                name="allowance_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="budgetincrease",
            index=models.Index(fields=["organization_id", "period"], name="budget_increase_period"),
        ),
        migrations.AddIndex(
            model_name="budgetincrease",
            index=models.Index(
                fields=["organization_id", "document_id"], name="budget_increase_document"
            ),
        ),
        migrations.AddIndex(
            model_name="budgetincrease",
            index=models.Index(
                fields=["organization_id", "asked_by", "-asked_at"], name="budget_increase_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetincrease",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="budget_increase_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetincrease",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__regex", "\\S")), name="budget_increase_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetincrease",
            constraint=models.UniqueConstraint(
                condition=models.Q(("document_id__isnull", False), ("status", "PENDING")),
                fields=("organization_id", "period", "document_id"),
                name="budget_increase_asked_once",
            ),
        ),
        migrations.AddIndex(
            model_name="budgettransfer",
            index=models.Index(fields=["organization_id", "giver"], name="budget_transfer_giver"),
        ),
        migrations.AddIndex(
            model_name="budgettransfer",
            index=models.Index(fields=["organization_id", "taker"], name="budget_transfer_taker"),
        ),
        migrations.AddConstraint(
            model_name="budgettransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="budget_transfer_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgettransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver", models.F("taker")), _negated=True),
                name="budget_transfer_between_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgettransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__regex", "\\S")), name="budget_transfer_says_why"
            ),
        ),
        migrations.AddIndex(
            model_name="earmark",
            index=models.Index(fields=["organization_id", "period"], name="earmark_period"),
        ),
        migrations.AddIndex(
            model_name="earmark",
            index=models.Index(
                condition=models.Q(("released_at__isnull", True)),
                fields=["organization_id", "expires_on"],
                name="earmark_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="earmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="earmark_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="earmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__regex", "\\S")), name="earmark_says_why"
            ),
        ),
        TenantReference("budget", "category"),
        TenantReference("budget", "supplier"),
        TenantReference("budget", "membership"),
        TenantReference("budget", "position"),
        TenantTable("allowance"),
        TenantReference("budget", "allowance"),
        TenantTable("budgetimport"),
        TenantTable("budgetincrease"),
        TenantTable("budgetsettings"),
        TenantTable("budgettransfer"),
        TenantTable("earmark"),
        TenantTable("fiscalyearrule"),
        TenantTable("ledgercheck"),
    ]
