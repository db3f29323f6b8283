import django.db.models.deletion
from django.db import migrations, models

from procurement.core.migrations import TenantReference


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_former_ends"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="requisition",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        TenantReference("requisition", "owner"),
    ]
