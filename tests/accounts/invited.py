"""Invitations for tests: a list is checked, sent by the worker's own steps, and its mails read."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core import mail

from accounts import services
from accounts.models import Invitation, InvitationBatch, Membership, Role
from accounts.rosters import read_text
from procurement.outbox import services as outbox
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company

_LINK = re.compile(r"https?://\S+/invitation/[\w-]+/")


def check(company: Company, text: str, *, who: str = "Adam", group: str = "") -> InvitationBatch:
    """Check a pasted list; needs the company's scope."""
    return services.check_invitations(
        actor=company.actor(who),
        roster=read_text(text),
        source="a pasted list",
        group=company.groups[group] if group else company.groups["Workplace"],
        role=Role.REQUISITIONER,
        message="Welcome aboard.",
        now=NOW,
    )


def run(batch: InvitationBatch, *, now: datetime = NOW, most: int = 200) -> int:
    """Take the worker's steps until nothing is left; return how many that were."""
    steps = 1
    while services.invite_next(batch_id=batch.id, now=now, most=most):
        steps += 1
    batch.refresh_from_db()
    return steps


def invite(company: Company, text: str, *, group: str = "", now: datetime = NOW) -> InvitationBatch:
    """Check a list and invite everybody on it."""
    batch = check(company, text, group=group)
    services.send_invitations(actor=company.actor("Adam"), batch=batch, now=now)
    run(batch, now=now)
    return batch


def invitation_of(email: str) -> Invitation:
    """Return the newest invitation of an address."""
    return (
        Invitation.objects.filter(membership__user__email=email)
        .select_related("membership__user", "membership__group")
        .latest("created_at")
    )


def member(email: str) -> Membership:
    """Return a member by their address."""
    return Membership.objects.select_related("user", "group", "manager").get(user__email=email)


def letters_to(email: str) -> int:
    """Return how many mails to somebody are in the outbox."""
    return OutboxMessage.objects.filter(recipient=email, template="invitation").count()


def links_in_mails(*, now: datetime = NOW) -> dict[str, str]:
    """Send what is in the outbox; return the newest link of each address."""
    at = now + timedelta(seconds=1)
    outbox.settle(outbox.deliver(outbox.claim_due(now=at)), now=at)
    return {
        message.to[0]: urlsplit(found).path
        for message in mail.outbox
        for found in _LINK.findall(str(message.body))
    }
