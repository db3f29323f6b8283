from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_hierarchy_constraints")]

    operations = [
        migrations.AddField(
            model_name="position", name="archived_at", field=models.DateTimeField(null=True)
        ),
    ]
