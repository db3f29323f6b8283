"""Checking all policies by the calendar, and telling administrators of new dead ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Organization, OrgGroup, Role
from accounts.notifying import Notice, NotificationEvent, counted
from accounts.permissions import Permission, require
from accounts.selectors import notification_targets, organization_by_id, root_group
from accounts.services import notify
from accounts.web import org_reverse
from approvals import selectors
from approvals.checking import Found
from approvals.models import PolicyCheck
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.locking import lock

_IN_MAIL = 10


@transaction.atomic
def check_policies(*, actor: Actor, now: datetime) -> PolicyCheck:
    """Check all policies in force, keep what was found, and mail administrators what is new.

    A second check of a day mails nobody a second time. Ten SQL queries to look at any number of
    policies, groups and people, and a few to write.
    """
    root = root_group()
    require(actor, Permission.MANAGE_POLICIES, root)
    # One check at a time: what is new is told by the one before.
    lock(OrgGroup.objects.filter(id=root.id))
    organization = organization_by_id(actor.organization_id)
    last = selectors.last_policy_check()
    known = {one["key"] for one in last.findings} if last else set()
    found = selectors.organization_findings(actor, now)
    new = [one for one in found if one.key not in known]
    targets = notification_targets(root.path, [Role.ADMINISTRATOR.value], at=now) if new else []
    check = PolicyCheck.objects.create(
        organization_id=actor.organization_id,
        findings=[_stored(one) for one in found],
        began=len(new),
        told=[person.name for person in targets],
        made_at=now,
    )
    record(
        actor=actor,
        action=AuditAction.POLICIES_CHECKED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=organization.name,
        group_id=root.id,
        after={"findings": len(found), "new": len(new)},
        now=now,
    )
    today = local_date(now, organization.time_zone)
    notices = [
        Notice(
            event=NotificationEvent.POLICY_CHECK,
            key=f"policy-check:{today}:{person.membership_id}",
            membership_id=person.membership_id,
            email=person.email,
            template="policy_check",
            title=f"{counted(len(new), 'new finding')} in the approval policies",
            body=f"{new[0].policy_name}: {new[0].finding.sentence}",
            path=org_reverse(organization, "approvals:policy-check"),
            context=_letter(organization, new),
        )
        for person in targets
    ]
    notify(organization_id=actor.organization_id, notices=notices, now=now)
    return check


def _stored(found: Found) -> dict[str, Any]:
    return {
        **found.finding.to_json(),
        "key": found.key,
        "policy": found.policy_name,
        "policy_group": str(found.group_id),
    }


def _letter(organization: Organization, new: Sequence[Found]) -> dict[str, Any]:
    """Return what administrators are told, as plain data for ``email/policy_check``."""
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "total": len(new),
        "sentences": [f"{one.policy_name}: {one.finding.sentence}" for one in new[:_IN_MAIL]],
        "more": max(len(new) - _IN_MAIL, 0),
    }
