"""What happens around a decision, done by the cast."""

import re
from datetime import datetime, timedelta

from django.core import mail

from approvals import services
from approvals.models import ApprovalRequest, RequestEvent, Stage, StageSeat
from procurement.audit.models import AuditEvent
from procurement.outbox import services as outbox
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company


def open_seat(company: Company, request: ApprovalRequest, name: str) -> StageSeat:
    """Where somebody of the cast is asked."""
    return StageSeat.objects.get(
        request=request,
        membership=company.people[name],
        asked_at__isnull=False,
        closed_at__isnull=True,
    )


def hand_over(
    company: Company,
    request: ApprovalRequest,
    name: str,
    to: str,
    *,
    reason: str = "I am away.",
    now: datetime = NOW,
) -> list[StageSeat]:
    return services.hand_over(
        actor=company.actor(name),
        seat_id=open_seat(company, request, name).id,
        to_id=company.people[to].id,
        reason=reason,
        now=now,
    )


def add(
    company: Company,
    request: ApprovalRequest,
    name: str,
    who: str,
    *,
    reason: str = "It is their depot.",
    now: datetime = NOW,
) -> Stage:
    return services.add_approver(
        actor=company.actor(name),
        request_id=request.id,
        member_id=company.people[who].id,
        reason=reason,
        now=now,
    )


def asked(request: ApprovalRequest) -> set[str]:
    """The first names of those who are asked now."""
    found = StageSeat.objects.filter(
        request=request, asked_at__isnull=False, closed_at__isnull=True
    ).select_related("membership__user")
    return {seat.membership.user.name.split()[0] for seat in found}


def story(request: ApprovalRequest) -> list[tuple[str, str]]:
    found = RequestEvent.objects.filter(request=request).order_by("at", "id")
    return list(found.values_list("kind", "text"))


def trail(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action).order_by("id"))


def mails(template: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(template=template).order_by("created_at", "id"))


def addressed(template: str) -> list[str]:
    """To whom, by first name, mails of a template went."""
    return [mail.recipient.split(".")[0] for mail in mails(template)]


_LINK = re.compile(r"/decide/[\w-]+")


def sent(to: str) -> str:
    """Send what is in the outbox; return the text of the last mail to somebody, by first name."""
    now = NOW + timedelta(days=1)
    outbox.settle(outbox.deliver(outbox.claim_due(now=now)), now=now)
    assert not OutboxMessage.objects.exclude(last_error="").exists()
    return [str(one.body) for one in mail.outbox if one.to[0].startswith(f"{to.lower()}.")][-1]


def link_in(body: str) -> str:
    """The decision link in a mail's text, empty where there is none."""
    found = _LINK.search(body)
    return found.group() if found else ""
