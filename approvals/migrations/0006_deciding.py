import django.db.models.deletion
import procurement.core.ids
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from procurement.core.migrations import AppendOnly, TenantReference, TenantTable

# The clock moves on stages and requests; what somebody added can be removed, and nothing else; an
# approval of the content before counts where it has been carried over, with its reason.
GUARDS = """
CREATE OR REPLACE FUNCTION approvals_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval requests are kept: DELETE refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - 'status' - 'closed_at' - 'expires_at' - 'expiry_warned_at'
            <> to_jsonb(OLD) - 'status' - 'closed_at' - 'expires_at' - 'expiry_warned_at' THEN
        RAISE EXCEPTION 'what an approval request asks for cannot change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> 'PENDING' THEN
        RAISE EXCEPTION 'approval request is final: %', OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'APPROVED' AND EXISTS (
        SELECT FROM approvals_stage
        WHERE organization_id = NEW.organization_id AND request_id = NEW.id
          AND status NOT IN ('APPROVED', 'SKIPPED', 'REMOVED')
    ) THEN
        RAISE EXCEPTION 'approval request has stages that have not passed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'REJECTED' AND NOT EXISTS (
        SELECT FROM approvals_decision
        WHERE organization_id = NEW.organization_id AND request_id = NEW.id AND choice = 'REJECT'
    ) THEN
        RAISE EXCEPTION 'approval request was rejected by nobody'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION approvals_guard_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'stages are kept: DELETE refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - 'status' - 'opened_at' - 'closed_at' - 'due_at' - 'minutes_left'
                     - 'reminded_at' - 'escalations'
            <> to_jsonb(OLD) - 'status' - 'opened_at' - 'closed_at' - 'due_at' - 'minutes_left'
                             - 'reminded_at' - 'escalations' THEN
        RAISE EXCEPTION 'what a stage asks for cannot change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status NOT IN ('WAITING', 'OPEN') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'stage is final: %', OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'REMOVED' AND NEW.added_by_id IS NULL THEN
        RAISE EXCEPTION 'what policy asks for cannot be removed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status <> OLD.status AND (
        NEW.status = 'APPROVED'
        OR NEW.status = 'SKIPPED' AND EXISTS (
            SELECT FROM approvals_approvalrequest
            WHERE organization_id = NEW.organization_id AND id = NEW.request_id
              AND status = 'PENDING'
        )
    ) AND NOT EXISTS (
        SELECT FROM approvals_decision d
        JOIN approvals_stageseat s
          ON s.organization_id = d.organization_id AND s.stage_id = NEW.id
         AND s.membership_id IN (d.membership_id, d.on_behalf_of_id)
        WHERE d.organization_id = NEW.organization_id AND d.request_id = NEW.request_id
          AND d.choice = 'APPROVE'
    ) THEN
        RAISE EXCEPTION 'nobody who sits in the stage has agreed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION approvals_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.carried_from_id IS NOT NULL THEN
        -- What was agreed to before the content changed stands in for the same person's own seat.
        IF NOT EXISTS (
            SELECT FROM approvals_decision d
            JOIN approvals_approvalrequest was
              ON was.organization_id = d.organization_id AND was.id = d.request_id
            JOIN approvals_approvalrequest r
              ON r.organization_id = d.organization_id AND r.id = NEW.request_id
             AND r.status = 'PENDING' AND r.id <> was.id
             AND (r.subject_kind, r.subject_id) = (was.subject_kind, was.subject_id)
            JOIN approvals_stageseat s
              ON s.organization_id = r.organization_id AND s.id = NEW.seat_id
             AND s.membership_id = coalesce(NEW.on_behalf_of_id, NEW.membership_id)
            WHERE d.organization_id = NEW.organization_id AND d.id = NEW.carried_from_id
              AND d.choice = 'APPROVE' AND NEW.choice = 'APPROVE'
              AND d.membership_id = NEW.membership_id
              AND d.on_behalf_of_id IS NOT DISTINCT FROM NEW.on_behalf_of_id
              AND d.decided_at = NEW.decided_at
        ) THEN
            RAISE EXCEPTION 'only an approval of the same subject by the same person carries over'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM approvals_stageseat s
        JOIN approvals_stage g
          ON g.organization_id = s.organization_id AND g.id = s.stage_id AND g.status = 'OPEN'
        JOIN approvals_approvalrequest r
          ON r.organization_id = s.organization_id AND r.id = s.request_id
         AND r.status = 'PENDING'
        WHERE s.organization_id = NEW.organization_id AND s.id = NEW.seat_id
          AND s.membership_id = coalesce(NEW.on_behalf_of_id, NEW.membership_id)
          AND s.asked_at IS NOT NULL AND s.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a decision needs an open seat of whoever decides'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
GUARDS_BACK = """
CREATE OR REPLACE FUNCTION approvals_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval requests are kept: DELETE refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - 'status' - 'closed_at' <> to_jsonb(OLD) - 'status' - 'closed_at' THEN
        RAISE EXCEPTION 'what an approval request asks for cannot change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status <> 'PENDING' THEN
        RAISE EXCEPTION 'approval request is final: %', OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'APPROVED' AND EXISTS (
        SELECT FROM approvals_stage
        WHERE organization_id = NEW.organization_id AND request_id = NEW.id
          AND status NOT IN ('APPROVED', 'SKIPPED')
    ) THEN
        RAISE EXCEPTION 'approval request has stages that have not passed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status = 'REJECTED' AND NOT EXISTS (
        SELECT FROM approvals_decision
        WHERE organization_id = NEW.organization_id AND request_id = NEW.id AND choice = 'REJECT'
    ) THEN
        RAISE EXCEPTION 'approval request was rejected by nobody'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION approvals_guard_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'stages are kept: DELETE refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - 'status' - 'opened_at' - 'closed_at'
            <> to_jsonb(OLD) - 'status' - 'opened_at' - 'closed_at' THEN
        RAISE EXCEPTION 'what a stage asks for cannot change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status NOT IN ('WAITING', 'OPEN') AND NEW.status <> OLD.status THEN
        RAISE EXCEPTION 'stage is final: %', OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status <> OLD.status AND (
        NEW.status = 'APPROVED'
        OR NEW.status = 'SKIPPED' AND EXISTS (
            SELECT FROM approvals_approvalrequest
            WHERE organization_id = NEW.organization_id AND id = NEW.request_id
              AND status = 'PENDING'
        )
    ) AND NOT EXISTS (
        SELECT FROM approvals_decision d
        JOIN approvals_stageseat s
          ON s.organization_id = d.organization_id AND s.stage_id = NEW.id
         AND s.membership_id IN (d.membership_id, d.on_behalf_of_id)
        WHERE d.organization_id = NEW.organization_id AND d.request_id = NEW.request_id
          AND d.choice = 'APPROVE'
    ) THEN
        RAISE EXCEPTION 'nobody who sits in the stage has agreed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION approvals_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM approvals_stageseat s
        JOIN approvals_stage g
          ON g.organization_id = s.organization_id AND g.id = s.stage_id AND g.status = 'OPEN'
        JOIN approvals_approvalrequest r
          ON r.organization_id = s.organization_id AND r.id = s.request_id
         AND r.status = 'PENDING'
        WHERE s.organization_id = NEW.organization_id AND s.id = NEW.seat_id
          AND s.membership_id = coalesce(NEW.on_behalf_of_id, NEW.membership_id)
          AND s.asked_at IS NOT NULL AND s.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a decision needs an open seat of whoever decides'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_wider_codes"),
        ("approvals", "0005_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="AbsenceFeed",
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
                ("name", models.CharField(max_length=200)),
                ("url", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("unmatched", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="DecidingSettings",
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
                ("hours_to_decide", models.PositiveSmallIntegerField(default=16)),
                ("remind_hours_before", models.PositiveSmallIntegerField(default=4)),
                ("escalates", models.BooleanField(default=True)),
                ("expire_after_days", models.PositiveSmallIntegerField(default=20)),
                ("warn_days_before", models.PositiveSmallIntegerField(default=3)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Delegation",
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
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("up_to", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("SELF", "Set by themselves"),
                            ("ADMINISTRATOR", "Set by an administrator"),
                            ("CALENDAR", "From a calendar"),
                        ],
                        max_length=13,
                    ),
                ),
                ("set_by", models.CharField(max_length=200)),
                ("uid", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DelegationGroup",
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
            ],
        ),
        migrations.CreateModel(
            name="DeputyLink",
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
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Question",
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
                ("text", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RequestEvent",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("QUESTION", "Asked"),
                            ("ANSWER", "Answered"),
                            ("HANDED_OVER", "Handed over"),
                            ("ADDED", "Added an approver"),
                            ("REMOVED", "Removed an approver"),
                            ("EXTENDED", "Extended the time"),
                            ("REMINDED", "Reminded"),
                            ("ESCALATED", "Asked the next in line"),
                            ("WARNED", "Warned that it expires"),
                            ("EXPIRED", "Expired"),
                            ("CARRIED", "Kept decisions"),
                            ("LINES_REJECTED", "Rejected lines"),
                            ("APPEALED", "Appealed"),
                            ("REPLACED", "Replaced"),
                        ],
                        max_length=14,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="expiry_warned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="follows",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="approvals.approvalrequest",
            ),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="follows_as",
            field=models.CharField(
                blank=True,
                choices=[("CHANGE", "Changed content"), ("APPEAL", "Appeal")],
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="carried_because",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="decision",
            name="carried_from",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried_to",
                to="approvals.decision",
            ),
        ),
        migrations.AddField(
            model_name="stage",
            name="added_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="stage",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="escalations",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="stage",
            name="minutes_left",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="stageseat",
            name="in_place_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.stageseat",
            ),
        ),
        migrations.AddField(
            model_name="stageseat",
            name="origin",
            field=models.CharField(
                choices=[
                    ("POLICY", "By policy"),
                    ("HANDED_OVER", "Handed over"),
                    ("ESCALATED", "Next in line"),
                    ("ADDED", "Added"),
                    ("APPEAL", "Appeal"),
                ],
                default="POLICY",
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="approvalrequest",
            name="status",
            field=models.CharField(
                choices=[
                    ("PENDING", "Waiting for approval"),
                    ("APPROVED", "Approved"),
                    ("REJECTED", "Rejected"),
                    ("SUPERSEDED", "Replaced by a newer version"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("EXPIRED", "Not decided in time"),
                ],
                default="PENDING",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="stage",
            name="status",
            field=models.CharField(
                choices=[
                    ("WAITING", "Not yet open"),
                    ("OPEN", "Open"),
                    ("APPROVED", "Approved"),
                    ("REJECTED", "Rejected"),
                    ("SKIPPED", "Not needed"),
                    ("REMOVED", "Removed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="stage",
            name="step",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        AddConstraintNotValid(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("follows__isnull", True), ("follows_as", "")),
                    models.Q(
                        ("follows__isnull", False), models.Q(("follows_as", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="approval_request_follows_somehow",
            ),
        ),
        AddConstraintNotValid(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("carried_from__isnull", True),
                    models.Q(("choice", "APPROVE"), ("carried_because__regex", "\\S")),
                    _connector="OR",
                ),
                name="approval_decision_carried_says_why",
            ),
        ),
        AddConstraintNotValid(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("added_by__isnull", True), ("step__isnull", False)),
                    models.Q(("added_by__isnull", False), ("step__isnull", True)),
                    _connector="OR",
                ),
                name="approval_stage_routed_or_added",
            ),
        ),
        AddConstraintNotValid(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at__isnull", True), ("minutes_left__isnull", True), _connector="OR"
                ),
                name="approval_stage_due_or_stopped",
            ),
        ),
        migrations.AddField(
            model_name="absencefeed",
            name="deputy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="absencefeed",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="decidingsettings",
            constraint=models.UniqueConstraint(
                fields=("organization_id",), name="deciding_settings_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="decidingsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_to_decide__gte", 1), ("expire_after_days__gte", 1)),
                name="deciding_settings_some_time",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="deputy",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegated_to",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="feed",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to="approvals.absencefeed",
            ),
        ),
        migrations.AddField(
            model_name="delegation",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegations",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="delegationgroup",
            name="delegation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="groups",
                to="approvals.delegation",
            ),
        ),
        migrations.AddField(
            model_name="delegationgroup",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.orggroup",
            ),
        ),
        migrations.AddField(
            model_name="deputylink",
            name="membership",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="deputylink",
            name="seat",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputy_links",
                to="approvals.stageseat",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="answered_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="asked_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="request",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questions",
                to="approvals.approvalrequest",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="stage",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.stage",
            ),
        ),
        migrations.AddField(
            model_name="requestevent",
            name="about",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="requestevent",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddField(
            model_name="requestevent",
            name="request",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="approvals.approvalrequest",
            ),
        ),
        migrations.AddField(
            model_name="requestevent",
            name="stage",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="approvals.stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="absencefeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("organization_id", "membership", "url"),
                name="absence_feed_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["organization_id", "membership", "ends_at"],
                name="delegation_of",
            ),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["organization_id", "deputy", "ends_at"],
                name="delegation_to",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("membership", models.F("deputy")), _negated=True),
                name="delegation_to_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="delegation_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(("up_to__isnull", True), ("up_to__gte", 0), _connector="OR"),
                name="delegation_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegationgroup",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "delegation", "group"), name="delegation_group_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputylink",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "seat", "membership"), name="deputy_link_once"
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["organization_id", "request", "asked_at"], name="question_request"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True)),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("closed_at__isnull", False),
                        ("answer__regex", "\\S"),
                    ),
                    _connector="OR",
                ),
                name="question_answered_in_words",
            ),
        ),
        migrations.AddIndex(
            model_name="requestevent",
            index=models.Index(
                fields=["organization_id", "request", "at"], name="request_event_request"
            ),
        ),
        TenantReference("approvalrequest", "follows"),
        TenantReference("decision", "carried_from"),
        TenantReference("stage", "added_by"),
        TenantReference("stageseat", "in_place_of"),
        TenantTable("absencefeed"),
        TenantTable("decidingsettings"),
        TenantTable("delegation"),
        TenantTable("delegationgroup"),
        TenantTable("deputylink"),
        TenantTable("question"),
        TenantTable("requestevent"),
        AppendOnly("requestevent"),
        migrations.RunSQL(GUARDS, reverse_sql=GUARDS_BACK),
    ]
