from django.db import migrations, models


class Migration(migrations.Migration):
    # Columns with a constant default: the table is not rewritten, however many rows it has.

    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="thread",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="bundle",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="event",
            field=models.CharField(blank=True, default="", max_length=24),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="person_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="is_spent",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="bounced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="failure",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="status",
            field=models.CharField(
                choices=[
                    ("PENDING", "Pending"),
                    ("SENDING", "Sending"),
                    ("SENT", "Sent"),
                    ("PARKED", "Parked"),
                    ("GONE", "Gone"),
                ],
                default="PENDING",
                max_length=8,
            ),
        ),
    ]
