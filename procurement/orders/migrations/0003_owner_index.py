from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running product.
    atomic = False

    dependencies = [("orders", "0002_owner")]

    operations = [
        AddIndexConcurrently(
            model_name="requisition",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)),
                fields=["organization_id", "owner"],
                name="requisition_owner",
            ),
        ),
    ]
