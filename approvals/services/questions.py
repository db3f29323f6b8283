"""Questions before a decision: asked by whoever decides, answered by whoever wants it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import Membership
from accounts.notifying import Notice, NotificationEvent
from accounts.selectors import organization_by_id
from accounts.services import issue_secret, notify
from approvals.models import ApprovalRequest, Question, RequestEvent, StageSeat
from approvals.services.acting import (
    answering_for,
    lock_seat,
    lock_way,
    record_action,
    refuse_unless_asked,
    said,
)
from approvals.services.clock import start_clock, stop_clock
from approvals.services.notices import LINK_LIVES, SECRET_KIND, thread_of
from approvals.services.story import tell
from approvals.services.way import StageOnWay, Way, name_of
from approvals.subjects import handler_for
from procurement.audit.actions import AuditAction
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, NotFound
from procurement.core.ids import new_id


@transaction.atomic
def ask_question(*, actor: Actor, seat_id: UUID, text: str, now: datetime) -> Question:
    """Ask the requester something before deciding in a seat; the stage's clock stands until then.

    Whoever stands in for the seat's holder may, too. Several questions may be open. Whoever looks
    after the subject is asked where the requester has left. Raises `DomainError` for an empty
    question, `NotAllowed` for whoever is not asked to decide, `Conflict` when nothing is left to
    decide.
    """
    way, on_way, seat = lock_seat(seat_id)
    request = way.request
    refuse_unless_asked(actor, way, seat, now)
    text = said(text, field="text", otherwise="Write what you would like to know.")
    assert actor.id is not None  # the system sits nowhere
    question = Question(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        stage_id=on_way.stage.id,
        asked_by_id=actor.id,
        text=text,
        asked_at=now,
    )
    writes.insert(question)
    stop_clock(on_way.stage, now)
    tell(request, RequestEvent.Kind.QUESTION, stage=on_way.stage, by=actor.id, text=text, now=now)
    record_action(
        actor,
        AuditAction.APPROVAL_QUESTION_ASKED,
        request,
        {"requester": name_of(request.requester), "stage": on_way.stage.name},
        reason=text,
        now=now,
    )
    told = answering_for(request)
    if told is not None:
        notice = _asked(request, question, told, actor.label)
        notify(organization_id=request.organization_id, notices=[notice], now=now)
    return question


@transaction.atomic
def answer_question(*, actor: Actor, question_id: UUID, answer: str, now: datetime) -> Question:
    """Answer a question; with the last open one of its stage, the clock goes on.

    The requester may, and whoever looks after the subject in their place. Whoever asked is told,
    with a link to decide. Raises `NotFound` for anybody else, `Conflict` where it is closed
    already, `DomainError` for an empty answer.
    """
    way = lock_way(Q(questions__id=question_id))
    request = way.request
    question = Question.objects.select_related("asked_by__user").get(id=question_id)
    if actor.id is None or (actor.id != request.requester_id and actor.id != _stand_in(request)):
        raise NotFound("There is no such question, or it is not yours to answer.")
    if question.closed_at is not None:
        raise Conflict(
            "This has been answered already."
            if question.answered_at is not None
            else "Nothing is left to answer: it has been decided, or taken back."
        )
    answer = said(answer, field="answer", otherwise="Write an answer.")
    question.answered_by_id = actor.id
    question.answer = answer
    question.answered_at = question.closed_at = now
    question.save(update_fields=["answered_by", "answer", "answered_at", "closed_at"])
    on_way = next(one for one in way.stages if one.stage.id == question.stage_id)
    if not Question.objects.filter(
        request_id=request.id, stage_id=question.stage_id, closed_at__isnull=True
    ).exists():
        start_clock(on_way.stage, now)
    tell(
        request,
        RequestEvent.Kind.ANSWER,
        stage=on_way.stage,
        by=actor.id,
        about=question.asked_by_id,
        text=answer,
        now=now,
    )
    record_action(
        actor,
        AuditAction.APPROVAL_QUESTION_ANSWERED,
        request,
        {"asker": name_of(question.asked_by), "question": question.text},
        reason=answer,
        now=now,
    )
    notices = _answered(way, on_way, question, actor.label, now)
    notify(organization_id=request.organization_id, notices=notices, now=now)
    return question


def _stand_in(request: ApprovalRequest) -> UUID | None:
    return handler_for(request.subject_kind).stand_in_of(subject_id=request.subject_id)


def _asked(request: ApprovalRequest, question: Question, to: Membership, asker: str) -> Notice:
    slug = organization_by_id(request.organization_id).slug
    path = handler_for(request.subject_kind).path_of(
        organization_slug=slug, subject_id=request.subject_id
    )
    return Notice(
        event=NotificationEvent.QUESTION_ASKED,
        key=f"question_asked:{question.id}",
        membership_id=to.id,
        email=to.user.email,
        template="question_asked",
        title=f"A question about {request.subject_label}",
        body=f"{asker} would like to know something before deciding.",
        path=path,
        context={
            **_context(request, to),
            "asker": asker,
            "question": question.text,
            "path": path,
        },
        thread=thread_of(request),
    )


def _answered(
    way: Way, on_way: StageOnWay, question: Question, answered_by: str, now: datetime
) -> list[Notice]:
    """Return what those are told who wait for an answer: who asked, or who decides in their place.

    Each with a link of their own to the decision. Whoever asked for somebody else, or decides no
    more, gets the address of the page.
    """
    request = way.request
    slug = organization_by_id(request.organization_id).slug
    path = reverse(
        "approvals:request", kwargs={"organization_slug": slug, "request_id": request.id}
    )
    seats = [
        seat
        for seat in on_way.seats
        if seat.is_open
        and seat.holder_is_active
        and question.asked_by_id in {one.membership_id for one in on_way.line_of(seat)}
    ]
    told: list[tuple[Membership, StageSeat | None]] = [(seat.membership, seat) for seat in seats]
    if not told:
        told = [(question.asked_by, None)]
    notices = []
    for member, seat in told:
        secrets = {}
        if seat is not None:
            secrets["token"] = issue_secret(
                organization_id=request.organization_id,
                kind=SECRET_KIND,
                row_id=seat.id,
                expires_at=now + LINK_LIVES,
                now=now,
            )
        notices.append(
            Notice(
                event=NotificationEvent.QUESTION_ANSWERED,
                key=f"question_answered:{question.id}:{member.id}",
                membership_id=member.id,
                email=member.user.email,
                template="question_answered",
                title=f"Answered: {request.subject_label}",
                body=f"{answered_by} has answered your question.",
                path=path,
                context={
                    **_context(request, member),
                    "answered_by": answered_by,
                    "question": question.text,
                    "answer": question.answer,
                    "path": path,
                    "expires_at": now + LINK_LIVES,
                },
                secrets=secrets,
                link="/decide/{token}" if secrets else "",
                thread=thread_of(request),
            )
        )
    return notices


def _context(request: ApprovalRequest, to: Membership) -> dict[str, Any]:
    return {
        "organization": request.summary["organization_name"],
        "name": name_of(to),
        "summary": request.summary,
    }
