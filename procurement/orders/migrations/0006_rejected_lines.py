"""Keep the lines that approvers took out of an order, with who did and why."""

import django.db.models.deletion
from django.db import migrations, models

import procurement.core.ids
from procurement.core.migrations import AppendOnly, TenantTable


def _reference(to: str, **more: str) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to, **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("approvals", "0001_initial"),
        ("catalogs", "0001_initial"),
        ("orders", "0005_ends"),
    ]

    operations = [
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
                ("item", _reference("catalogs.catalogitem")),
                ("rejected_by", _reference("accounts.membership", related_name="+")),
                ("request", _reference("approvals.approvalrequest", related_name="+")),
                ("requisition", _reference("orders.requisition", related_name="rejected_lines")),
                ("supplier", _reference("catalogs.supplier")),
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
                        fields=("organization_id", "request", "item"), name="rejected_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", r"\S")), name="rejected_line_says_why"
                    ),
                ],
            },
        ),
        TenantTable("rejectedline"),
        AppendOnly("rejectedline"),
    ]
