"""What people are told around a request, in the transaction of its cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Membership
from accounts.notifying import HERE, Notice, NotificationEvent
from accounts.selectors import Person
from accounts.services import issue_secret, notify
from accounts.web import org_reverse
from approvals.models import ApprovalRequest, StageSeat
from approvals.routing.usual import SubjectKind
from procurement.core import writes
from procurement.core.money import format_money

SECRET_KIND = "DECISION"  # noqa: S105 – the kind of a secret, not one
LINK_LIVES = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to be asked: the seat, and where their mail goes."""

    seat: StageSeat
    name: str
    email: str


def thread_of(request: ApprovalRequest) -> str:
    """Return what keeps all that is told of a subject in one conversation, asked again or not."""
    return f"{request.subject_kind}:{request.subject_id}"


def ask(request: ApprovalRequest, asked: Iterable[Asked], *, now: datetime) -> None:
    """Tell each person that their decision is needed, with a link of their own to its page.

    Whoever sits in several seats is asked once, and led to the first: deciding there answers all.
    The token is random and leads to the seat, which belongs to exactly this content; it ends after
    14 days. One SQL query for all, and in one round trip two statements for each person; none for
    none.
    """
    by_person: dict[UUID, list[Asked]] = {}
    for one in asked:
        by_person.setdefault(one.seat.membership_id, []).append(one)
    if not by_person:
        return
    with writes.batch():
        notices = [_question(request, seats, now) for seats in by_person.values()]
        notify(organization_id=request.organization_id, notices=notices, now=now)


def _question(request: ApprovalRequest, seats: Sequence[Asked], now: datetime) -> Notice:
    one = seats[0]
    token = issue_secret(
        organization_id=request.organization_id,
        kind=SECRET_KIND,
        row_id=one.seat.id,
        expires_at=now + LINK_LIVES,
        now=now,
    )
    return question_of(
        request,
        key=f"decision_request:{one.seat.id}:{now.timestamp():.0f}",
        to=Person(one.seat.membership_id, one.name, one.email, is_active=True),
        why=" ".join(dict.fromkeys(each.seat.why for each in seats)),
        token=token,
        now=now,
    )


def question_of(
    request: ApprovalRequest,
    *,
    key: str,
    to: Person,
    why: str,
    token: str,
    for_name: str = "",
    now: datetime,
) -> Notice:
    """Return what somebody is told whose decision is needed; ``for_name`` where it is another's.

    The token leads to the decision page and ends after 14 days.
    """
    summary = request.summary
    whose = f", for {for_name}" if for_name else ""
    return Notice(
        event=NotificationEvent.DECISION_NEEDED,
        key=key,
        membership_id=to.membership_id,
        email=to.email,
        template="decision_request",
        title=f"Approve {_total(summary)} for {summary['group_name']}{whose}?",
        body=f"{summary['headline']}: {summary['extent']}. {_called(summary)}",
        path=org_reverse(HERE, "approvals:request", request_id=request.id),
        link="/decide/{token}",
        context={
            "organization": summary["organization_name"],
            "name": to.name,
            "summary": summary,
            "why": why,
            "for_name": for_name,
            "sent_at": now,
            "expires_at": now + LINK_LIVES,
        },
        secrets={"token": token},
        thread=thread_of(request),
    )


def _total(summary: dict[str, Any]) -> str:
    return format_money(Decimal(summary["total"]), summary["currency"])


def _called(summary: dict[str, Any]) -> str:
    return f"{summary['noun']} {summary['label']}"


def told_as(
    request: ApprovalRequest, of_order: NotificationEvent = NotificationEvent.ORDER_DECIDED
) -> NotificationEvent:
    """Return as what its requester hears how a request goes; ``of_order`` is for an order's."""
    if request.subject_kind == SubjectKind.BUDGET_INCREASE:
        return NotificationEvent.BUDGET_ROOM
    return of_order


def ways_on(request: ApprovalRequest) -> dict[str, bool]:
    """Return what mails about an end name of the ways on from there: for ``email/_ways_on``.

    Whether guided buying had something against a line, whether an appeal was what ended, and
    whether a rejection can be appealed.
    """
    lines = request.summary["lines"]
    was_appeal = request.follows_as == ApprovalRequest.FollowsAs.APPEAL
    is_rejected = request.status == ApprovalRequest.Status.REJECTED
    return {
        "deviates": any(line["guidance"] in ("RESTRICTED", "BLOCKED") for line in lines),
        "was_appeal": was_appeal,
        "may_appeal": is_rejected and not was_appeal,
    }


@dataclass(frozen=True, slots=True)
class LinesRejected:
    """Lines that somebody took out of what was asked for; ``waiting_for`` who decides the rest."""

    names: str
    lines: tuple[dict[str, str], ...]
    amount: Decimal
    reason: str
    by: str
    waiting_for: str


def tell_lines_rejected(
    request: ApprovalRequest, rejected: LinesRejected, *, to: Membership, path: str, now: datetime
) -> None:
    """Tell the requester, or whoever stands in, which lines are gone and what the rest does.

    ``request`` is the one for the rest. Two SQL statements.
    """
    summary = request.summary
    is_approved = request.status == ApprovalRequest.Status.APPROVED
    notice = Notice(
        event=NotificationEvent.ORDER_DECIDED,
        key=f"lines_rejected:{request.id}",
        membership_id=to.id,
        email=to.user.email,
        template="lines_rejected",
        title=f"Without {rejected.names}: {_called(summary)}, {_total(summary)}",
        body=f"{rejected.by} rejected it: “{rejected.reason}”",
        path=path,
        context={
            "organization": summary["organization_name"],
            "summary": summary,
            "lines": list(rejected.lines),
            "amount": rejected.amount,
            "reason": rejected.reason,
            "decided_by": rejected.by,
            "is_approved": is_approved,
            "waiting_for": rejected.waiting_for,
            "path": path,
        },
        thread=thread_of(request),
    )
    notify(organization_id=request.organization_id, notices=[notice], now=now)


def tell_requester(
    request: ApprovalRequest,
    *,
    to: Membership,
    outcome: str,
    decided_by: str,
    comment: str,
    path: str,
    now: datetime,
) -> None:
    """Tell the requester, or whoever stands in, how it ended and what can be done now.

    ``to`` has its user; ``path`` leads to the subject's page, from the root of the site. Two SQL
    statements.
    """
    context: dict[str, Any] = {
        "organization": request.summary["organization_name"],
        "summary": request.summary,
        "outcome": outcome,
        "decided_by": decided_by,
        "comment": comment,
        "path": path,
        **ways_on(request),
    }
    ended = "Approved" if outcome == ApprovalRequest.Status.APPROVED else "Rejected"
    said = f": “{comment}”" if comment else "."
    notice = Notice(
        event=told_as(request),
        key=f"decided:{request.id}",
        membership_id=to.id,
        email=to.user.email,
        template="decided",
        title=f"{ended}: {_called(request.summary)}, {_total(request.summary)}",
        body=f"{decided_by} {ended.lower()} it{said}",
        path=path,
        context=context,
        thread=thread_of(request),
    )
    notify(organization_id=request.organization_id, notices=[notice], now=now)
