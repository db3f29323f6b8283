from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_rejected_lines")]

    operations = [
        # A cart can be given up before anybody was asked. Looser than before, so that every row
        # fits; checked in a step of its own, which keeps nobody from writing.
        migrations.RemoveConstraint(
            model_name="requisition", name="requisition_submitted_before_anything"
        ),
        AddConstraintNotValid(
            model_name="requisition",
            constraint=models.CheckConstraint(
                condition=models.Q(status__in=["DRAFT", "CANCELLED"])
                | models.Q(submitted_at__isnull=False),
                name="requisition_submitted_before_anything",
            ),
        ),
    ]
