"""Accepting an invitation: whoever was asked joins."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.invitations import ending_of, ending_sentence
from accounts.models import (
    Invitation,
    InvitationLine,
    Membership,
    Organization,
    Position,
    PositionHolder,
    User,
)
from accounts.selectors import actor_for, is_set_up
from accounts.services.joining import follow_joining
from accounts.services.placements import keep_member_history
from accounts.services.seats import fill_position
from accounts.services.secrets import expire_secrets
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import SystemActor
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.locking import lock, rely_on_tree


@transaction.atomic
def accept_invitation(
    *,
    organization: Organization,
    invitation_id: UUID,
    link_expires_at: datetime,
    signed_in: User | None,
    name: str = "",
    password: str = "",
    now: datetime,
) -> Membership:
    """Open the access of whoever holds an invitation's secret; nobody else is asked.

    Who has no way of signing in yet gets one, by ``name`` and ``password``; who has must be signed
    in, so that a mailed link never opens an account that there is. Raises `Conflict` where the link
    has ended, `NotAllowed` where another person is signed in and `DomainError` on a weak password.
    """
    rely_on_tree(organization.id)
    (member,) = lock(Membership.objects.filter(invitations=invitation_id).select_related("group"))
    (invitation,) = lock(Invitation.objects.filter(id=invitation_id))
    (user,) = lock(User.objects.filter(id=member.user_id))
    _require_open(organization, invitation, member, link_expires_at, now)
    if not user.is_active:
        raise NotAllowed("This account has been closed; ask an administrator.")
    if is_set_up(user):
        if signed_in is None or signed_in.id != user.id:
            raise NotAllowed(f"Sign in as {user.email} to accept this invitation.")
    else:
        _set_up(user, name, password)
    member.user = user
    member.status = Membership.Status.ACTIVE
    member.save(update_fields=["status"])
    invitation.status = Invitation.Status.ACCEPTED
    invitation.closed_at = now
    invitation.save(update_fields=["status", "closed_at"])
    expire_secrets(organization_id=organization.id, row_ids=[invitation.id], now=now)
    keep_member_history([member.id], now=now)
    seat = _take_seat(invitation, member, now)
    actor = actor_for(user_id=user.id, organization_id=organization.id, now=now)
    assert actor is not None
    follow_joining(actor=actor, member=member, now=now)
    record(
        actor=actor,
        action=AuditAction.INVITATION_ACCEPTED,
        subject_type="membership",
        subject_id=member.id,
        subject_label=user.name,
        group_id=member.group_id,
        after={"email": user.email, "invited_by": invitation.invited_by, "seat": seat},
        now=now,
    )
    return member


def _require_open(
    organization: Organization,
    invitation: Invitation,
    member: Membership,
    link_expires_at: datetime,
    now: datetime,
) -> None:
    ending = ending_of(
        status=invitation.status,
        expires_at=invitation.expires_at,
        link_expires_at=link_expires_at,
        now=now,
    )
    if ending is not None:
        says = ending_sentence(
            ending, inviter=invitation.invited_by, organization=organization.name
        )
        raise Conflict(f"{ending.head}. {says}")
    if member.status != Membership.Status.INVITED:
        raise Conflict(f"You belong to {organization.name} already; sign in to go on.")


def _set_up(user: User, name: str, password: str) -> None:
    """Give a new user their name and password."""
    user.name = " ".join(name.split())
    if not user.name:
        raise DomainError("Say what you are called.", field="name")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=["name", "password"])


def _take_seat(invitation: Invitation, member: Membership, now: datetime) -> str:
    """Seat whoever joins where their line says so and nobody sits there; tell what came of it."""
    line = InvitationLine.objects.filter(
        batch_id=invitation.batch_id, email=member.user.email, fate=InvitationLine.Fate.INVITED
    ).first()
    if line is None or not line.position_code:
        return ""
    position = Position.objects.in_use().filter(code=line.position_code).first()
    if position is None or not member.group.is_active:
        return f"{line.position_code}: not taken, since there is no such seat any more"
    seats = PositionHolder.objects.current().filter(
        position=position, group=member.group, is_deputy=False
    )
    holder = seats.select_related("membership__user").first()
    if holder is not None:
        return f"{position.name}: not taken, since {holder.membership.user} holds it"
    fill_position(
        actor=SystemActor(invitation.organization_id, f"Invitation by {invitation.invited_by}"),
        position=position,
        group=member.group,
        membership=member,
        now=now,
    )
    return f"{position.name} of {member.group.name}"
