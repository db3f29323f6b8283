from django.db import migrations, models


class Migration(migrations.Migration):
    # A longer varchar is a change of the catalog alone: no row is touched, no index rebuilt.

    dependencies = [("accounts", "0006_former_ends")]

    operations = [
        migrations.AlterField(
            model_name="orggroup",
            name="code",
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
