from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budgets", "0001_initial")]

    operations = [
        # A default of the database's own: no row is rewritten, and what runs still inserts.
        migrations.AddField(
            model_name="budgetsettings",
            name="transfers_expire_after_days",
            field=models.PositiveSmallIntegerField(db_default=14, default=14),
        ),
        migrations.AlterField(
            model_name="budgettransfer",
            name="status",
            field=models.CharField(
                choices=[
                    ("ASKED", "Waiting for the giver"),
                    ("DONE", "Transferred"),
                    ("REFUSED", "Refused"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("EXPIRED", "Not answered in time"),
                ],
                default="ASKED",
                max_length=9,
            ),
        ),
    ]
