"""Personal approval limits as administrators read them."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Membership
from accounts.permissions import Permission
from accounts.selectors import member_for, within
from approvals.models import ApprovalLimit
from procurement.core.actors import Actor


def limits_in_sight(actor: Actor, *, query: str = "", at: datetime) -> QuerySet[ApprovalLimit]:
    """Return the limits that held at an instant, of people whom an actor manages, by name.

    ``query`` narrows to those with all its words in their name, address, job title or group.
    """
    found = (
        ApprovalLimit.objects.at(at)
        .filter(within(actor, Permission.MANAGE_PEOPLE, "membership__group__"))
        .select_related("membership__user", "membership__group", "membership__manager__user")
    )
    for word in query.split():
        found = found.filter(
            Q(membership__user__name__icontains=word)
            | Q(membership__user__email__icontains=word)
            | Q(membership__title__icontains=word)
            | Q(membership__group__name__icontains=word)
        )
    return found.order_by("membership__user__name", "membership_id", "id")


def limit_history(actor: Actor, member: Membership) -> list[ApprovalLimit]:
    """Return all limits that somebody has had, the latest first. Two SQL queries.

    Raises `NotFound` for a person whom the actor does not manage.
    """
    member_for(actor, member.id, Permission.MANAGE_PEOPLE)
    return list(ApprovalLimit.objects.filter(membership=member).order_by("-since", "-id"))
