"""Drafts of policies: what somebody has typed, kept until it is published or discarded."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from approvals.models import PolicyDraft, PolicyVersion
from approvals.routing import PolicyDocument
from approvals.services.policies import publish_policy
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock

MOST_FIELDS = 5_000
MOST_CHARACTERS = 500_000

Fields = Sequence[tuple[str, str]]


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    group: OrgGroup,
    fields: Fields,
    name: str = "",
    reason: str = "",
    based_on: int,
    now: datetime,
) -> PolicyDraft:
    """Keep what stands in an author's fields, in the place of what was kept before.

    Nothing is checked but its size: a draft need not be a policy yet. Raises `DomainError` for more
    than `MOST_FIELDS` fields or `MOST_CHARACTERS` characters, and for an actor who is no member.
    """
    require(actor, Permission.MANAGE_POLICIES, group)
    if actor.id is None:
        raise DomainError("A draft belongs to a person.")
    if len(fields) > MOST_FIELDS or sum(map(len, (*_flat(fields), reason))) > MOST_CHARACTERS:
        raise DomainError("This draft is too long to be kept. Publish it, or make it shorter.")
    lock(OrgGroup.objects.filter(id=group.id))
    draft = PolicyDraft.objects.filter(group=group, author_id=actor.id).first() or PolicyDraft(
        id=new_id(),
        organization_id=actor.organization_id,
        group=group,
        author_id=actor.id,
        started_at=now,
    )
    draft.fields = [[key, value.replace("\x00", "")] for key, value in fields]
    draft.name = " ".join(name.replace("\x00", "").split())[:200]
    draft.reason = reason.replace("\x00", "").strip()
    draft.based_on = based_on
    draft.touched_at = now
    draft.save()
    _record(actor, AuditAction.POLICY_DRAFT_SAVED, draft, now)
    return draft


@transaction.atomic
def discard_draft(*, actor: Actor, group: OrgGroup, now: datetime) -> None:
    """Put an actor's own draft of a group's policy aside for good; without one, do nothing."""
    require(actor, Permission.MANAGE_POLICIES, group)
    lock(OrgGroup.objects.filter(id=group.id))
    draft = PolicyDraft.objects.filter(group=group, author_id=actor.id).first()
    if draft is not None:
        _record(actor, AuditAction.POLICY_DRAFT_DISCARDED, draft, now)
        draft.delete()


@transaction.atomic
def publish_draft(
    *,
    actor: Actor,
    group: OrgGroup,
    name: str,
    document: PolicyDocument,
    reason: str,
    based_on: int | None = None,
    in_force_from: datetime | None = None,
    accepted: str = "",
    now: datetime,
) -> PolicyVersion:
    """Publish what an author has written, as `publish_policy` does, and end their draft of it."""
    version = publish_policy(
        actor=actor,
        group=group,
        name=name,
        document=document,
        reason=reason,
        based_on=based_on,
        in_force_from=in_force_from,
        accepted=accepted,
        now=now,
    )
    PolicyDraft.objects.filter(group=group, author_id=actor.id).delete()
    return version


def _flat(fields: Fields) -> list[str]:
    return [text for pair in fields for text in pair]


def _record(actor: Actor, action: AuditAction, draft: PolicyDraft, now: datetime) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="policy_draft",
        subject_id=draft.id,
        subject_label=draft.group.name,
        group_id=draft.group_id,
        after={"based_on": draft.based_on, "fields": len(draft.fields)},
        now=now,
    )
