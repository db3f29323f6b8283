"""The first administrator of a new organization, invited before anybody is in it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.invitations import LIFETIME
from accounts.models import Invitation, Membership, Role, User
from accounts.selectors import organization_by_id, root_group
from accounts.services.invitations.letters import Addressed, write_letters
from accounts.services.placements import keep_member_history
from accounts.services.roles import grant_role
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import SystemActor
from procurement.core.errors import Conflict, DomainError


@transaction.atomic
def invite_first_administrator(
    *, actor: SystemActor, email: str, name: str, now: datetime
) -> Invitation:
    """Invite somebody to administer an organization that has nobody yet.

    Raises `DomainError` on an address that is none, and `Conflict` where there are members.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(f"“{email}” is not an email address.", field="email") from error
    if Membership.objects.exists():
        raise Conflict("There are members already; one of them invites others.")
    organization, root = organization_by_id(actor.organization_id), root_group()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=" ".join(name.split()) or email)
    member = Membership.objects.create(
        organization_id=organization.id,
        user=user,
        group=root,
        status=Membership.Status.INVITED,
        created_at=now,
    )
    keep_member_history([member.id], now=now)
    grant = grant_role(actor=actor, membership=member, group=root, role=Role.ADMINISTRATOR, now=now)
    invitation = Invitation.objects.create(
        organization_id=organization.id,
        membership=member,
        sent=1,
        invited_by=actor.label,
        created_at=now,
        sent_at=now,
        expires_at=now + LIFETIME,
    )
    write_letters(organization, [Addressed(invitation, user, [grant])], message="", now=now)
    record(
        actor=actor,
        action=AuditAction.MEMBER_INVITED,
        subject_type="membership",
        subject_id=member.id,
        subject_label=user.name,
        group_id=root.id,
        after={"email": user.email, "group": root.name, "role": grant.role},
        now=now,
    )
    return invitation
