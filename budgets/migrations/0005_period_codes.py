"""Give every period that is open its code, as the calendar year names it.

Tenant by tenant, each in a transaction of its own, since row-level security hides all rows from a
connection without an active organization. Running it again changes nothing.
"""

from django.db import migrations, transaction

_FILL = """
UPDATE budgets_budgetperiod p SET code = CASE b.kind
    WHEN 'YEAR' THEN to_char(p.starts_on, 'YYYY')
    WHEN 'QUARTER' THEN to_char(p.starts_on, 'YYYY-"Q"Q')
    ELSE to_char(p.starts_on, 'YYYY-MM') END
FROM budgets_budget b
WHERE b.organization_id = p.organization_id AND b.id = p.budget_id AND p.code = ''
"""


def fill(apps, schema_editor):
    connection = schema_editor.connection
    for organization_id in apps.get_model("accounts", "Organization").objects.values_list(
        "id", flat=True
    ):
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.organization_id', %s, true)", [str(organization_id)]
            )
            cursor.execute(_FILL)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("budgets", "0004_living_ledger")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
