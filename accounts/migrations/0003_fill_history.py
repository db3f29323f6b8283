"""Give what exists its history: where groups stand, where people are, since when roles hold.

Tenant by tenant, each in a transaction of its own, since row-level security hides all rows from a
connection without an active organization. Running it again changes nothing.
"""

from django.db import migrations, transaction

_FILL = (
    "UPDATE accounts_rolegrant SET starts_at = granted_at WHERE starts_at IS NULL",
    """
    UPDATE accounts_orggroup g SET archived_at = o.created_at
    FROM accounts_organization o
    WHERE o.id = g.organization_id AND NOT g.is_active AND g.archived_at IS NULL
    """,
    """
    INSERT INTO accounts_groupplacement
        (id, organization_id, group_id, parent_id, is_active, since, until)
    SELECT gen_random_uuid(), g.organization_id, g.id, g.parent_id, g.is_active, o.created_at, NULL
    FROM accounts_orggroup g JOIN accounts_organization o ON o.id = g.organization_id
    WHERE NOT EXISTS (SELECT FROM accounts_groupplacement p WHERE p.group_id = g.id)
    """,
    """
    INSERT INTO accounts_membershipplacement
        (id, organization_id, membership_id, status, group_id, manager_id, since, until)
    SELECT gen_random_uuid(), m.organization_id, m.id, m.status, m.group_id, m.manager_id,
           m.created_at, NULL
    FROM accounts_membership m
    WHERE NOT EXISTS (SELECT FROM accounts_membershipplacement p WHERE p.membership_id = m.id)
    """,
    # Each permission now belongs to one grant; they are derived anew once all has been migrated.
    "DELETE FROM accounts_grouppermission WHERE grant_id IS NULL",
)

# The tables of before know neither the past nor deputies, and one permission a person and group.
_EMPTY = (
    "DELETE FROM accounts_grouppermission p USING accounts_rolegrant r "
    "WHERE r.id = p.grant_id AND r.ends_at IS NOT NULL",
    """
    DELETE FROM accounts_grouppermission p USING accounts_grouppermission q
    WHERE q.organization_id = p.organization_id AND q.user_id = p.user_id
      AND q.permission_id = p.permission_id AND q.content_object_id = p.content_object_id
      AND q.id < p.id
    """,
    "DELETE FROM accounts_rolegrant WHERE ends_at IS NOT NULL",
    "DELETE FROM accounts_positionholder WHERE until IS NOT NULL OR is_deputy",
)


def fill(apps, schema_editor):
    _run(apps, schema_editor, _FILL)


def empty(apps, schema_editor):
    _run(apps, schema_editor, _EMPTY)


def _run(apps, schema_editor, statements):
    connection = schema_editor.connection
    for organization_id in apps.get_model("accounts", "Organization").objects.values_list(
        "id", flat=True
    ):
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.organization_id', %s, true)", [str(organization_id)]
            )
            for statement in statements:
                cursor.execute(statement)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0002_living_hierarchy")]

    operations = [migrations.RunPython(fill, empty)]
