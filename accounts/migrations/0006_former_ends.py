import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_position_archive")]

    operations = [
        migrations.AddField(
            model_name="membermove",
            name="former_ends",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(null=True), default=list, size=None
            ),
        ),
    ]
