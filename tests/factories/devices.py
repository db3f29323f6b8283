"""Devices that show notifications, for tests that need none to be shown."""

from accounts.models import Membership, PushSubscription
from tests.factories.accounts import NOW
from tests.push_service import Browser


def make_device(
    member: Membership, endpoint: str = "https://push.example/send/one"
) -> PushSubscription:
    """Store a device as if it had been turned on; needs the organization's scope."""
    browser = Browser(endpoint).subscription
    return PushSubscription.objects.create(
        organization_id=member.organization_id,
        membership=member,
        endpoint=browser.endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        label="Chrome on Android",
        created_at=NOW,
        last_used_at=NOW,
    )
