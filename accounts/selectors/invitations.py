"""People on their way in: who is known already, batches with their lines, and invitations."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from accounts.actors import MemberActor
from accounts.invitees import Acquaintance, Directory, Place, Standing
from accounts.models import (
    Invitation,
    InvitationBatch,
    InvitationLine,
    Membership,
    MembershipPlacement,
    OrgGroup,
    Position,
    Role,
    RoleGrant,
    User,
)
from accounts.permissions import Permission
from accounts.selectors.finding import pickable_groups
from accounts.selectors.groups import within
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import NotFound


def invitee_directory(
    actor: Actor, emails: Collection[str], *, time_zone: str, now: datetime
) -> Directory:
    """Return what is known of people, and of the groups, roles and seats that lines may name.

    Four SQL queries, however many lines there are.
    """
    positions = Position.objects.in_use().values_list("code", "name")
    return Directory(
        people=acquaintances(emails, time_zone=time_zone, now=now),
        places=_places(actor),
        roles={name.casefold(): value for value, label in Role.choices for name in (value, label)},
        positions={word.casefold(): code for code, name in positions for word in (name, code)},
    )


def _places(actor: Actor) -> list[Place]:
    """Return the open groups whose people an actor manages. Two SQL queries."""
    names = dict(OrgGroup.objects.values_list("id", "name"))
    found = pickable_groups(actor, Permission.MANAGE_PEOPLE).values_list("id", "path", "code")
    return [
        Place(group_id, tuple(names[step] for step in path), code) for group_id, path, code in found
    ]


def acquaintances(
    emails: Collection[str], *, time_zone: str, now: datetime
) -> dict[str, Acquaintance]:
    """Return whom the organization knows of some addresses, by address. One SQL query."""
    placements = MembershipPlacement.objects.filter(membership=OuterRef("pk"))
    asked = Invitation.objects.filter(membership=OuterRef("pk"), status=Invitation.Status.OPEN)
    found = (
        Membership.objects.filter(user__email__in=list(emails))
        .annotate(
            has_joined=Exists(placements.filter(status=Membership.Status.ACTIVE)),
            since=Subquery(placements.filter(until__isnull=True).values("since")[:1]),
            asked_at=Subquery(asked.values("sent_at")[:1]),
            asked_until=Subquery(asked.values("expires_at")[:1]),
        )
        .values_list(
            "user__email", "status", "has_joined", "since", "created_at", "asked_at", "asked_until"
        )
    )
    people: dict[str, Acquaintance] = {}
    for email, status, has_joined, since, created_at, asked_at, asked_until in found:
        standing, at = Standing.NEVER_JOINED, since or created_at
        if status == Membership.Status.ACTIVE:
            standing = Standing.MEMBER
        elif status == Membership.Status.INVITED and asked_until is not None:
            standing = Standing.ASKED if asked_until > now else Standing.LAPSED
            at = asked_at or at
        elif status == Membership.Status.SUSPENDED and has_joined:
            standing = Standing.OFF_BOARDED
        people[email] = Acquaintance(standing, _written(local_date(at, time_zone)))
    return people


def _written(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def has_joined(membership_id: UUID) -> bool:
    """Tell whether a member has ever had access. One SQL query."""
    return MembershipPlacement.objects.filter(
        membership_id=membership_id, status=Membership.Status.ACTIVE
    ).exists()


def batch_for(actor: MemberActor, batch_id: UUID) -> InvitationBatch:
    """Return a batch of the actor's own. One SQL query; raises `NotFound`."""
    found = InvitationBatch.objects.filter(id=batch_id, created_by_id=actor.membership_id).first()
    if found is None:
        raise NotFound("There are no such invitations, or somebody else has entered them.")
    return found


def own_batches(actor: MemberActor) -> QuerySet[InvitationBatch]:
    """Return the actor's batches that wait to be sent or are being sent, the newest first."""
    return InvitationBatch.objects.filter(
        created_by_id=actor.membership_id,
        status__in=[InvitationBatch.Status.CHECKED, InvitationBatch.Status.RUNNING],
    ).order_by("-created_at", "-id")


