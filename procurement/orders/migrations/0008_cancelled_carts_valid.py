from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_cancelled_carts")]

    operations = [
        ValidateConstraint(model_name="requisition", name="requisition_submitted_before_anything"),
    ]
