"""The tables of the app, made at once."""

import django.contrib.postgres.fields
import django.db.models.deletion
import procurement.core.ids
from django.db import migrations, models

from procurement.core.migrations import AppendOnly, CreateTables, TenantTable

# A seat belongs to exactly the content that its request is about, and to a request of that
# requester; a decision belongs to exactly the content of its seat. The checks that keep the
# requester out of seats and decisions rest on this.
CONTENT = """
ALTER TABLE approvals_stageseat ADD CONSTRAINT approvals_stageseat_content
    FOREIGN KEY (organization_id, request_id, requester_id, content_hash)
    REFERENCES approvals_approvalrequest (organization_id, id, requester_id, content_hash)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE approvals_decision ADD CONSTRAINT approvals_decision_content
    FOREIGN KEY (organization_id, seat_id, request_id, requester_id, content_hash)
    REFERENCES approvals_stageseat (organization_id, id, request_id, requester_id, content_hash)
    DEFERRABLE INITIALLY DEFERRED;
"""
CONTENT_BACK = """
ALTER TABLE approvals_decision DROP CONSTRAINT approvals_decision_content;
ALTER TABLE approvals_stageseat DROP CONSTRAINT approvals_stageseat_content;
"""

# What no code may do, however it is called: change what was asked, leave a final state, approve a
# request whose stages have not passed, pass a stage that nobody in it agreed to, open a stage
# before the waves before it have passed, decide in a seat that is not asked. The clock moves on
# stages and requests; what somebody added can be removed, and nothing else; an approval of the
# content before counts where it has been carried over, with its reason.
GUARDS = """
CREATE FUNCTION approvals_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON approvals_approvalrequest
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_request();

CREATE FUNCTION approvals_guard_stage() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON approvals_stage
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_stage();

CREATE FUNCTION approvals_guard_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'seats are kept: DELETE refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.organization_id, NEW.id, NEW.request_id, NEW.stage_id, NEW.membership_id,
        NEW.requester_id, NEW.content_hash)
        IS DISTINCT FROM
       (OLD.organization_id, OLD.id, OLD.request_id, OLD.stage_id, OLD.membership_id,
        OLD.requester_id, OLD.content_hash) THEN
        RAISE EXCEPTION 'whose a seat is cannot change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON approvals_stageseat
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_seat();

CREATE FUNCTION approvals_guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard BEFORE INSERT ON approvals_decision
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_decision();

CREATE FUNCTION approvals_guard_wave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'OPEN' AND NEW.wave > 1 AND EXISTS (
        SELECT FROM approvals_stage
        WHERE organization_id = NEW.organization_id AND request_id = NEW.request_id
          AND wave < NEW.wave AND status IN ('WAITING', 'OPEN')
    ) THEN
        RAISE EXCEPTION 'stages before this one have not passed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_wave BEFORE INSERT OR UPDATE ON approvals_stage
    FOR EACH ROW EXECUTE FUNCTION approvals_guard_wave();
"""
GUARDS_BACK = """
DROP TRIGGER guard_wave ON approvals_stage;
DROP FUNCTION approvals_guard_wave();
DROP TRIGGER guard ON approvals_decision;
DROP FUNCTION approvals_guard_decision();
DROP TRIGGER guard ON approvals_stageseat;
DROP FUNCTION approvals_guard_seat();
DROP TRIGGER guard ON approvals_stage;
DROP FUNCTION approvals_guard_stage();
DROP TRIGGER guard ON approvals_approvalrequest;
DROP FUNCTION approvals_guard_request();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="ApprovalPolicy",
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
                        ("created_at", models.DateTimeField()),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_policies",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "group"),
                                name="approval_policy_one_per_group",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
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
                        ("document", models.JSONField()),
                        ("in_force_from", models.DateTimeField()),
                        ("published_at", models.DateTimeField()),
                        ("published_by_label", models.CharField(max_length=200)),
                        ("reason", models.TextField()),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="approvals.approvalpolicy",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="published_policies",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "policy", "number"),
                                name="policy_version_number_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)),
                                name="policy_version_number_from_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("in_force_from__gte", models.F("published_at"))
                                ),
                                name="policy_version_not_backdated",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalRequest",
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
                        ("subject_kind", models.CharField(max_length=40)),
                        ("subject_id", models.UUIDField()),
                        ("subject_label", models.CharField(max_length=300)),
                        ("amount", models.DecimalField(decimal_places=3, max_digits=18)),
                        ("currency", models.CharField(max_length=3)),
                        ("facts", models.JSONField()),
                        ("content_hash", models.CharField(max_length=64)),
                        ("summary", models.JSONField()),
                        ("explanation", models.JSONField()),
                        (
                            "status",
                            models.CharField(
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
                        ("opened_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_requests",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "requester",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_requests",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "policy_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="approvals.policyversion",
                            ),
                        ),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("expiry_warned_at", models.DateTimeField(null=True)),
                        (
                            "follows",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followed_by",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        (
                            "follows_as",
                            models.CharField(
                                blank=True,
                                choices=[("CHANGE", "Changed content"), ("APPEAL", "Appeal")],
                                max_length=6,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "subject_id", "opened_at"],
                                name="approval_request_subject",
                            ),
                            models.Index(
                                condition=models.Q(("status", "PENDING")),
                                fields=["organization_id", "opened_at"],
                                name="approval_request_pending",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("expires_at__isnull", False), ("status", "PENDING")
                                ),
                                fields=["organization_id", "expires_at"],
                                name="approval_request_expiring",
                            ),
                            models.Index(
                                condition=models.Q(("status__in", ["APPROVED", "REJECTED"])),
                                fields=["organization_id", "group", "-closed_at"],
                                name="approval_request_decided",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status", "PENDING")),
                                fields=("organization_id", "subject_kind", "subject_id"),
                                name="approval_request_one_pending",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("status", "PENDING")),
                                    models.Q(
                                        models.Q(("status", "PENDING"), _negated=True),
                                        ("closed_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="approval_request_closed_when_final",
                            ),
                            models.UniqueConstraint(
                                fields=("organization_id", "id", "requester", "content_hash"),
                                name="approval_request_content",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("follows__isnull", True), ("follows_as", "")),
                                    models.Q(
                                        ("follows__isnull", False),
                                        models.Q(("follows_as", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="approval_request_follows_somehow",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("follows_as", "APPEAL")),
                                fields=("organization_id", "follows"),
                                name="approval_request_one_appeal",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stage",
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
                        ("step", models.PositiveSmallIntegerField(null=True)),
                        ("name", models.CharField(max_length=200)),
                        (
                            "mode",
                            models.CharField(
                                choices=[("ANY", "ANY"), ("ALL", "ALL"), ("AT_LEAST", "AT_LEAST")],
                                max_length=8,
                            ),
                        ),
                        ("because", models.TextField()),
                        (
                            "status",
                            models.CharField(
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
                        ("opened_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stages",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        ("wave", models.PositiveSmallIntegerField()),
                        ("at_least", models.PositiveSmallIntegerField(default=0)),
                        (
                            "added_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True)),
                        ("escalations", models.PositiveSmallIntegerField(default=0)),
                        ("minutes_left", models.PositiveIntegerField(null=True)),
                        ("reminded_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due_at__isnull", False), ("status", "OPEN")),
                                fields=["organization_id", "due_at"],
                                name="approval_stage_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "request", "number"),
                                name="approval_stage_number_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("wave__gte", 1)),
                                name="approval_stage_wave_from_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("added_by__isnull", True), ("step__isnull", False)),
                                    models.Q(("added_by__isnull", False), ("step__isnull", True)),
                                    _connector="OR",
                                ),
                                name="approval_stage_routed_or_added",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("due_at__isnull", True),
                                    ("minutes_left__isnull", True),
                                    _connector="OR",
                                ),
                                name="approval_stage_due_or_stopped",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StageSeat",
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
                        ("requester_id", models.UUIDField()),
                        ("content_hash", models.CharField(max_length=64)),
                        (
                            "slots",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.PositiveSmallIntegerField(), size=None
                            ),
                        ),
                        ("label", models.CharField(max_length=200)),
                        ("on_group_name", models.CharField(blank=True, max_length=200)),
                        ("why", models.TextField()),
                        ("told", models.TextField()),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("vacated_at", models.DateTimeField(null=True)),
                        (
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_seats",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "on_group",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        (
                            "stage",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="approvals.stage",
                            ),
                        ),
                        (
                            "in_place_of",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="approvals.stageseat",
                            ),
                        ),
                        (
                            "origin",
                            models.CharField(
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("asked_at__isnull", False), ("closed_at__isnull", True)
                                ),
                                fields=["organization_id", "membership", "asked_at"],
                                name="approval_seat_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "stage", "membership"),
                                name="approval_seat_person_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("membership", models.F("requester_id")), _negated=True
                                ),
                                name="approval_seat_never_the_requester",
                            ),
                            models.UniqueConstraint(
                                fields=(
                                    "organization_id",
                                    "id",
                                    "request",
                                    "requester_id",
                                    "content_hash",
                                ),
                                name="approval_seat_content",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Decision",
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
                        ("requester_id", models.UUIDField()),
                        ("content_hash", models.CharField(max_length=64)),
                        (
                            "choice",
                            models.CharField(
                                choices=[("APPROVE", "Approved"), ("REJECT", "Rejected")],
                                max_length=7,
                            ),
                        ),
                        ("comment", models.TextField(blank=True)),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("EMAIL", "By email link"),
                                    ("APP", "In the app"),
                                    ("API", "By API"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("decided_at", models.DateTimeField()),
                        (
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_decisions",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "on_behalf_of",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions_by_others",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        (
                            "seat",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decision",
                                to="approvals.stageseat",
                            ),
                        ),
                        ("carried_because", models.TextField(blank=True)),
                        (
                            "carried_from",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="carried_to",
                                to="approvals.decision",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "membership", "decided_at"],
                                name="approval_decision_by",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("membership", models.F("requester_id")), _negated=True
                                ),
                                name="approval_decision_never_the_requester",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("on_behalf_of", models.F("requester_id")), _negated=True
                                    ),
                                    ("on_behalf_of__isnull", True),
                                    _connector="OR",
                                ),
                                name="approval_decision_never_for_the_requester",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("choice", "APPROVE"),
                                    ("comment__regex", "\\S"),
                                    _connector="OR",
                                ),
                                name="approval_decision_reject_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("carried_from__isnull", True),
                                    models.Q(
                                        ("choice", "APPROVE"), ("carried_because__regex", "\\S")
                                    ),
                                    _connector="OR",
                                ),
                                name="approval_decision_carried_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalLimit",
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
                        ("amount", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_limits",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "membership", "since"],
                                name="approval_limit_member",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("organization_id", "membership"),
                                name="approval_limit_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="approval_limit_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount__isnull", True), ("amount__gte", 0), _connector="OR"
                                ),
                                name="approval_limit_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CategoryOwner",
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
                        ("category_code", models.CharField(max_length=60)),
                        ("category_name", models.CharField(max_length=200)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="category_owners",
                                to="accounts.orggroup",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="owned_categories",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "position",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="owned_categories",
                                to="accounts.position",
                            ),
                        ),
                        (
                            "seat_group",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="owning_seats",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "group", "since"],
                                name="category_owner_group",
                            ),
                            models.Index(
                                fields=["organization_id", "membership"],
                                name="category_owner_member",
                            ),
                            models.Index(
                                fields=["organization_id", "seat_group"], name="category_owner_seat"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("organization_id", "group", "category_code"),
                                name="category_owner_one_current",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="category_owner_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("membership__isnull", True),
                                        ("position__isnull", False),
                                        ("seat_group__isnull", False),
                                    ),
                                    models.Q(
                                        ("membership__isnull", False),
                                        ("position__isnull", True),
                                        ("seat_group__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="category_owner_seat_or_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyCheck",
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
                        ("began", models.PositiveIntegerField(default=0)),
                        ("told", models.JSONField(default=list)),
                        ("made_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "-made_at"], name="policy_check_made"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyDraft",
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
                        ("fields", models.JSONField()),
                        ("name", models.CharField(blank=True, max_length=200)),
                        ("reason", models.TextField(blank=True)),
                        ("based_on", models.PositiveIntegerField()),
                        ("started_at", models.DateTimeField()),
                        ("touched_at", models.DateTimeField()),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="policy_drafts",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="policy_drafts",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "group", "author"),
                                name="policy_draft_one_per_author",
                            )
                        ],
                    },
                ),
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
                        (
                            "deputy",
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organization_id", "membership", "url"),
                                name="absence_feed_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
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
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id",), name="deciding_settings_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("hours_to_decide__gte", 1), ("expire_after_days__gte", 1)
                                ),
                                name="deciding_settings_some_time",
                            ),
                        ],
                    },
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
                        (
                            "deputy",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delegated_to",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "feed",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delegations",
                                to="approvals.absencefeed",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delegations",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["organization_id", "membership", "ends_at"],
                                name="delegation_of",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["organization_id", "deputy", "ends_at"],
                                name="delegation_to",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("membership", models.F("deputy")), _negated=True
                                ),
                                name="delegation_to_somebody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="delegation_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("up_to__isnull", True), ("up_to__gte", 0), _connector="OR"
                                ),
                                name="delegation_not_negative",
                            ),
                        ],
                    },
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
                        (
                            "delegation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="groups",
                                to="approvals.delegation",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orggroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "delegation", "group"),
                                name="delegation_group_once",
                            )
                        ],
                    },
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
                        (
                            "membership",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "seat",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deputy_links",
                                to="approvals.stageseat",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization_id", "seat", "membership"),
                                name="deputy_link_once",
                            )
                        ],
                    },
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
                        (
                            "answered_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        (
                            "stage",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="approvals.stage",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "request", "asked_at"],
                                name="question_request",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
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
                            )
                        ],
                    },
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
                        (
                            "about",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="approvals.approvalrequest",
                            ),
                        ),
                        (
                            "stage",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="approvals.stage",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["organization_id", "request", "at"],
                                name="request_event_request",
                            )
                        ],
                    },
                ),
            ],
        ),
        TenantTable("approvalpolicy"),
        TenantTable("policyversion"),
        TenantTable("approvalrequest"),
        TenantTable("stage"),
        TenantTable("stageseat"),
        TenantTable("decision"),
        TenantTable("approvallimit"),
        TenantTable("categoryowner"),
        TenantTable("policycheck"),
        TenantTable("policydraft"),
        TenantTable("absencefeed"),
        TenantTable("decidingsettings"),
        TenantTable("delegation"),
        TenantTable("delegationgroup"),
        TenantTable("deputylink"),
        TenantTable("question"),
        TenantTable("requestevent"),
        AppendOnly("policyversion"),
        AppendOnly("decision"),
        AppendOnly("requestevent"),
        migrations.RunSQL(CONTENT, reverse_sql=CONTENT_BACK),
        migrations.RunSQL(GUARDS, reverse_sql=GUARDS_BACK),
    ]