def running_batch_ids() -> list[UUID]:
    """Return the batches that are being sent, the oldest first. One SQL query."""
    running = InvitationBatch.objects.filter(status=InvitationBatch.Status.RUNNING)
    return list(running.order_by("started_at", "id").values_list("id", flat=True))


def fates_of(batch: InvitationBatch) -> dict[str, int]:
    """Return how many lines of a batch have each fate, all fates named. One SQL query."""
    counted = dict(batch.lines.order_by().values_list("fate").annotate(lines=Count("id")))
    return {fate: counted.get(fate, 0) for fate in InvitationLine.Fate.values}


def lines_of(batch: InvitationBatch, fate: str = "") -> QuerySet[InvitationLine]:
    """Return the lines of a batch in their order, or those of one fate alone."""
    lines = batch.lines.select_related("group").order_by("number")
    return lines.filter(fate=fate) if fate in InvitationLine.Fate.values else lines


def rejects_of(batch: InvitationBatch) -> Iterator[InvitationLine]:
    """Yield the lines that nobody is invited by, though they are no members. One SQL query."""
    refused = (InvitationLine.Fate.REJECTED, InvitationLine.Fate.DUPLICATE)
    return batch.lines.filter(fate__in=refused).order_by("number").iterator()


def invitations_in_sight(
    actor: Actor, *, show: str = "", query: str = "", now: datetime
) -> QuerySet[Invitation]:
    """Return the invitations to groups whose people an actor manages, the newest first.

    ``show`` is ``open``, ``expired``, ``accepted`` or ``revoked``, else all; ``query`` holds words
    of a name or an address.
    """
    found = Invitation.objects.filter(
        within(actor, Permission.MANAGE_PEOPLE, "membership__group__")
    ).select_related("membership__user", "membership__group")
    status = Invitation.Status
    match show:
        case "open":
            found = found.filter(status=status.OPEN, expires_at__gt=now)
        case "expired":
            found = found.filter(status=status.OPEN, expires_at__lte=now)
        case "accepted":
            found = found.filter(status=status.ACCEPTED)
        case "revoked":
            found = found.filter(status=status.REVOKED)
        case _:
            pass
    for word in query.split():
        found = found.filter(
            Q(membership__user__name__icontains=word) | Q(membership__user__email__icontains=word)
        )
    return found.order_by("-created_at", "-id")


def invitation_for(actor: Actor, invitation_id: UUID) -> Invitation:
    """Return an invitation to a group whose people the actor manages; raises `NotFound`."""
    found = (
        Invitation.objects.filter(
            within(actor, Permission.MANAGE_PEOPLE, "membership__group__"), id=invitation_id
        )
        .select_related("membership__user", "membership__group")
        .first()
    )
    if found is None:
        raise NotFound("There is no such invitation, or it is not yours to change.")
    return found


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as whoever got it sees it, with the roles that wait for them."""

    invitation: Invitation
    user: User
    group: OrgGroup
    roles: Sequence[RoleGrant]

    @property
    def needs_account(self) -> bool:
        """Tell whether they have never set up how they sign in."""
        return not is_set_up(self.user)


def is_set_up(user: User) -> bool:
    """Tell whether somebody has a way of signing in, which a mailed link must not replace."""
    return user.has_usable_password() or user.last_login is not None


def offer_of(invitation_id: UUID, *, now: datetime) -> Offer:
    """Return what an invitation offers; whoever asks holds its secret. Two SQL queries."""
    invitation = Invitation.objects.select_related("membership__user", "membership__group").get(
        id=invitation_id
    )
    member = invitation.membership
    roles = RoleGrant.objects.in_force(now).filter(membership=member).select_related("group")
    return Offer(invitation, member.user, member.group, list(roles.order_by("role")))
