"""The devices that show notifications."""

from uuid import UUID

from accounts.actors import MemberActor
from accounts.models import PushSubscription
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
