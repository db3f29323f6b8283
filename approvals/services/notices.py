"""The mails around a request: rows of the outbox, written with their cause."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.services import issue_secret
from approvals.models import ApprovalRequest, StageSeat
from procurement.outbox.services import enqueue_email

SECRET_KIND = "DECISION"  # noqa: S105 – the kind of a secret, not one
LINK_LIVES = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to be asked: the seat, and where their mail goes."""

    seat: StageSeat
    name: str
    email: str


def ask(request: ApprovalRequest, asked: Iterable[Asked], *, now: datetime) -> None:
    """Mail each person a link of their own to the decision page.

    Whoever sits in several seats is asked once, and led to the first: deciding there answers all.
    The token is random and leads to the seat, which belongs to exactly this content; it ends after
    14 days. Two SQL statements for each person.
    """
    by_person: dict[UUID, list[Asked]] = {}
    for one in asked:
        by_person.setdefault(one.seat.membership_id, []).append(one)
    for one, *others in by_person.values():
        token = issue_secret(
            organization_id=request.organization_id,
            kind=SECRET_KIND,
            row_id=one.seat.id,
            expires_at=now + LINK_LIVES,
            now=now,
        )
        enqueue_email(
            organization_id=request.organization_id,
            key=f"decision_request:{one.seat.id}:{now.timestamp():.0f}",
            to=one.email,
            template="decision_request",
            context={
                "organization": request.summary["organization_name"],
                "name": one.name,
                "summary": request.summary,
                "why": " ".join(dict.fromkeys(each.seat.why for each in (one, *others))),
                "sent_at": now,
                "expires_at": now + LINK_LIVES,
            },
            secrets={"token": token},
            now=now,
        )


def tell_requester(
    request: ApprovalRequest,
    *,
    to: str,
    outcome: str,
    decided_by: str,
    comment: str,
    path: str,
    now: datetime,
) -> None:
    """Mail the requester, or whoever stands in, how it ended and what can be done now.

    One SQL statement.

    ``path`` leads to the subject's page, from the root of the site.
    """
    context: dict[str, Any] = {
        "organization": request.summary["organization_name"],
        "summary": request.summary,
        "outcome": outcome,
        "decided_by": decided_by,
        "comment": comment,
        "path": path,
    }
    enqueue_email(
        organization_id=request.organization_id,
        key=f"decided:{request.id}",
        to=to,
        template="decided",
        context=context,
        now=now,
    )
