import django.db.models.expressions
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # The ledger is long: it is checked beside the running product, in a step of its own.
    atomic = False

    dependencies = [
        ("budgets", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="ledger_entry_shape",
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("OPEN", "Opened"),
                    ("CAP", "Cap changed"),
                    ("RESERVE", "Reserved"),
                    ("COMMIT", "Committed"),
                    ("RELEASE", "Released"),
                    ("SPEND", "Spent"),
                    ("CREDIT", "Credited"),
                    ("HISTORY", "Imported"),
                    ("SHIFT", "Moved with its group"),
                ],
                max_length=7,
            ),
        ),
        AddConstraintNotValid(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("delta_committed", 0),
                        ("delta_overrun", 0),
                        ("delta_reserved", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("OPEN",)),
                    ),
                    models.Q(
                        ("delta_committed", 0),
                        ("delta_reserved", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("CAP",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_overrun", 0),
                        ("delta_reserved__gt", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("RESERVE",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed__gt", 0),
                        ("delta_overrun", 0),
                        (
                            "delta_reserved",
                            django.db.models.expressions.CombinedExpression(
                                models.F("delta_committed"), "*", models.Value(-1)
                            ),
                        ),
                        ("delta_spent", 0),
                        ("kind__in", ("COMMIT",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed__lte", 0),
                        ("delta_overrun", 0),
                        ("delta_reserved__lte", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("RELEASE",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed__lte", 0),
                        ("delta_overrun", 0),
                        ("delta_reserved__lte", 0),
                        ("delta_spent__gt", 0),
                        ("kind__in", ("SPEND",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_overrun", 0),
                        ("delta_reserved", 0),
                        ("delta_spent__lt", 0),
                        ("kind__in", ("CREDIT",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_reserved", 0),
                        ("kind__in", ("HISTORY",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_overrun", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("SHIFT",)),
                    ),
                    _connector="OR",
                ),
                name="ledger_entry_shape",
            ),
        ),
        ValidateConstraint(model_name="ledgerentry", name="ledger_entry_shape"),
    ]
