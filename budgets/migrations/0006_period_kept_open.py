from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budgets", "0005_period_codes")]

    operations = [
        migrations.AddField(
            model_name="budgetperiod",
            name="kept_open_at",
            field=models.DateTimeField(null=True),
        ),
    ]
