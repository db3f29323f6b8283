"""The tables of the app, made at once."""

import accounts.models.calendar
import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import procurement.core.ids
from django.conf import settings
from django.db import migrations, models

from procurement.core.migrations import AppendOnly, CreateTables, TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Organization",
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
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "currency",
                            models.CharField(
                                max_length=3,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[A-Z]{3}$", "Three capitals, such as USD."
                                    )
                                ],
                            ),
                        ),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        ("created_at", models.DateTimeField()),
                        ("address", models.TextField(blank=True)),
                        ("legal_name", models.CharField(blank=True, max_length=200)),
                        ("setup_closed_at", models.DateTimeField(null=True)),
                        (
                            "setup_skipped",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("tax_country", models.CharField(blank=True, max_length=2)),
                        ("tax_number", models.CharField(blank=True, max_length=40)),
                        (
                            "sign_in_above",
                            models.DecimalField(decimal_places=2, max_digits=16, null=True),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("sign_in_above__isnull", True),
                                    ("sign_in_above__gte", 0),
                                    _connector="OR",
                                ),
                                name="organization_sign_in_above_not_negative",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        (
                            "id",
                            models.UUIDField(
                                default=procurement.core.ids.new_id,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("email", models.EmailField(max_length=320, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("is_active", models.BooleanField(default=True)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("date_joined", models.DateTimeField(auto_now_add=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"),
                                name="user_email_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrgGroup",
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
                            "path",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.UUIDField(), size=None
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("code", models.CharField(blank=True, max_length=120)),
                        (
                            "kind",
                            models.CharField(
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
                        ("is_active", models.BooleanField(default=True)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="accounts.orggroup",
                            ),
                        ),
                        ("archived_at", models.DateTimeField(null=True)),
                        ("ends_on", models.DateField(null=True)),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_groups",
                                to="accounts.orggroup",
                            ),
                        ),
                        ("starts_on", models.DateField(null=True)),
                    ],
                    options={
                        "permissions": [
                            ("view_group", "See the group, its people and seats"),
                            ("manage_groups", "Create and change groups"),
                            ("manage_people", "Add people, grant roles, fill seats"),
                            ("manage_policies", "Write and publish approval policies"),
                            ("manage_budgets", "Set and change budgets"),
                            ("manage_catalog", "Keep suppliers, items and buying rules"),
                            ("place_orders", "Place orders"),
                            ("view_orders", "See everybody's orders"),
                            ("view_budgets", "See budgets"),
                            ("view_reports", "See and download reports"),
                            ("view_audit", "Read the audit trail"),
                            ("import_history", "Import purchase history"),
                        ],
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "parent"], name="org_group_parent"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("parent__isnull", True)),
                                fields=("organization_id",),
                                name="org_group_one_root",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_active", True)),
                                fields=("organization_id", "parent", "name"),
                                name="org_group_active_name_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on__isnull", True),
                                    ("ends_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="org_group_days_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("archived_at__isnull", True), ("is_active", True)),
                                    models.Q(("archived_at__isnull", False), ("is_active", False)),
                                    _connector="OR",
                                ),
                                name="org_group_archived_when_inactive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into__isnull", True),
                                    ("is_active", False),
                                    _connector="OR",
                                ),
                                name="org_group_merged_is_archived",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                                default="ACTIVE",
                                max_length=9,
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField()),
                        (
                            "manager",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="accounts.orggroup",
                            ),
                        ),
                        ("site", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group"], name="membership_group"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "user"), name="membership_user_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Position",
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
                        ("code", models.SlugField(max_length=40)),
                        ("name", models.CharField(max_length=100)),
                        ("archived_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "code"), name="position_code_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PositionHolder",
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
                        ("since", models.DateTimeField()),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "position",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holders",
                                to="accounts.position",
                            ),
                        ),
                        ("is_deputy", models.BooleanField(default=False)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "membership"],
                                name="position_holder_member",
                            ),
                            models.Index(
                                fields=["organization_id", "group"], name="position_holder_group"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("organization_id", "group", "position", "is_deputy"),
                                name="position_holder_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="position_holder_in_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoleGrant",
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
                        ("granted_at", models.DateTimeField()),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="grants",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="grants",
                                to="accounts.membership",
                            ),
                        ),
                        ("ends_at", models.DateTimeField(null=True)),
                        (
                            "spending_limit",
                            models.DecimalField(decimal_places=2, max_digits=16, null=True),
                        ),
                        ("starts_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group"], name="role_grant_group"
                            ),
                            models.Index(
                                fields=["organization_id", "membership"], name="role_grant_member"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ends_at__isnull", True)),
                                fields=("organization_id", "membership", "group", "role"),
                                name="role_grant_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True),
                                    ("ends_at__gte", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="role_grant_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("spending_limit__isnull", True),
                                    ("spending_limit__gte", 0),
                                    _connector="OR",
                                ),
                                name="role_grant_limit_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GroupPermission",
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
                            "permission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "content_object",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="user_permissions",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "grant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="permissions",
                                to="accounts.rolegrant",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "content_object"],
                                name="group_permission_group",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "grant", "permission"),
                                name="group_permission_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SecretKey",
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
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("organization_id", models.UUIDField()),
                        ("kind", models.CharField(max_length=24)),
                        ("row_id", models.UUIDField()),
                        ("expires_at", models.DateTimeField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "row_id"], name="secret_key_row"
                            )
                        ],
                    },
                ),
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
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accepted_duties",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accepted_duties",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organization_id", "membership", "group", "kind"),
                                name="duty_acceptance_one_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason__regex", "\\S")),
                                name="duty_acceptance_says_why",
                            ),
                        ],
                    },
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
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="placements",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group", "since"],
                                name="group_placement_group",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("organization_id", "group"),
                                name="group_placement_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="group_placement_in_order",
                            ),
                        ],
                    },
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
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-made_at"], name="hierarchy_review_made"
                            )
                        ],
                    },
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
                        (
                            "created_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-created_at"],
                                name="invitation_batch_created",
                            )
                        ],
                    },
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
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.invitationbatch",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-created_at"], name="invitation_created"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "OPEN")),
                                fields=("organization_id", "membership"),
                                name="invitation_one_open",
                            )
                        ],
                    },
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
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="accounts.invitationbatch",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "batch", "fate", "number"],
                                name="invitation_line_fate",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "batch", "number"),
                                name="invitation_line_number_once",
                            )
                        ],
                    },
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
                        (
                            "from_group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "manager",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "to_group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "former_ends",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateTimeField(null=True), default=list, size=None
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "PLANNED")),
                                fields=["organization_id", "effective_at"],
                                name="member_move_planned",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "PLANNED")),
                                fields=("organization_id", "membership"),
                                name="member_move_one_planned",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("overlap_until__isnull", True),
                                    ("overlap_until__gte", models.F("effective_at")),
                                    _connector="OR",
                                ),
                                name="member_move_overlap_after_start",
                            ),
                        ],
                    },
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
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "manager",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="placements",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "membership", "since"],
                                name="membership_placement_member",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("organization_id", "membership"),
                                name="membership_placement_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="membership_placement_in_order",
                            ),
                        ],
                    },
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
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="role_limits",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "group", "role"), name="role_limit_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gte", 0)),
                                name="role_limit_not_negative",
                            ),
                        ],
                    },
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
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "slug"), name="training_page_slug_once"
                            )
                        ],
                    },
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
                        (
                            "page",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requirements",
                                to="accounts.trainingpage",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organization_id", "page"),
                                name="training_requirement_one_open",
                            )
                        ],
                    },
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
                        (
                            "page",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="accounts.trainingpage",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "page", "number"),
                                name="training_version_number_once",
                            )
                        ],
                    },
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
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgements",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgements",
                                to="accounts.trainingversion",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "membership", "version"],
                                name="training_acknowledgement_who",
                            )
                        ],
                    },
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
                migrations.CreateModel(
                    name="CalendarDay",
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
                        ("on", models.DateField()),
                        ("name", models.CharField(max_length=100)),
                        ("is_working", models.BooleanField(default=False)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "on"), name="calendar_day_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkingCalendar",
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
                            "weekdays",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(),
                                default=accounts.models.calendar.monday_to_friday,
                                size=None,
                            ),
                        ),
                        ("opens", models.TimeField(default=datetime.time(9, 0))),
                        ("closes", models.TimeField(default=datetime.time(17, 0))),
                        ("country", models.CharField(blank=True, max_length=2)),
                        ("subdivision", models.CharField(blank=True, max_length=40)),
                        ("changed_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id",), name="working_calendar_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("closes__gt", models.F("opens"))),
                                name="working_calendar_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("weekdays__len__gte", 1),
                                    ("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7]),
                                ),
                                name="working_calendar_some_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationChoice",
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
                        ("event", models.CharField(max_length=24)),
                        (
                            "email",
                            models.CharField(
                                choices=[
                                    ("AT_ONCE", "At once"),
                                    ("DIGEST", "In the daily summary"),
                                    ("OFF", "Not by mail"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("push", models.BooleanField()),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "membership", "event"),
                                name="notification_choice_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NotificationHours",
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
                        ("time_zone", models.CharField(blank=True, max_length=60)),
                        ("quiet_from", models.TimeField(null=True)),
                        ("quiet_until", models.TimeField(null=True)),
                        ("quiet_weekends", models.BooleanField(default=False)),
                        ("digest_hour", models.PositiveSmallIntegerField(default=8)),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "membership"),
                                name="notification_hours_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("quiet_from__isnull", True), ("quiet_until__isnull", True)
                                    ),
                                    models.Q(
                                        ("quiet_from__isnull", False),
                                        ("quiet_until__isnull", False),
                                        models.Q(
                                            ("quiet_from", models.F("quiet_until")), _negated=True
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="notification_hours_end",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("digest_hour__lte", 23)),
                                name="notification_hours_digest_hour",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PushSubscription",
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
                        ("endpoint", models.CharField(max_length=1000)),
                        ("p256dh", models.CharField(max_length=100)),
                        ("auth", models.CharField(max_length=40)),
                        ("label", models.CharField(max_length=80)),
                        ("created_at", models.DateTimeField()),
                        ("last_used_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="push_subscriptions",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["organization_id", "membership"],
                                name="push_subscription_member",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organization_id", "endpoint"),
                                name="push_subscription_endpoint_once",
                            )
                        ],
                    },
                ),
            ],
        ),
        TenantTable("orggroup"),
        TenantTable(
            "membership",
            # A signed-in user finds their own organizations before one is active.
            extra_policies={
                "own_rows": "user_id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid)"
            },
        ),
        TenantTable("position"),
        TenantTable("positionholder"),
        TenantTable("rolegrant"),
        TenantTable("grouppermission"),
        TenantTable("dutyacceptance"),
        TenantTable("groupplacement"),
        TenantTable("hierarchyreview"),
        TenantTable("invitationbatch"),
        TenantTable("invitation"),
        TenantTable("invitationline"),
        TenantTable("membermove"),
        TenantTable("membershipplacement"),
        TenantTable("rolelimit"),
        TenantTable("trainingpage"),
        TenantTable("trainingrequirement"),
        TenantTable("trainingversion"),
        TenantTable("trainingacknowledgement"),
        TenantTable("treeimport"),
        TenantTable("calendarday"),
        TenantTable("workingcalendar"),
        TenantTable("notificationchoice"),
        TenantTable("notificationhours"),
        TenantTable("pushsubscription"),
        AppendOnly("trainingversion"),
        AppendOnly("trainingacknowledgement"),
    ]
