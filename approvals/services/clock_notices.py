"""What the clock has people told: reminders, that somebody else is asked, too, and how it ends."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import Membership, Organization
from accounts.notifying import Notice, NotificationEvent
from accounts.services import issue_secret, notify
from approvals.models import ApprovalRequest, StageSeat
from approvals.routing.words import enumerated
from approvals.services.notices import LINK_LIVES, SECRET_KIND, thread_of, told_as, ways_on
from approvals.services.way import name_of
from approvals.subjects import handler_for


class Occasion(StrEnum):
    """Why somebody who has been asked hears again."""

    DUE = "DUE"
    OVERDUE = "OVERDUE"
    ESCALATED = "ESCALATED"
    EXPIRING = "EXPIRING"


_EVENTS = {
    Occasion.DUE: NotificationEvent.DECISION_REMINDER,
    Occasion.OVERDUE: NotificationEvent.DECISION_REMINDER,
    Occasion.ESCALATED: NotificationEvent.DECISION_REMINDER,
    Occasion.EXPIRING: NotificationEvent.ORDER_EXPIRING,
}


def remind(
    organization: Organization,
    request: ApprovalRequest,
    seats: Iterable[StageSeat],
    occasion: Occasion,
    *,
    at: datetime,
    also_asked: Sequence[str] = (),
    now: datetime,
) -> list[StageSeat]:
    """Tell those who are asked that time goes by, with a link of their own that works.

    ``at`` is when the stage is due, or the request ends. ``also_asked`` are the names of those who
    are asked now, too. Whoever sits in several seats hears once. Whoever can no longer decide is
    left out. Returns the seats of those who were told; two SQL statements for each.
    """
    told: dict[UUID, StageSeat] = {}
    for seat in seats:
        if seat.is_open and seat.holder_is_active:
            told.setdefault(seat.membership_id, seat)
    notices = []
    for seat in told.values():
        token = issue_secret(
            organization_id=request.organization_id,
            kind=SECRET_KIND,
            row_id=seat.id,
            expires_at=now + LINK_LIVES,
            now=now,
        )
        title, body = _in_short(request, occasion, also_asked)
        notices.append(
            Notice(
                event=_EVENTS[occasion],
                key=f"decision_reminder:{occasion}:{seat.id}:{at.timestamp():.0f}",
                membership_id=seat.membership_id,
                email=seat.membership.user.email,
                template="decision_reminder",
                title=title,
                body=body,
                path=_decision_path(organization, request),
                context={
                    "organization": request.summary["organization_name"],
                    "name": name_of(seat.membership),
                    "summary": request.summary,
                    "occasion": occasion.value,
                    "at": at,
                    "time_zone": organization.time_zone,
                    "also_asked": enumerated(also_asked),
                    "expires_at": now + LINK_LIVES,
                },
                secrets={"token": token},
                link="/decide/{token}",
                thread=thread_of(request),
            )
        )
    notify(organization_id=request.organization_id, notices=notices, now=now)
    return list(told.values())


def warn_requester(
    organization: Organization,
    request: ApprovalRequest,
    to: Membership,
    waiting_for: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Tell who asked that the request ends soon, and who has not answered. One SQL statement."""
    assert request.expires_at is not None
    summary = request.summary
    _tell(
        organization,
        request,
        to,
        told_as(request, NotificationEvent.ORDER_EXPIRING),
        "expiring",
        f"{summary['noun']} {summary['label']} ends soon",
        f"{enumerated(waiting_for)} did not answer yet." if waiting_for else "Nobody decided yet.",
        {"waiting_for": enumerated(waiting_for), "at": request.expires_at},
        now,
    )


def tell_expired(
    organization: Organization,
    request: ApprovalRequest,
    to: Membership,
    waited_for: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Tell who asked that nobody decided in time, and what they can do. One SQL statement."""
    summary = request.summary
    _tell(
        organization,
        request,
        to,
        told_as(request),
        "expired",
        f"{summary['noun']} {summary['label']} was not decided in time",
        _ended(summary),
        {"waited_for": enumerated(waited_for), "at": now, **ways_on(request)},
        now,
    )


def _ended(summary: Mapping[str, Any]) -> str:
    if "wording" in summary:
        return f"{summary['wording']['ended']} {summary['wording']['again']}"
    return "Nothing is ordered. You can change it and submit it again."


def _tell(
    organization: Organization,
    request: ApprovalRequest,
    to: Membership,
    event: NotificationEvent,
    template: str,
    title: str,
    body: str,
    context: dict[str, object],
    now: datetime,
) -> None:
    path = handler_for(request.subject_kind).path_of(
        organization_slug=organization.slug, subject_id=request.subject_id
    )
    notice = Notice(
        event=event,
        key=f"{template}:{request.id}",
        membership_id=to.id,
        email=to.user.email,
        template=template,
        title=title,
        body=body,
        path=path,
        context={
            "organization": request.summary["organization_name"],
            "summary": request.summary,
            "time_zone": organization.time_zone,
            "path": path,
            **context,
        },
        thread=thread_of(request),
    )
    notify(organization_id=request.organization_id, notices=[notice], now=now)


def _in_short(
    request: ApprovalRequest, occasion: Occasion, also_asked: Sequence[str]
) -> tuple[str, str]:
    """Return what fits on a lock screen."""
    what = f"{request.summary['noun']} {request.summary['label']}"
    body = str(request.summary["requester_name"])
    match occasion:
        case Occasion.DUE:
            return f"{what} still waits for you", body
        case Occasion.OVERDUE:
            return f"{what} is overdue", body
        case Occasion.ESCALATED:
            verb = "is" if len(also_asked) == 1 else "are"
            return f"{what} is overdue", f"{enumerated(also_asked)} {verb} asked, too."
        case Occasion.EXPIRING:
            return f"{what} ends soon", body


def _decision_path(organization: Organization, request: ApprovalRequest) -> str:
    return reverse(
        "approvals:request",
        kwargs={"organization_slug": organization.slug, "request_id": request.id},
    )
