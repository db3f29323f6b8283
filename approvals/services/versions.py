"""Going back: what an earlier version said becomes the next one."""

from datetime import datetime

from django.db import transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from approvals.models import PolicyVersion
from approvals.routing import PolicyDocument
from approvals.services.policies import publish_policy
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


@transaction.atomic
def republish_version(
    *,
    actor: Actor,
    group: OrgGroup,
    number: int,
    reason: str,
    based_on: int | None = None,
    accepted: str = "",
    now: datetime,
) -> PolicyVersion:
    """Publish what version ``number`` of a group's policy said as its next version.

    ``accepted`` says why in spite of dead ends. Raises what `publish_policy` raises, such as for a
    seat that is gone since, and `NotFound` where the policy has no such version.
    """
    require(actor, Permission.MANAGE_POLICIES, group)
    earlier = (
        PolicyVersion.objects.select_related("policy")
        .filter(policy__group=group, number=number)
        .first()
    )
    if earlier is None:
        raise NotFound("There is no such version.")
    version = publish_policy(
        actor=actor,
        group=group,
        name=earlier.policy.name,
        document=PolicyDocument.from_json(earlier.document),
        reason=reason,
        based_on=based_on,
        accepted=accepted,
        now=now,
    )
    record(
        actor=actor,
        action=AuditAction.POLICY_RESTORED,
        subject_type="approval_policy",
        subject_id=version.policy_id,
        subject_label=earlier.policy.name,
        group_id=group.id,
        after={"restored": number, "number": version.number, "version_id": version.id},
        reason=version.reason,
        now=now,
    )
    return version
