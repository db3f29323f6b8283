from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("budgets", "0006_period_kept_open")]

    operations = [
        AddIndexConcurrently(
            model_name="budget",
            index=models.Index(
                condition=models.Q(("allowance__isnull", False)),
                fields=["organization_id", "allowance"],
                name="budget_allowance",
            ),
        ),
    ]
