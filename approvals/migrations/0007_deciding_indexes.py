from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

ONE_APPEAL = """
CREATE UNIQUE INDEX CONCURRENTLY approval_request_one_appeal
    ON approvals_approvalrequest (organization_id, follows_id) WHERE follows_as = 'APPEAL'
"""


class Migration(migrations.Migration):
    # Built beside the running product.
    atomic = False

    dependencies = [("approvals", "0006_deciding")]

    operations = [
        ValidateConstraint("approvalrequest", "approval_request_follows_somehow"),
        ValidateConstraint("decision", "approval_decision_carried_says_why"),
        ValidateConstraint("stage", "approval_stage_routed_or_added"),
        ValidateConstraint("stage", "approval_stage_due_or_stopped"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    ONE_APPEAL, reverse_sql="DROP INDEX CONCURRENTLY approval_request_one_appeal"
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="approvalrequest",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("follows_as", "APPEAL")),
                        fields=("organization_id", "follows"),
                        name="approval_request_one_appeal",
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name="approvalrequest",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status", "PENDING")),
                fields=["organization_id", "expires_at"],
                name="approval_request_expiring",
            ),
        ),
        AddIndexConcurrently(
            model_name="stage",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False), ("status", "OPEN")),
                fields=["organization_id", "due_at"],
                name="approval_stage_due",
            ),
        ),
    ]
