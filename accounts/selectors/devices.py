"""The devices that show notifications."""

from collections.abc import Collection
from uuid import UUID

from accounts.actors import MemberActor
from accounts.models import Membership, PushSubscription
from procurement.core.errors import NotFound


def own_devices(actor: MemberActor) -> list[PushSubscription]:
    """Return the actor's devices, the newest first; there are few of them. One SQL query."""
    return list(
        PushSubscription.objects.filter(
            membership_id=actor.membership_id, ended_at__isnull=True
        ).order_by("-created_at", "-id")
    )


def own_device(actor: MemberActor, subscription_id: UUID) -> PushSubscription:
    """Return one of the actor's devices; raises `NotFound`. One SQL query."""
    found = PushSubscription.objects.filter(
        id=subscription_id, membership_id=actor.membership_id, ended_at__isnull=True
    ).first()
    if found is None:
        raise NotFound("That device shows no notifications of yours any more.")
    return found


def devices_of(membership_ids: Collection[UUID]) -> dict[UUID, list[PushSubscription]]:
    """Return the devices of members who have access, by member. One SQL query, none for none."""
    found: dict[UUID, list[PushSubscription]] = {}
    if not membership_ids:
        return found
    for subscription in PushSubscription.objects.filter(
        membership_id__in=set(membership_ids),
        membership__status=Membership.Status.ACTIVE,
        membership__user__is_active=True,
        ended_at__isnull=True,
    ).order_by("created_at", "id"):
        found.setdefault(subscription.membership_id, []).append(subscription)
    return found
