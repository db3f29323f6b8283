"""What happens around a decision, done by the cast."""

from datetime import datetime

from approvals import services
from approvals.models import ApprovalRequest, RequestEvent, Stage, StageSeat
from procurement.audit.models import AuditEvent
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
