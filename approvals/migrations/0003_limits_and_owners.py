import django.db.models.deletion
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_wider_codes"),
        ("approvals", "0002_engine"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalLimit",
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
                ("amount", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_limits",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization_id", "membership", "since"],
                        name="approval_limit_member",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("organization_id", "membership"),
                        name="approval_limit_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="approval_limit_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True), ("amount__gte", 0), _connector="OR"
                        ),
                        name="approval_limit_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryOwner",
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
                ("category_code", models.CharField(max_length=60)),
                ("category_name", models.CharField(max_length=200)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="category_owners",
                        to="accounts.orggroup",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_categories",
                        to="accounts.membership",
                    ),
                ),
                (
                    "position",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_categories",
                        to="accounts.position",
                    ),
                ),
                (
                    "seat_group",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owning_seats",
                        to="accounts.orggroup",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization_id", "group", "since"], name="category_owner_group"
                    ),
                    models.Index(
                        fields=["organization_id", "membership"], name="category_owner_member"
                    ),
                    models.Index(
                        fields=["organization_id", "seat_group"], name="category_owner_seat"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("organization_id", "group", "category_code"),
                        name="category_owner_one_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True),
                            ("until__gte", models.F("since")),
                            _connector="OR",
                        ),
                        name="category_owner_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("membership__isnull", True),
                                ("position__isnull", False),
                                ("seat_group__isnull", False),
                            ),
                            models.Q(
                                ("membership__isnull", False),
                                ("position__isnull", True),
                                ("seat_group__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="category_owner_seat_or_person",
                    ),
                ],
            },
        ),
        TenantTable("approvallimit"),
        TenantTable("categoryowner"),
    ]
