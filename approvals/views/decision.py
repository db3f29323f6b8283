"""What the decision page shows, whichever door led to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form

from accounts.models import Organization
from accounts.permissions import Permission
from accounts.selectors import calendar_of
from accounts.web import org_reverse
from approvals import selectors
from approvals.display import pill_of, taken_steps, waiting_for
from approvals.due import due_of
from approvals.forms import DecisionForm, ExtendForm, QuestionForm, RejectLinesForm, RemoveForm
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.overtaken import overtaken_by
from approvals.routing.words import enumerated
from approvals.selectors import RequestDetail, derivation_of
from approvals.subjects import handler_for
from approvals.telling import story_of
from approvals.why import besides, why_taken
from procurement.core.actors import Actor


def decision_context(
    detail: RequestDetail,
    seat: StageSeat | None,
    form: DecisionForm | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return the context of the decision: content, budgets, why, route; a form where it is open.

    At most two SQL queries for who is away, and one where groups above have had a say in the route.
    """
    request = detail.request
    why = why_taken(detail, derivation_of(detail))
    return {
        "approval": request,
        "summary": detail.summary,
        "steps": taken_steps(detail, selectors.stand_ins_in(detail, now)),
        "why": why,
        "reasons": besides(request.explanation["sentences"], why),
        "decisions": detail.decisions,
        "waiting": enumerated(waiting_for(detail), "and") or "nobody",
        "seat": seat,
        "why_you": _why_you(detail, seat),
        "form": form,
        "pill": pill_of(request),
        "version": request.policy_version,
    }


def surroundings(detail: RequestDetail, seat: StageSeat | None, *, now: datetime) -> dict[str, Any]:
    """Return what helps to decide beside the content: orders before, questions, the story.

    Six SQL queries, three of them in one round trip.
    """
    request = detail.request
    questions = list(selectors.questions_of(request.id))
    stage = seat.stage if seat and seat.is_open else _first_open(detail)
    calendar = calendar_of(request.organization_id)
    return {
        "background": handler_for(request.subject_kind).background_of(
            subject_id=request.subject_id, now=now
        ),
        "questions": questions,
        "is_asking": any(one.closed_at is None for one in questions),
        "story": story_of(detail, selectors.events_of(request.id)),
        "due": due_of(stage.due_at, stage.minutes_left, now, calendar) if stage else None,
    }


def overtaken_context(
    actor: Actor | None, organization: Organization, detail: RequestDetail
) -> dict[str, Any]:
    """Return what has changed since, and where it goes on; nothing for one that was not replaced.

    At most four SQL queries.
    """
    if detail.request.status != ApprovalRequest.Status.SUPERSEDED:
        return {}
    found = selectors.following_for(actor, detail.request) if actor else None
    overtaken = overtaken_by(detail, found, actor.id if actor else None)
    following = overtaken.following
    url = ""
    if following is not None:
        url = org_reverse(organization, "approvals:request", request_id=following.id)
    return {"overtaken": overtaken, "following_url": url}


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody can do beside approving and rejecting, each with the form that it takes.

    ``opened`` names the one whose form comes back with what was typed.
    """

    ask: Form | None = None
    extend: Form | None = None
    reject_lines: Form | None = None
    removals: tuple[tuple[StageSeat, Form], ...] = ()
    can_hand_over: bool = False
    can_add: bool = False
    opened: str = ""

    @property
    def is_any(self) -> bool:
        """Tell whether there is anything to offer."""
        forms = (self.ask, self.extend, self.reject_lines, *self.removals)
        return any(forms) or self.can_hand_over or self.can_add


def options_of(
    actor: Actor,
    detail: RequestDetail,
    seat: StageSeat | None,
    *,
    can_decide: bool,
    typed: Mapping[str, Form] | None = None,
) -> Options:
    """Return what an actor can do beside deciding. No SQL.

    ``seat`` is theirs, if they have one; ``typed`` are forms that came back, by their action.
    """
    request, typed = detail.request, typed or {}
    if request.status != ApprovalRequest.Status.PENDING:
        return Options()
    is_administrator = actor.can(Permission.MANAGE_POLICIES, request.group.path)
    # Whoever stands in for somebody asks and decides, and no more.
    is_own = can_decide and seat is not None and seat.membership_id == actor.id
    stage = seat.stage if seat and can_decide else _first_open(detail)
    return Options(
        ask=typed.get("ask") or QuestionForm(auto_id="ask_%s") if can_decide else None,
        extend=(
            typed.get("extend")
            or ExtendForm(auto_id="extend_%s", initial={"stage": stage.id, "due_at": stage.due_at})
            if stage and stage.due_at and (is_own or is_administrator)
            else None
        ),
        reject_lines=(
            typed.get("reject_lines")
            or RejectLinesForm(
                auto_id="reject_lines_%s", initial={"content_hash": request.content_hash}
            )
            if can_decide and has_single_lines(detail)
            else None
        ),
        removals=tuple(
            (one, typed.get(f"remove:{one.stage_id}") or _remove(one.stage_id))
            for one in (_added(detail) if is_administrator else ())
        ),
        can_hand_over=is_own,
        can_add=seat is None or seat.membership_id == actor.id,
        opened=next((name.partition(":")[0] for name in typed), ""),
    )


def has_single_lines(detail: RequestDetail) -> bool:
    """Tell whether there are several lines, each of which can be named."""
    lines = detail.summary.lines
    return len(lines) > 1 and all(line.key for line in lines)


def _remove(stage_id: UUID) -> RemoveForm:
    return RemoveForm(auto_id=f"remove_{stage_id}_%s", initial={"stage": stage_id})


def _added(detail: RequestDetail) -> list[StageSeat]:
    """Return the seats of people whom somebody has added and who have not decided."""
    return [
        seat
        for one in detail.stages
        for seat in one.seats
        if seat.origin == StageSeat.Origin.ADDED and seat.is_open
    ]


def _first_open(detail: RequestDetail) -> Stage | None:
    return next((one.stage for one in detail.stages if one.stage.status == Stage.Status.OPEN), None)


def _why_you(detail: RequestDetail, seat: StageSeat | None) -> str:
    """Say why the holder of a seat is asked, for each seat that their decision answers."""
    if seat is None:
        return ""
    asked = [
        other.why
        for stage in detail.stages
        for other in stage.seats
        if other.is_open and other.membership_id == seat.membership_id
    ]
    return " ".join(dict.fromkeys(asked))
