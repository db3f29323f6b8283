import django.contrib.postgres.fields
import django.db.models.deletion
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import AppendOnly, TenantReference, TenantTable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DutyAcceptance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("kind", models.CharField(max_length=40)),
                ("reason", models.TextField()),
                ("until_on", models.DateField()),
                ("accepted_by", models.CharField(max_length=200)),
                ("accepted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="GroupPlacement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("is_active", models.BooleanField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HierarchyReview",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("findings", models.JSONField()),
                ("counts", models.JSONField()),
                ("is_scheduled", models.BooleanField(default=False)),
                ("made_by", models.CharField(max_length=200)),
                ("asked_of", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("OPEN", "Waiting"),
                            ("ACCEPTED", "Accepted"),
                            ("REVOKED", "Revoked"),
                        ],
                        default="OPEN",
                        max_length=8,
                    ),
                ),
                ("sent", models.PositiveSmallIntegerField(default=0)),
                ("invited_by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InvitationBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("source", models.CharField(max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("CHECKED", "Waiting to be sent"),
                            ("RUNNING", "Being sent"),
                            ("DONE", "Sent"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="CHECKED",
                        max_length=9,
                    ),
                ),
                ("defaults", models.JSONField()),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("total", models.PositiveIntegerField()),
                ("ready", models.PositiveIntegerField()),
                ("processed", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="InvitationLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("number", models.PositiveIntegerField()),
                ("raw", models.JSONField()),
                ("email", models.CharField(blank=True, max_length=320)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(blank=True, max_length=16)),
                ("manager_email", models.CharField(blank=True, max_length=320)),
                ("position_code", models.CharField(blank=True, max_length=40)),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("READY", "Will be invited"),
                            ("KNOWN", "Is a member already"),
                            ("DUPLICATE", "Stands there twice"),
                            ("REJECTED", "Has a problem"),
                            ("INVITED", "Invited"),
                        ],
                        max_length=9,
                    ),
                ),
                ("problems", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="MemberMove",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PLANNED", "Planned"),
                            ("DONE", "Carried out"),
                            ("CANCELLED", "Called off"),
                        ],
                        default="PLANNED",
                        max_length=9,
                    ),
                ),
                ("effective_at", models.DateTimeField()),
                ("overlap_until", models.DateTimeField(null=True)),
                (
                    "ended_grants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                (
                    "started_grants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("effects", models.JSONField(default=list)),
                ("reason", models.TextField(blank=True)),
                ("ordered_by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MembershipPlacement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ACTIVE", "Active"),
                            ("INVITED", "Invited"),
                            ("SUSPENDED", "Suspended"),
                        ],
                        max_length=9,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RoleLimit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("ADMINISTRATOR", "Administrator"),
                            ("REQUISITIONER", "Requisitioner"),
                            ("FINANCE", "Finance"),
                            ("TECHNICIAN", "Technician"),
                        ],
                        max_length=16,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=16)),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrainingAcknowledgement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("acknowledged_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrainingPage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("slug", models.SlugField(max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TrainingRequirement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("ADMINISTRATOR", "Administrator"),
                                ("REQUISITIONER", "Requisitioner"),
                                ("FINANCE", "Finance"),
                                ("TECHNICIAN", "Technician"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                    ),
                ),
                ("before_buying", models.BooleanField(default=True)),
                ("every_months", models.PositiveSmallIntegerField(null=True)),
                ("required_from", models.DateField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TrainingVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("links", models.JSONField(default=list)),
                ("must_repeat", models.BooleanField(default=False)),
                ("published_by", models.CharField(max_length=200)),
                ("published_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TreeImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=procurement.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                ("file_name", models.CharField(max_length=300)),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("tree_digest", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PLANNED", "Waiting to be applied"),
                            ("APPLIED", "Applied"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="PLANNED",
                        max_length=9,
                    ),
                ),
                ("plan", models.JSONField()),
                ("created_by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="grouppermission",
            name="grant",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="permissions",
                to="accounts.rolegrant",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="site",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="organization",
            name="address",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="legal_name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="organization",
            name="setup_closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="setup_skipped",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="tax_country",
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddField(
            model_name="organization",
            name="tax_number",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="orggroup",
            name="archived_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="orggroup",
            name="ends_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="orggroup",
            name="merged_into",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_groups",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="orggroup",
            name="starts_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="positionholder",
            name="is_deputy",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="positionholder",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="spending_limit",
            field=models.DecimalField(decimal_places=2, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name="rolegrant", name="starts_at", field=models.DateTimeField(null=True)
        ),
        migrations.AlterField(
            model_name="orggroup",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ROOT", "Company"),
                    ("SUBSIDIARY", "Subsidiary"),
                    ("SITE", "Site"),
                    ("DEPARTMENT", "Department"),
                    ("COST_CENTRE", "Cost centre"),
                    ("TEAM", "Team"),
                    ("PROJECT", "Project"),
                ],
                default="TEAM",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="dutyacceptance",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accepted_duties",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="dutyacceptance",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accepted_duties",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="groupplacement",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="groupplacement",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddIndex(
            model_name="hierarchyreview",
            index=models.Index(
                fields=["organization_id", "-made_at"], name="hierarchy_review_made"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="invitationbatch",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.invitationbatch",
            ),
        ),
        migrations.AddField(
            model_name="invitationline",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="accounts.invitationbatch",
            ),
        ),
        migrations.AddField(
            model_name="invitationline",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="membermove",
            name="from_group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="membermove",
            name="manager",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="membermove",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="membermove",
            name="to_group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="membershipplacement",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="membershipplacement",
            name="manager",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="membershipplacement",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="rolelimit",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="role_limits",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="trainingacknowledgement",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acknowledgements",
                to="accounts.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingpage",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "slug"), name="training_page_slug_once"
            ),
        ),
        migrations.AddField(
            model_name="trainingrequirement",
            name="page",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requirements",
                to="accounts.trainingpage",
            ),
        ),
        migrations.AddField(
            model_name="trainingversion",
            name="page",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="accounts.trainingpage",
            ),
        ),
        migrations.AddField(
            model_name="trainingacknowledgement",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acknowledgements",
                to="accounts.trainingversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyacceptance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organization_id", "membership", "group", "kind"),
                name="duty_acceptance_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyacceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__regex", "\\S")), name="duty_acceptance_says_why"
            ),
        ),
        migrations.AddIndex(
            model_name="groupplacement",
            index=models.Index(
                fields=["organization_id", "group", "since"], name="group_placement_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="groupplacement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("organization_id", "group"),
                name="group_placement_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="group_placement_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="invitationbatch",
            index=models.Index(
                fields=["organization_id", "-created_at"], name="invitation_batch_created"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                fields=["organization_id", "-created_at"], name="invitation_created"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "OPEN")),
                fields=("organization_id", "membership"),
                name="invitation_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="invitationline",
            index=models.Index(
                fields=["organization_id", "batch", "fate", "number"], name="invitation_line_fate"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitationline",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "batch", "number"), name="invitation_line_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="membermove",
            index=models.Index(
                condition=models.Q(("status", "PLANNED")),
                fields=["organization_id", "effective_at"],
                name="member_move_planned",
            ),
        ),
        migrations.AddConstraint(
            model_name="membermove",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "PLANNED")),
                fields=("organization_id", "membership"),
                name="member_move_one_planned",
            ),
        ),
        migrations.AddConstraint(
            model_name="membermove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("overlap_until__isnull", True),
                    ("overlap_until__gte", models.F("effective_at")),
                    _connector="OR",
                ),
                name="member_move_overlap_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="membershipplacement",
            index=models.Index(
                fields=["organization_id", "membership", "since"],
                name="membership_placement_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="membershipplacement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("organization_id", "membership"),
                name="membership_placement_one_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="membershipplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="membership_placement_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolelimit",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "group", "role"), name="role_limit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rolelimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="role_limit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingrequirement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organization_id", "page"),
                name="training_requirement_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingversion",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "page", "number"), name="training_version_number_once"
            ),
        ),
        migrations.AddIndex(
            model_name="trainingacknowledgement",
            index=models.Index(
                fields=["organization_id", "membership", "version"],
                name="training_acknowledgement_who",
            ),
        ),
        TenantTable("groupplacement"),
        TenantTable("membershipplacement"),
        TenantTable("membermove"),
        TenantTable("rolelimit"),
        TenantTable("dutyacceptance"),
        TenantTable("invitationbatch"),
        TenantTable("invitationline"),
        TenantTable("invitation"),
        TenantTable("trainingpage"),
        TenantTable("trainingversion"),
        TenantTable("trainingrequirement"),
        TenantTable("trainingacknowledgement"),
        TenantTable("treeimport"),
        TenantTable("hierarchyreview"),
        TenantReference("orggroup", "merged_into"),
        TenantReference("grouppermission", "grant"),
        AppendOnly("trainingversion"),
        AppendOnly("trainingacknowledgement"),
        migrations.RemoveConstraint(
            model_name="grouppermission",
            name="group_permission_once",
        ),
        migrations.RemoveConstraint(
            model_name="orggroup",
            name="org_group_name_once",
        ),
        migrations.RemoveConstraint(
            model_name="positionholder",
            name="position_holder_once",
        ),
        migrations.RemoveConstraint(
            model_name="rolegrant",
            name="role_grant_once",
        ),
    ]
