"""Making a rule of what has always been agreed to."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.selectors import organization_by_id
from approvals import services as approvals
from catalogs import services as catalogs
from catalogs.guidance import Target
from catalogs.models import CatalogItem, Category, Supplier
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.orders.proposals import Proposal, proposed_document
from procurement.orders.selectors.exceptions import ExceptionsAsked, exception_row


@transaction.atomic
def adopt_proposal(
    *,
    actor: MemberActor,
    asked: ExceptionsAsked,
    outcome: str,
    key: str,
    group_id: UUID,
    reason: str,
    accepted: str = "",
    now: datetime,
) -> Proposal:
    """Put the rule in force that exceptions about a subject propose, and return it.

    ``group_id`` is the group that the author saw it proposed for. A buying rule holds from today on
    without end; an approval rule becomes the next version of the policy that was in force. Raises
    `NotFound`, `Conflict` where the proposal is another one by now, `NotAllowed` without the right
    to set such a rule, `DomainError` without a reason, and `PolicyHasDeadEnds` where the policy
    has some and ``accepted`` does not say why in spite of them.
    """
    row = exception_row(actor, asked, outcome=outcome, key=key, now=now)
    proposal = row.proposal
    if proposal is None or proposal.group_id != group_id:
        raise Conflict("This is not proposed any more. Look at the exceptions again.")
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    if proposal.policy is not None:
        _publish(actor, proposal, reason, accepted, now)
    else:
        _prefer(actor, proposal, reason, now)
    record(
        actor=actor,
        action=AuditAction.EXCEPTIONS_ADOPTED,
        subject_type="group",
        subject_id=proposal.group_id,
        subject_label=proposal.of.subject.label,
        group_id=proposal.group_id,
        after={
            "about": proposal.of.subject.target.value,
            "key": key,
            "outcome": outcome,
            "orders": row.group.orders,
            "amount": row.group.amount,
            "since": asked.since,
            "until": asked.until,
            "sentence": proposal.sentence,
        },
        reason=reason.strip(),
        now=now,
    )
    return proposal


def _publish(
    actor: MemberActor, proposal: Proposal, reason: str, accepted: str, now: datetime
) -> None:
    policy = proposal.policy
    assert policy is not None
    approvals.publish_policy(
        actor=actor,
        group=OrgGroup.objects.get(id=policy.group_id),
        name=policy.policy_name,
        document=proposed_document(policy.document, proposal),
        reason=reason,
        based_on=policy.number,
        accepted=accepted,
        now=now,
    )


def _prefer(actor: MemberActor, proposal: Proposal, reason: str, now: datetime) -> None:
    group = OrgGroup.objects.get(id=proposal.group_id)
    require(actor, Permission.MANAGE_CATALOG, group)
    assert proposal.effect is not None
    catalogs.set_buying_rule(
        actor=actor,
        group=group,
        effect=proposal.effect,
        target=_target(proposal),
        reason=reason,
        valid_from=local_date(now, organization_by_id(actor.organization_id).time_zone),
        now=now,
    )


def _target(proposal: Proposal) -> Category | Supplier | CatalogItem:
    subject = proposal.of.subject
    if subject.target is Target.CATEGORY:
        return Category.objects.get(code=subject.key)
    if subject.target is Target.SUPPLIER:
        return Supplier.objects.get(id=subject.key)
    return CatalogItem.objects.get(id=subject.key)
