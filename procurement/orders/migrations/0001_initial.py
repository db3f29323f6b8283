"""The tables of the app, made at once."""

import django.db.models.deletion
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import AppendOnly, CreateTables, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("approvals", "0001_initial"),
        ("catalogs", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="HistoryImport",
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
                        ("digest", models.CharField(max_length=64)),
                        ("file_name", models.CharField(max_length=300)),
                        (
                            "status",
                            models.CharField(
                                choices=[("RUNNING", "Loading"), ("DONE", "Loaded")],
                                default="RUNNING",
                                max_length=7,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("rows", models.PositiveIntegerField()),
                        ("rejected", models.PositiveIntegerField()),
                        ("orders", models.PositiveIntegerField()),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("loaded", models.PositiveIntegerField(default=0)),
                        ("layout", models.JSONField()),
                        ("report", models.JSONField()),
                        ("actor_label", models.CharField(max_length=200)),
                        ("started_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "digest"),
                                name="history_import_content_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("loaded__lte", models.F("orders"))),
                                name="history_import_within_orders",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("finished_at__isnull", True), ("status", "RUNNING")),
                                    models.Q(
                                        ("finished_at__isnull", False),
                                        ("loaded", models.F("orders")),
                                        ("status", "DONE"),
                                    ),
                                    _connector="OR",
                                ),
                                name="history_import_done_when_all_is_loaded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportedOrder",
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
                        ("number", models.CharField(blank=True, max_length=200)),
                        ("buyer_name", models.CharField(blank=True, max_length=200)),
                        ("posted_on", models.DateField()),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("outcome", models.CharField(max_length=16)),
                        ("approvals", models.JSONField()),
                        ("explanation", models.JSONField()),
                        (
                            "buyer",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "history_import",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="imported_orders",
                                to="orders.historyimport",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group"], name="imported_order_group"
                            ),
                            models.Index(
                                fields=["organization_id", "number"], name="imported_order_number"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "history_import", "sequence"),
                                name="imported_order_sequence_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportedLine",
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
                        ("line", models.PositiveIntegerField()),
                        ("supplier_spelling", models.CharField(blank=True, max_length=200)),
                        ("account", models.CharField(blank=True, max_length=200)),
                        ("mcc", models.CharField(blank=True, max_length=200)),
                        ("description", models.TextField(blank=True)),
                        ("posted_on", models.DateField()),
                        ("transacted_on", models.DateField(null=True)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("guidance", models.CharField(max_length=10)),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.category",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.supplier",
                            ),
                        ),
                        (
                            "order",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="orders.importedorder",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group"], name="imported_line_group"
                            ),
                            models.Index(
                                fields=["organization_id", "supplier"],
                                name="imported_line_supplier",
                            ),
                            models.Index(
                                fields=["organization_id", "category"],
                                name="imported_line_category",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "order", "line"),
                                name="imported_line_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NumberSeries",
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
                        ("kind", models.CharField(max_length=4)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "kind", "year"),
                                name="number_series_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Requisition",
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
                        ("number", models.CharField(max_length=24)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "In the cart"),
                                    ("WAITING", "Waiting for budget"),
                                    ("PENDING", "Waiting for approval"),
                                    ("PLACED", "Placed"),
                                    ("REJECTED", "Rejected"),
                                    ("WITHDRAWN", "Withdrawn"),
                                    ("EXPIRED", "Not decided in time"),
                                    ("CANCELLED", "Cancelled"),
                                ],
                                default="DRAFT",
                                max_length=9,
                            ),
                        ),
                        ("revision", models.PositiveSmallIntegerField(default=1)),
                        ("currency", models.CharField(max_length=3)),
                        ("total", models.DecimalField(decimal_places=2, default=0, max_digits=16)),
                        ("note", models.TextField(blank=True)),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        ("explanation", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField()),
                        ("touched_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "requester",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        ("charged_on", models.DateField(null=True)),
                        ("waiting_since", models.DateTimeField(null=True)),
                        ("wanted_on", models.DateField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "requester", "-touched_at"],
                                name="requisition_requester",
                            ),
                            models.Index(
                                fields=["organization_id", "group", "-touched_at"],
                                name="requisition_group",
                            ),
                            models.Index(
                                condition=models.Q(("owner__isnull", False)),
                                fields=["organization_id", "owner"],
                                name="requisition_owner",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["PENDING", "PLACED"])),
                                fields=["organization_id", "requester", "submitted_at"],
                                name="requisition_counted_requester",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["PENDING", "PLACED"])),
                                fields=["organization_id", "group", "submitted_at"],
                                name="requisition_counted_group",
                            ),
                            models.Index(
                                condition=models.Q(("status", "WAITING")),
                                fields=["organization_id", "waiting_since"],
                                name="requisition_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "number"), name="requisition_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("total__gte", 0)),
                                name="requisition_total_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["DRAFT", "WAITING", "CANCELLED"]),
                                    ("submitted_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="requisition_submitted_before_anything",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PurchaseOrder",
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
                        ("number", models.CharField(max_length=24)),
                        ("currency", models.CharField(max_length=3)),
                        ("total", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("placed_at", models.DateTimeField()),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "requester",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.supplier",
                            ),
                        ),
                        (
                            "requisition",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="purchase_orders",
                                to="orders.requisition",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group"], name="purchase_order_group"
                            ),
                            models.Index(
                                fields=["organization_id", "supplier"],
                                name="purchase_order_supplier",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "number"),
                                name="purchase_order_number_once",
                            ),
                            models.UniqueConstraint(
                                fields=("organization_id", "requisition", "supplier"),
                                name="purchase_order_supplier_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequisitionLine",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(max_length=1000)),
                        ("sku", models.CharField(blank=True, max_length=120)),
                        ("unit", models.CharField(default="each", max_length=20)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                        ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("justification", models.TextField(blank=True)),
                        ("guidance", models.CharField(blank=True, max_length=10)),
                        ("guidance_sentence", models.TextField(blank=True)),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.category",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.catalogitem",
                            ),
                        ),
                        (
                            "requisition",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="orders.requisition",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.supplier",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "supplier"],
                                name="requisition_line_supplier",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "requisition", "item"),
                                name="requisition_line_item_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gt", 0)),
                                name="requisition_line_quantity_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("unit_price__gte", 0)),
                                name="requisition_line_price_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PurchaseOrderLine",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(max_length=1000)),
                        ("sku", models.CharField(blank=True, max_length=120)),
                        ("unit", models.CharField(max_length=20)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                        ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("guidance", models.CharField(max_length=10)),
                        (
                            "category",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.category",
                            ),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.catalogitem",
                            ),
                        ),
                        (
                            "purchase_order",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="orders.purchaseorder",
                            ),
                        ),
                        (
                            "requisition_line",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="orders.requisitionline",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "purchase_order", "position"),
                                name="purchase_order_line_position_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RejectedLine",
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
                        ("position", models.PositiveSmallIntegerField()),
                        ("title", models.CharField(max_length=1000)),
                        ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                        ("unit_price", models.DecimalField(decimal_places=4, max_digits=16)),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                        ("reason", models.TextField()),
                        ("rejected_at", models.DateTimeField()),
                        (
                            "item",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.catalogitem",
                            ),
                        ),
                        (
                            "rejected_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        (
                            "requisition",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rejected_lines",
                                to="orders.requisition",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="catalogs.supplier",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "requisition", "position"],
                                name="rejected_line_order",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "request", "item"),
                                name="rejected_line_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason__regex", "\\S")),
                                name="rejected_line_says_why",
                            ),
                        ],
                    },
                ),
            ],
        ),
        TenantTable("historyimport"),
        TenantTable("importedorder"),
        TenantTable("importedline"),
        TenantTable("numberseries"),
        TenantTable("requisition"),
        TenantTable("purchaseorder"),
        TenantTable("requisitionline"),
        TenantTable("purchaseorderline"),
        TenantTable("rejectedline"),
        AppendOnly("rejectedline"),
    ]
