"""Devices that are turned on, and what they are told."""

from datetime import timedelta

from accounts import services
from accounts.models import PushSubscription
from accounts.notifying import HERE, Notice, NotificationEvent
from accounts.services.notifying import notify
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company
from tests.push_service import Browser

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

API = "/api/v1/accounts/devices/"

LATER = NOW + timedelta(hours=1)

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"

ONE = "https://1.1.1.1/send/one"

TWO = "https://1.1.1.1/send/two"


def subscribe(company: Company, who: str, browser: Browser | None = None) -> PushSubscription:
    return services.subscribe_device(
        actor=company.actor(who),
        browser=(browser or Browser(ONE)).subscription,
        label="Chrome on Android",
        now=NOW,
    )


def tell(company: Company, who: str, event: NotificationEvent, key: str = "one") -> None:
    member = company.people[who]
    notice = Notice(
        event=event,
        key=key,
        membership_id=member.id,
        email=member.user.email,
        template="decision_request",
        title="Approve $640.00 for Field Service?",
        body="2 lines from Halden Tools",
        path=f"/{HERE}/approvals/17/",
        context={},
        secrets={"token": "s3cret"},
        thread="ORDER:17",
    )
    notify(organization_id=company.organization.id, notices=[notice], now=NOW)


def pushes() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(channel="PUSH").order_by("id"))
