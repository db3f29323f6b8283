from django.db import migrations, models


class Migration(migrations.Migration):
    # The table holds one row for each organization, so filling it takes no time. Going back keeps
    # the stricter side: whoever asked above some amount asks always.

    dependencies = [("accounts", "0010_push_subscriptions")]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="sign_in_above",
            field=models.DecimalField(decimal_places=2, max_digits=16, null=True),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(sign_in_above__isnull=True) | models.Q(sign_in_above__gte=0),
                name="organization_sign_in_above_not_negative",
            ),
        ),
        migrations.RunSQL(
            "UPDATE accounts_organization SET sign_in_above = 0 WHERE decide_requires_sign_in",
            "UPDATE accounts_organization SET decide_requires_sign_in = true"
            " WHERE sign_in_above IS NOT NULL",
        ),
        migrations.RemoveField(model_name="organization", name="decide_requires_sign_in"),
    ]
