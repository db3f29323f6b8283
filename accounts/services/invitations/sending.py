"""Inviting the people of a batch, some hundred at a time.

Each step is one transaction: who was invited, the mails in the outbox and how far the batch is are
stored together or not at all, so that a worker that dies neither loses nor repeats anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from accounts.actors import MemberActor
from accounts.invitations import LIFETIME
from accounts.invitees import EMAIL, GROUP, Acquaintance, Fate, standing_problem
from accounts.models import (
    Invitation,
    InvitationBatch,
    InvitationLine,
    Membership,
    Organization,
    OrgGroup,
    RoleGrant,
    User,
)
from accounts.permissions import Permission
from accounts.selectors import acquaintances, actor_for, organization_by_id
from accounts.services.invitations.closing import close_invitations
from accounts.services.invitations.letters import Addressed, write_letters
from accounts.services.placements import keep_member_history
from accounts.services.roles import derive_permissions, end_grants
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy, writes
from procurement.core.actors import SystemActor
from procurement.core.ids import new_id
from procurement.core.locking import lock, rely_on_tree

STEP = 200
# Those who have no manager yet, though the one that their line names is there by now.
_LINK_MANAGERS = """
UPDATE accounts_membership m SET manager_id = boss.id
FROM accounts_invitationline l
JOIN accounts_user u ON u.email = l.email
JOIN accounts_user v ON v.email = l.manager_email
JOIN accounts_membership boss
  ON boss.organization_id = %(organization)s AND boss.user_id = v.id AND boss.status <> 'SUSPENDED'
WHERE l.organization_id = %(organization)s AND l.batch_id = %(batch)s
  AND l.fate = 'INVITED' AND l.manager_email <> ''
  AND m.organization_id = %(organization)s AND m.user_id = u.id AND m.manager_id IS NULL
