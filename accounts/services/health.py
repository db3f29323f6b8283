"""Checking the tree, on demand and by the calendar."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.health import Finding, FindingKind
from accounts.models import HierarchyReview, Organization, Role
from accounts.notifying import Notice, NotificationEvent, counted
from accounts.permissions import Permission, require
from accounts.selectors import (
    check_hierarchy,
    last_review,
    notification_targets,
    organization_by_id,
    root_group,
)
from accounts.services.notifying import notify
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date

INTERVAL = timedelta(days=182)
_IN_MAIL = 10


@transaction.atomic
def review_hierarchy(*, actor: Actor, is_scheduled: bool = False, now: datetime) -> HierarchyReview:
    """Check the tree and keep what was found.

    A scheduled check asks the administrators of the root to look at it, by mail. Nine SQL queries
    to look, and a few to write.
    """
    root = root_group()
    require(actor, Permission.MANAGE_GROUPS, root)
    organization = organization_by_id(actor.organization_id)
    found = check_hierarchy(actor, on=local_date(now, organization.time_zone), now=now)
    targets = (
        notification_targets(root.path, [Role.ADMINISTRATOR.value], at=now)
        if is_scheduled and found
        else []
    )
    review = HierarchyReview.objects.create(
        organization_id=actor.organization_id,
        findings=[_stored(one) for one in found],
        counts={kind.value: sum(one.kind is kind for one in found) for kind in FindingKind},
        is_scheduled=is_scheduled,
        made_by=actor.label,
        asked_of=[person.name for person in targets],
        made_at=now,
    )
    record(
        actor=actor,
        action=AuditAction.HIERARCHY_REVIEWED,
        subject_type="organization",
        subject_id=actor.organization_id,
        subject_label=organization.name,
        group_id=root.id,
        after={"findings": len(found), **review.counts},
        now=now,
    )
    notices = [
        Notice(
            event=NotificationEvent.HIERARCHY_REVIEW,
            key=f"hierarchy-review:{review.id}:{person.membership_id}",
            membership_id=person.membership_id,
            email=person.email,
            template="hierarchy_review",
            title=f"{counted(len(found), 'thing')} to look at in the groups",
            body=found[0].sentence,
            path=reverse("accounts:check", kwargs={"organization_slug": organization.slug}),
            context=_letter(organization, found),
        )
        for person in targets
    ]
    notify(organization_id=actor.organization_id, notices=notices, now=now)
    return review


def review_when_due(*, actor: Actor, now: datetime) -> HierarchyReview | None:
    """Check the tree when the last check is half a year old, or the organization without one is."""
    last = last_review()
    since = last.made_at if last else organization_by_id(actor.organization_id).created_at
    if now - since < INTERVAL:
        return None
    return review_hierarchy(actor=actor, is_scheduled=True, now=now)


def _stored(finding: Finding) -> dict[str, Any]:
    return {
        **asdict(finding),
        "kind": finding.kind.value,
        "group_id": str(finding.group_id) if finding.group_id else None,
    }


def _letter(organization: Organization, found: list[Finding]) -> dict[str, Any]:
    """Return what administrators are told, as plain data for ``email/hierarchy_review``."""
    return {
        "organization": {"name": organization.name, "slug": organization.slug},
        "total": len(found),
        "sentences": [one.sentence for one in found[:_IN_MAIL]],
        "more": max(len(found) - _IN_MAIL, 0),
    }
