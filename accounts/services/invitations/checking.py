"""Checking people who are to be invited before anything is sent, and having it sent."""

from datetime import datetime

from django.db import transaction

from accounts.actors import MemberActor
from accounts.invitees import Chosen, Fate, addresses_in, judge
from accounts.models import InvitationBatch, InvitationLine, OrgGroup, Role
from accounts.permissions import Permission, require
from accounts.rosters import Roster
from accounts.selectors import invitee_directory, organization_by_id
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.locking import lock

_AT_ONCE = 1_000
_LONGEST_EMAIL = 320


@transaction.atomic
def check_invitations(
    *,
    actor: MemberActor,
    roster: Roster,
    source: str,
    group: OrgGroup,
    role: str,
    message: str = "",
    now: datetime,
) -> InvitationBatch:
    """Store what becomes of each line of a roster; nobody is invited by it yet.

    ``group`` and ``role`` hold for lines that name none; ``message`` goes into every mail. Nine SQL
    statements, and one more for each thousand lines.
    """
    require(actor, Permission.MANAGE_PEOPLE, group)
    if not group.is_active:
        raise DomainError(f"{group.name} is archived; choose an open group.", field="group")
    organization = organization_by_id(actor.organization_id)
    directory = invitee_directory(
        actor, addresses_in(roster.rows), time_zone=organization.time_zone, now=now
    )
    judged = judge(roster.rows, directory, Chosen(group.id, Role(role).value))
    batch = InvitationBatch.objects.create(
        organization_id=actor.organization_id,
        source=source[:300],
        defaults={"group": str(group.id), "role": role, "message": message.strip()},
        columns=[column[:60] for column in roster.columns],
        total=len(judged),
        ready=sum(one.fate is Fate.READY for one in judged),
        created_by_id=actor.membership_id,
        created_at=now,
    )
    InvitationLine.objects.bulk_create(
        (
            InvitationLine(
                organization_id=actor.organization_id,
                batch=batch,
                number=one.row.number,
                raw=list(one.row.raw),
                email=one.row.email[:_LONGEST_EMAIL],
                name=one.row.name,
                group_id=one.group_id,
                role=one.role,
                manager_email=one.manager_email,
                position_code=one.position_code,
                fate=one.fate.value,
                problems=[
                    {"column": problem.column, "sentence": problem.sentence}
                    for problem in one.problems
                ],
            )
            for one in judged
        ),
        batch_size=_AT_ONCE,
    )
    _record(actor, AuditAction.MEMBERS_CHECKED, batch, now)
    return batch


@transaction.atomic
def send_invitations(
    *, actor: MemberActor, batch: InvitationBatch, now: datetime
) -> InvitationBatch:
    """Have a worker invite everybody of a batch who is ready; doing so twice changes nothing.

    Raises `DomainError` where nobody is ready, and `Conflict` where the batch has been discarded.
    """
    current = _own(actor, batch)
    if current.status in (InvitationBatch.Status.RUNNING, InvitationBatch.Status.DONE):
        return current
    if current.status == InvitationBatch.Status.DISCARDED:
        raise Conflict("These invitations have been discarded; enter them again.")
    if not current.ready:
        raise DomainError("No line is ready to be invited; correct the lines and upload again.")
    current.status = InvitationBatch.Status.RUNNING
    current.started_at = now
    current.save(update_fields=["status", "started_at"])
    _record(actor, AuditAction.INVITATIONS_STARTED, current, now)
    jobs.enqueue_on_commit(
        "accounts.send_invitations",
        organization_id=str(current.organization_id),
        batch_id=str(current.id),
    )
    return current


@transaction.atomic
def discard_invitations(
    *, actor: MemberActor, batch: InvitationBatch, now: datetime
) -> InvitationBatch:
    """Put a batch away that has not been sent; raises `Conflict` where it has."""
    current = _own(actor, batch)
    if current.status == InvitationBatch.Status.DISCARDED:
        return current
    if current.status != InvitationBatch.Status.CHECKED:
        raise Conflict("These invitations are on their way already; revoke single ones instead.")
    current.status = InvitationBatch.Status.DISCARDED
    current.finished_at = now
    current.save(update_fields=["status", "finished_at"])
    _record(actor, AuditAction.INVITATIONS_DISCARDED, current, now)
    return current


def _own(actor: MemberActor, batch: InvitationBatch) -> InvitationBatch:
    """Lock a batch that the actor has entered; the worker asks for each line what they may do."""
    if batch.created_by_id != actor.membership_id:
        raise NotAllowed("Whoever has entered these people sends them, or puts them away.")
    (current,) = lock(InvitationBatch.objects.filter(id=batch.id))
    return current


def _record(actor: MemberActor, action: AuditAction, batch: InvitationBatch, now: datetime) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="invitation_batch",
        subject_id=batch.id,
        subject_label=batch.source,
        after={"total": batch.total, "ready": batch.ready, **batch.defaults},
        now=now,
    )
