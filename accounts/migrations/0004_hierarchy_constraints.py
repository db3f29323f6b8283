import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes are built beside the running product; each step is a transaction of its own.
    atomic = False

    dependencies = [("accounts", "0003_fill_history")]

    operations = [
        migrations.AlterField(
            model_name="grouppermission",
            name="grant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="permissions",
                to="accounts.rolegrant",
            ),
        ),
        migrations.AlterField(
            model_name="rolegrant", name="starts_at", field=models.DateTimeField()
        ),
        RemoveIndexConcurrently(
            model_name="orggroup",
            name="org_group_path",
        ),
        AddIndexConcurrently(
            model_name="positionholder",
            index=models.Index(fields=["organization_id", "group"], name="position_holder_group"),
        ),
        AddIndexConcurrently(
            model_name="rolegrant",
            index=models.Index(fields=["organization_id", "membership"], name="role_grant_member"),
        ),
        migrations.AddConstraint(
            model_name="grouppermission",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "grant", "permission"), name="group_permission_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="orggroup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("organization_id", "parent", "name"),
                name="org_group_active_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="orggroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="org_group_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="orggroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("archived_at__isnull", True), ("is_active", True)),
                    models.Q(("archived_at__isnull", False), ("is_active", False)),
                    _connector="OR",
                ),
                name="org_group_archived_when_inactive",
            ),
        ),
        migrations.AddConstraint(
            model_name="orggroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True), ("is_active", False), _connector="OR"
                ),
                name="org_group_merged_is_archived",
            ),
        ),
        migrations.AddConstraint(
            model_name="positionholder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("organization_id", "group", "position", "is_deputy"),
                name="position_holder_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="positionholder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="position_holder_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at__isnull", True)),
                fields=("organization_id", "membership", "group", "role"),
                name="role_grant_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__isnull", True),
                    ("ends_at__gte", models.F("starts_at")),
                    _connector="OR",
                ),
                name="role_grant_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("spending_limit__isnull", True), ("spending_limit__gte", 0), _connector="OR"
                ),
                name="role_grant_limit_not_negative",
            ),
        ),
    ]
