"""What the decision page shows, whichever door led to it."""

from typing import Any

from approvals.display import pill_of, taken_steps, waiting_for
from approvals.forms import DecisionForm
from approvals.models import StageSeat
from approvals.routing.words import enumerated
from approvals.selectors import RequestDetail, derivation_of
from approvals.why import besides, why_taken


def decision_context(
    detail: RequestDetail, seat: StageSeat | None, form: DecisionForm | None
) -> dict[str, Any]:
    """Return the context of the decision: content, budgets, why, route; a form where it is open.

    No SQL, or one query where groups above have had a say in the route.
    """
    request = detail.request
    why = why_taken(detail, derivation_of(detail))
    return {
        "approval": request,
        "summary": detail.summary,
        "steps": taken_steps(detail),
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
