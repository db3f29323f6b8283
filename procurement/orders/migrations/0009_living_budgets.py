from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_sign_in_above"),
        ("orders", "0008_cancelled_carts_valid"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="requisition",
            name="requisition_submitted_before_anything",
        ),
        migrations.AddField(
            model_name="requisition",
            name="charged_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="requisition",
            name="waiting_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="requisition",
            name="wanted_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="requisition",
            name="status",
            field=models.CharField(
                choices=[
                    ("DRAFT", "In the cart"),
                    ("WAITING", "Waiting for budget"),
                    ("PENDING", "Waiting for approval"),
                    ("PLACED", "Placed"),
                    ("REJECTED", "Rejected"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("EXPIRED", "Not decided in time"),
                    ("CANCELLED", "Cancelled"),
                ],
                default="DRAFT",
                max_length=9,
            ),
        ),
        AddConstraintNotValid(
            model_name="requisition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["DRAFT", "WAITING", "CANCELLED"]),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="requisition_submitted_before_anything",
            ),
        ),
    ]