RETURNING m.id
"""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A line by which somebody may be invited, and the group that it leads to."""

    line: InvitationLine
    group: OrgGroup


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody who has been invited, with the role that waits for them."""

    line: InvitationLine
    user: User
    membership: Membership
    grant: RoleGrant
    invitation: Invitation


@transaction.atomic
def invite_next(*, batch_id: UUID, now: datetime, most: int = STEP) -> bool:
    """Invite the next people of a batch that is being sent; tell whether there may be more.

    What whoever entered them may do is asked anew, and who is known by now. False at once where
    another worker is at it. About thirty SQL statements, and one in a pipeline for each event.
    """
    rely_on_tree(tenancy.current())
    batch = (
        InvitationBatch.objects.filter(id=batch_id, status=InvitationBatch.Status.RUNNING)
        .select_related("created_by__user")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if batch is None:
        return False
    ready = batch.lines.filter(fate=InvitationLine.Fate.READY).order_by("number")
    lines = list(ready[:most])
    actor = actor_for(
        user_id=batch.created_by.user_id, organization_id=batch.organization_id, now=now
    )
    if actor is None:
        says = f"{batch.created_by.user}, who entered this, has no access any more."
        for line in lines:
            _refuse(line, Fate.REJECTED, EMAIL, says)
    elif lines:
        _invite(actor, organization_by_id(batch.organization_id), batch, lines, now)
    _store(batch, lines)
    changed = [*_link_managers(batch), *_members_of(lines)]
    keep_member_history(changed, now=now)
    batch.processed += len(lines)
    has_more = len(lines) == most
    if not has_more:
        _finish(actor, batch, now)
    batch.save(update_fields=["processed", "status", "finished_at"])
    return has_more


def _invite(
    actor: MemberActor,
    organization: Organization,
    batch: InvitationBatch,
    lines: Sequence[InvitationLine],
    now: datetime,
) -> None:
    """Invite whoever of some lines still may be; the others are told why not."""
    emails = [line.email for line in lines]
    members = Membership.objects.filter(user__email__in=emails).select_related("user")
    known = {member.user_id: member for member in lock(members)}
    people = acquaintances(emails, time_zone=organization.time_zone, now=now)
    ready = _still_ready(actor, lines, people)
    asked = _asked(actor, batch, ready, known, now)
    write_letters(
        organization,
        [Addressed(one.invitation, one.user, [one.grant]) for one in asked],
        message=batch.defaults["message"],
        now=now,
    )
    with writes.batch():
        for one in asked:
            _record_invited(actor, one, now)


def _still_ready(
    actor: MemberActor, lines: Sequence[InvitationLine], people: Mapping[str, Acquaintance]
) -> list[_Ready]:
    """Return the lines whose person is still to be invited, and whose group still takes people."""
    groups = OrgGroup.objects.in_bulk({line.group_id for line in lines if line.group_id})
    ready: list[_Ready] = []
    for line in lines:
        group = groups.get(line.group_id) if line.group_id else None
        fate, says = standing_problem(line.email, people.get(line.email))
        if fate is not Fate.READY:
            _refuse(line, fate, EMAIL, says)
        elif group is None or not group.is_active:
            _refuse(line, Fate.REJECTED, GROUP, "This group has been archived meanwhile.")
        elif not actor.can(Permission.MANAGE_PEOPLE, group.path):
            says = f"{actor.label} does not manage the people of {group.name} any more."
            _refuse(line, Fate.REJECTED, GROUP, says)
        else:
            ready.append(_Ready(line, group))
    return ready


def _asked(
    actor: MemberActor,
    batch: InvitationBatch,
    ready: Sequence[_Ready],
    known: Mapping[UUID, Membership],
    now: datetime,
) -> list[_Asked]:
    """Store users, memberships, roles and invitations."""
    users = _users([one.line for one in ready])
    members = _memberships(actor, ready, users, known, now)
    asked: list[_Asked] = []
    for one in ready:
        line, user = one.line, users[one.line.email]
        member = members.get(user.id)
        if member is None:
            _refuse(line, Fate.KNOWN, EMAIL, f"{line.email} has become a member meanwhile.")
            continue
        line.fate, line.problems = InvitationLine.Fate.INVITED, []
        grant = RoleGrant(
            organization_id=actor.organization_id,
            membership=member,
            group=one.group,
            role=line.role,
            granted_at=now,
            starts_at=now,
        )
        invitation = Invitation(
            organization_id=actor.organization_id,
            membership=member,
            batch=batch,
            sent=1,
            invited_by=actor.label[:200],
            created_at=now,
            sent_at=now,
            expires_at=now + LIFETIME,
        )
        asked.append(_Asked(line, user, member, grant, invitation))
    RoleGrant.objects.bulk_create([one.grant for one in asked])
    derive_permissions([one.grant.id for one in asked], now=now)
    Invitation.objects.bulk_create([one.invitation for one in asked])
    return asked


def _users(lines: Sequence[InvitationLine]) -> dict[str, User]:
    """Return the users of some lines by address; who is new cannot sign in before they accept.

    Another organization may be inviting the same people at this moment: both wait for each other in
    the order of the addresses, and then share the user.
    """
    names = {line.email: line.name for line in lines}
    found = {user.email: user for user in User.objects.filter(email__in=names)}
    new = [
        User(email=email, name=names[email] or email[:200], password=make_password(None))
        for email in sorted(names.keys() - found.keys())
    ]
    if new:
        User.objects.bulk_create(new, ignore_conflicts=True)
        stored = User.objects.filter(email__in=[user.email for user in new])
        found |= {user.email: user for user in stored}
    return found


def _memberships(
    actor: MemberActor,
    ready: Sequence[_Ready],
    users: Mapping[str, User],
    known: Mapping[UUID, Membership],
    now: datetime,
) -> dict[UUID, Membership]:
    """Return the memberships of some lines by user, all invited.

    Whoever never joined is invited anew, with nothing left of the last time. Somebody may have been
    added in this very moment: they have no membership of ours, and are left out.
    """
    again: list[Membership] = []
    new: list[Membership] = []
    for one in ready:
        user = users[one.line.email]
        member = known.get(user.id)
        if member is not None:
            member.status, member.group = Membership.Status.INVITED, one.group
            member.manager = None
            again.append(member)
            continue
        new.append(
            Membership(
                id=new_id(),
                organization_id=actor.organization_id,
                user=user,
                group=one.group,
                status=Membership.Status.INVITED,
                created_at=now,
            )
        )
    Membership.objects.bulk_update(again, ["status", "group", "manager"])
    close_invitations([member.id for member in again], now=now)
    end_grants(RoleGrant.objects.filter(membership__in=again), at=now, now=now)
    Membership.objects.bulk_create(new, ignore_conflicts=True)
    stored = Membership.objects.in_bulk([member.id for member in new])
    return {
        member.user_id: member
        for member in (*again, *(member for member in new if member.id in stored))
    }


def _refuse(line: InvitationLine, fate: Fate, column: str, says: str) -> None:
    line.fate = fate.value
    line.problems = [{"column": column, "sentence": says}]


def _store(batch: InvitationBatch, lines: Sequence[InvitationLine]) -> None:
    """Store what has become of some lines; of nearly all it is the same."""
    invited = [line.id for line in lines if line.fate == InvitationLine.Fate.INVITED]
    batch.lines.filter(id__in=invited).update(fate=InvitationLine.Fate.INVITED, problems=[])
    refused = [line for line in lines if line.fate != InvitationLine.Fate.INVITED]
    InvitationLine.objects.bulk_update(refused, ["fate", "problems"])


def _link_managers(batch: InvitationBatch) -> list[UUID]:
    """Give invited people the managers that their lines name; return whose manager changed."""
    with connection.cursor() as cursor:
        cursor.execute(_LINK_MANAGERS, {"organization": batch.organization_id, "batch": batch.id})
        return [member_id for (member_id,) in cursor.fetchall()]


def _members_of(lines: Sequence[InvitationLine]) -> list[UUID]:
    emails = [line.email for line in lines if line.fate == InvitationLine.Fate.INVITED]
    return list(Membership.objects.filter(user__email__in=emails).values_list("id", flat=True))


def _finish(actor: MemberActor | None, batch: InvitationBatch, now: datetime) -> None:
    batch.status = InvitationBatch.Status.DONE
    batch.finished_at = now
    invited = batch.lines.filter(fate=InvitationLine.Fate.INVITED).count()
    record(
        actor=actor or SystemActor(batch.organization_id, "Invitations"),
        action=AuditAction.MEMBERS_INVITED,
        subject_type="invitation_batch",
        subject_id=batch.id,
        subject_label=batch.source,
        after={"invited": invited, "left_out": batch.total - invited},
        now=now,
    )


def _record_invited(actor: MemberActor, one: _Asked, now: datetime) -> None:
    record(
        actor=actor,
        action=AuditAction.MEMBER_INVITED,
        subject_type="membership",
        subject_id=one.membership.id,
        subject_label=one.user.name,
        group_id=one.membership.group_id,
        after={
            "email": one.user.email,
            "group": one.membership.group.name,
            "role": one.grant.role,
            "manager": one.line.manager_email,
            "seat": one.line.position_code,
            "expires_at": one.invitation.expires_at,
        },
        now=now,
    )
