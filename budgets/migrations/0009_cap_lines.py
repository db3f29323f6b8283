from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("budgets", "0008_allowance_index")]

    operations = [
        AddIndexConcurrently(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("delta_cap", 0), _negated=True),
                fields=["organization_id", "period"],
                name="ledger_entry_moves_cap",
            ),
        ),
    ]
