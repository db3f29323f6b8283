from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_COUNTED = models.Q(("status__in", ["PENDING", "PLACED"]))


class Migration(migrations.Migration):
    # Built beside the running product.
    atomic = False

    dependencies = [("orders", "0003_owner_index")]

    operations = [
        AddIndexConcurrently(
            model_name="requisition",
            index=models.Index(
                condition=_COUNTED,
                fields=["organization_id", "requester", "submitted_at"],
                name="requisition_counted_requester",
            ),
        ),
        AddIndexConcurrently(
            model_name="requisition",
            index=models.Index(
                condition=_COUNTED,
                fields=["organization_id", "group", "submitted_at"],
                name="requisition_counted_group",
            ),
        ),
        AddIndexConcurrently(
            model_name="requisitionline",
            index=models.Index(
                fields=["organization_id", "supplier"], name="requisition_line_supplier"
            ),
        ),
    ]
