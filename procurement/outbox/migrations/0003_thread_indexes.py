from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the running product.
    atomic = False

    dependencies = [("outbox", "0002_threads")]

    operations = [
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("status", "PARKED")),
                fields=["organization_id", "created_at"],
                name="outbox_message_parked",
            ),
        ),
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("bundle", ""), _negated=True),
                fields=["organization_id", "recipient", "bundle"],
                name="outbox_message_bundle",
            ),
        ),
    ]
