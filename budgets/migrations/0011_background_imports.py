from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budgets", "0010_transfer_expiry")]

    operations = [
        # Defaults of the database's own, or none: no row is rewritten, and what runs still inserts.
        migrations.AddField(
            model_name="budgetimport",
            name="asked_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="budgetimport",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="budgetimport",
            name="failure",
            field=models.CharField(blank=True, db_default="", default="", max_length=1000),
        ),
        migrations.AddField(
            model_name="budgetimport",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="budgetimport",
            name="touched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="budgetimport",
            name="status",
            field=models.CharField(
                choices=[
                    ("PLANNED", "Waiting to be applied"),
                    ("APPLYING", "Being applied"),
                    ("APPLIED", "Applied"),
                    ("DISCARDED", "Discarded"),
                ],
                default="PLANNED",
                max_length=9,
            ),
        ),
    ]
