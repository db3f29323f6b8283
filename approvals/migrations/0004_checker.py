from django.db import migrations, models

import procurement.core.ids
from procurement.core.migrations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_limits_and_owners")]

    operations = [
        migrations.CreateModel(
            name="PolicyCheck",
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
                ("findings", models.JSONField()),
                ("began", models.PositiveIntegerField(default=0)),
                ("told", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization_id", "-made_at"], name="policy_check_made")
                ],
            },
        ),
        TenantTable("policycheck"),
    ]
