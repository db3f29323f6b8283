"""Devices that show notifications: turned on, renewed, ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import selectors
from accounts.actors import MemberActor
from accounts.devices import are_keys
from accounts.models import Membership, PushSubscription
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.locking import lock
from procurement.core.outbound import AddressRefusedError, check_address
from procurement.outbox import selectors as outbox
from procurement.outbox import services as outbox_services
from procurement.outbox.kinds import Channel
from procurement.outbox.services import Parcel

MOST_DEVICES = 20
_LONGEST_ENDPOINT = 1000


@dataclass(frozen=True, slots=True)
class BrowserSubscription:
    """What a browser returns when it is subscribed: an address, and keys to encrypt for it."""

    endpoint: str
    p256dh: str
    auth: str


@transaction.atomic
def subscribe_device(
    *, actor: MemberActor, browser: BrowserSubscription, label: str, now: datetime
) -> PushSubscription:
    """Show the actor's notifications on a device; once more for the same one changes nothing.

    Where somebody else's were shown there, they are no longer. Whoever has too many devices loses
    the one that was confirmed longest ago. Raises `DomainError` for an address that nothing may be
    sent to, or keys that are none.
    """
    _check(browser)
    _lock_active(actor)
    (there,) = lock(
        PushSubscription.objects.filter(endpoint=browser.endpoint, ended_at__isnull=True)
    ) or (None,)
    if there is not None and there.membership_id == actor.membership_id:
        return _confirm(there, browser, label, now)
    if there is not None:
        _end([there.id], now)
    own = selectors.own_devices(actor)
    if len(own) >= MOST_DEVICES:
        oldest = min(own, key=lambda device: device.last_used_at)
        _end([oldest.id], now)
    created = PushSubscription.objects.create(
        organization_id=actor.organization_id,
        membership_id=actor.membership_id,
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        label=label,
        created_at=now,
        last_used_at=now,
    )
    before = {"moved_from": str(there.membership_id)} if there else None
    _record(actor, AuditAction.PUSH_SUBSCRIBED, label, before, now)
    return created


@transaction.atomic
def renew_device(
    *, actor: MemberActor, old_endpoint: str, browser: BrowserSubscription, now: datetime
) -> PushSubscription | None:
    """Follow a browser that has replaced its subscription; None where the old one is not known.

    It happens without anybody looking, so only what the actor had turned on is followed.
    """
    _lock_active(actor)
    (there,) = lock(
        PushSubscription.objects.filter(
            endpoint=old_endpoint, membership_id=actor.membership_id, ended_at__isnull=True
        )
    ) or (None,)
    if there is None:
        return None
    if browser.endpoint != old_endpoint:
        _end([there.id], now)
    return subscribe_device(actor=actor, browser=browser, label=there.label, now=now)


@transaction.atomic
def end_device(*, actor: MemberActor, subscription_id: UUID, now: datetime) -> None:
    """Show nothing on one of the actor's devices any more; what waits for it is not sent.

    Raises `NotFound` where it is not theirs, or has been ended.
    """
    device = selectors.own_device(actor, subscription_id)
    lock(PushSubscription.objects.filter(id=device.id))
    _end([device.id], now)
    _record(actor, AuditAction.PUSH_UNSUBSCRIBED, device.label, None, now)


@transaction.atomic
def try_device(*, actor: MemberActor, subscription_id: UUID, path: str, now: datetime) -> None:
    """Send a notification to one of the actor's devices, to see that it comes.

    It leads to ``path``, where it was asked for. Raises `NotFound` where the device is not theirs.
    """
    device = selectors.own_device(actor, subscription_id)
    parcel = Parcel(
        key=f"push:{device.id.hex}:try:{now.timestamp():.0f}",
        to=actor.email,
        template="push_try",
        context={
            "title": "Notifications work here",
            "body": f"{device.label} shows what waits for your decision.",
            "path": path,
            "tag": "try",
            "urgency": "high",
            "subscription": str(device.id),
            "device": device.label,
        },
        secrets={"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth},
        channel=Channel.PUSH,
        person_id=actor.membership_id,
    )
    if not outbox.keys_there([parcel.key]):
        outbox_services.enqueue(organization_id=actor.organization_id, parcels=[parcel], now=now)


def end_devices_of(membership_ids: Collection[UUID], *, now: datetime) -> None:
    """Show nothing on any device of members whose access ends; the caller has locked them.

    What waits for their devices is not sent either. Two SQL statements, one where there is none.
    """
    found = PushSubscription.objects.filter(
        membership_id__in=list(membership_ids), ended_at__isnull=True
    )
    _end([subscription.id for subscription in lock(found)], now)


@transaction.atomic
def end_gone_devices(*, message_ids: Collection[UUID], actor: Actor, now: datetime) -> int:
    """End the devices whose push service has said that they are gone; return how many.

    ``message_ids`` are the messages that could not be shown there. A device that has been turned on
    again since has another address, and stays.
    """
    gone = outbox.subscriptions_gone(message_ids)
    found = lock(
        PushSubscription.objects.filter(id__in=gone, ended_at__isnull=True).select_related(
            "membership__user"
        )
    )
    _end([subscription.id for subscription in found], now)
    for subscription in found:
        record(
            actor=actor,
            action=AuditAction.PUSH_UNSUBSCRIBED,
            subject_type="membership",
            subject_id=subscription.membership_id,
            subject_label=str(subscription.membership.user),
            after={"device": subscription.label},
            reason="The browser no longer takes messages there.",
            now=now,
        )
    return len(found)


def _check(browser: BrowserSubscription) -> None:
    if len(browser.endpoint) > _LONGEST_ENDPOINT or not browser.endpoint.isascii():
        raise DomainError("This browser’s push service has an address of a kind that is not known.")
    if not are_keys(browser.p256dh, browser.auth):
        raise DomainError("The browser’s keys cannot be read.", field="keys")
    try:
        check_address(browser.endpoint, within=settings.PUSH_SERVICES_WITHIN)
    except AddressRefusedError as refusal:
        raise DomainError(
            f"Notifications cannot be sent to this browser. {refusal}", field="endpoint"
        ) from refusal


def _lock_active(actor: MemberActor) -> None:
    """Hold the member still, so that access which ends meanwhile takes this device with it."""
    (member,) = lock(Membership.objects.filter(id=actor.membership_id))
    if member.status != Membership.Status.ACTIVE:
        raise NotAllowed("Your access has ended.")


def _confirm(
    device: PushSubscription, browser: BrowserSubscription, label: str, now: datetime
) -> PushSubscription:
    device.endpoint = browser.endpoint
    device.p256dh = browser.p256dh
    device.auth = browser.auth
    device.label = label
    device.last_used_at = now
    device.save(update_fields=["endpoint", "p256dh", "auth", "label", "last_used_at"])
    return device


def _end(subscription_ids: Collection[UUID], now: datetime) -> None:
    if not subscription_ids:
        return
    PushSubscription.objects.filter(id__in=list(subscription_ids)).update(ended_at=now)
    outbox_services.withdraw_pushes(subscription_ids=subscription_ids)


def _record(
    actor: MemberActor,
    action: AuditAction,
    label: str,
    before: dict[str, str] | None,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=actor.membership_id,
        subject_label=actor.name,
        before=before,
        after={"device": label},
        now=now,
    )
