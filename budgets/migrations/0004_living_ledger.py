import django.db.models.expressions
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # The ledger is long: it is checked beside the running product, in a step of its own.
    atomic = False

    dependencies = [("budgets", "0003_living_budgets")]

    operations = [
        migrations.RemoveConstraint(model_name="ledgerentry", name="ledger_entry_shape"),
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
                    ("CHANGE", "Changed with its order"),
                    ("ROLL", "Moved to another period"),
                    ("CARRY", "Unused room carried over"),
                    ("TRANSFER", "Transferred"),
                    ("ADJUST", "Adjusted"),
                    ("FREEZE", "Frozen"),
                    ("THAW", "Taken up again"),
                    ("CLOSE", "Closed"),
                    ("REOPEN", "Reopened"),
                ],
                max_length=8,
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
                        ("kind__in", ("CAP", "CARRY", "TRANSFER")),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_reserved__gt", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("RESERVE",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("CHANGE", "SHIFT", "ROLL")),
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
                        ("delta_reserved__lte", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("RELEASE",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed__lte", 0),
                        ("delta_reserved__lte", 0),
                        ("delta_spent__gt", 0),
                        ("kind__in", ("SPEND",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_reserved", 0),
                        ("delta_spent__lt", 0),
                        ("kind__in", ("CREDIT",)),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_reserved", 0),
                        ("kind__in", ("HISTORY", "ADJUST")),
                    ),
                    models.Q(
                        ("delta_cap", 0),
                        ("delta_committed", 0),
                        ("delta_overrun", 0),
                        ("delta_reserved", 0),
                        ("delta_spent", 0),
                        ("kind__in", ("FREEZE", "THAW", "CLOSE", "REOPEN")),
                    ),
                    _connector="OR",
                ),
                name="ledger_entry_shape",
            ),
        ),
        ValidateConstraint(model_name="ledgerentry", name="ledger_entry_shape"),
    ]
