from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0009_living_budgets")]

    operations = [
        ValidateConstraint(model_name="requisition", name="requisition_submitted_before_anything"),
        AddIndexConcurrently(
            model_name="requisition",
            index=models.Index(
                condition=models.Q(("status", "WAITING")),
                fields=["organization_id", "waiting_since"],
                name="requisition_waiting",
            ),
        ),
    ]
