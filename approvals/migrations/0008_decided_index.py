from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running product.
    atomic = False

    dependencies = [("approvals", "0007_deciding_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="approvalrequest",
            index=models.Index(
                condition=models.Q(("status__in", ["APPROVED", "REJECTED"])),
                fields=["organization_id", "group", "-closed_at"],
                name="approval_request_decided",
            ),
        ),
    ]
