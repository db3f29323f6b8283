"""What an appeal needs to know: the rejected request as it went, and who is above today."""

from dataclasses import replace
from datetime import datetime

from approvals.appealing import Appeal, FormerSeat, FormerStage, appeal_of
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.rederiving import UNREADABLE
from approvals.routing import Facts, Mode, Route
from approvals.selectors.escalation import with_lines
from approvals.selectors.requests import RequestDetail, StageDetail, rederive
from approvals.selectors.routing import routing_context

_APPEALED = (
    "This has been appealed once, and the answer holds for this content. Edit the order and submit "
    "it again."
)
_NOT_REJECTED = "Only a rejected order can be appealed."
_UNREADABLE = (
    "What is stored does not lead to the same stages any more, so no appeal can go on from them. "
    "Edit the order and submit it again."
)


def appeal_for(detail: RequestDetail, now: datetime) -> Appeal:
    """Return how an appeal against a rejected request would go on, or why it cannot.

    Three SQL queries, four where groups above had a say; none where it cannot be appealed at all.
    """
    request = detail.request
    if request.status != ApprovalRequest.Status.REJECTED:
        return Appeal(refusal=_NOT_REJECTED)
    if request.follows_as == ApprovalRequest.FollowsAs.APPEAL:
        return Appeal(refusal=_APPEALED)
    try:
        facts, route = Facts.from_json(request.facts), rederive(request)
        stages = tuple(_former(one, route) for one in detail.stages if _counts(one))
    except (*UNREADABLE, IndexError):
        return Appeal(refusal=_UNREADABLE)
    # The route stays what it was; who sits above follows the tree of today.
    facts = replace(facts, group_path=tuple(request.group.path))
    asked = tuple(stage.spec for stage in stages if stage.spec)
    seats = routing_context(facts.group_path, facts.requester_id, now, further=asked).seats
    holders = {seat.membership_id for one in stages for seat in one.seats}
    seats = with_lines(seats, request.organization_id, holders)
    counted = facts.amount if route.counted is None else route.counted.amount
    return appeal_of(stages, replace(facts, amount=counted), seats)


def _counts(detail: StageDetail) -> bool:
    return detail.stage.status != Stage.Status.REMOVED


def _former(detail: StageDetail, route: Route) -> FormerStage:
    stage = detail.stage
    return FormerStage(
        stage_id=stage.id,
        name=stage.name,
        mode=Mode(stage.mode),
        at_least=stage.at_least,
        spec=None if stage.step is None else route.stages[stage.step].spec,
        seats=tuple(_former_seat(seat) for seat in detail.seats if seat.vacated_at is None),
        vacated_by=frozenset(
            seat.membership_id for seat in detail.seats if seat.vacated_at is not None
        ),
    )


def _former_seat(seat: StageSeat) -> FormerSeat:
    decision = seat.decision if seat.has_decision else None
    by = (decision.membership_id, decision.on_behalf_of_id) if decision else ()
    return FormerSeat(
        seat_id=seat.id,
        membership_id=seat.membership_id,
        slots=tuple(seat.slots),
        group_id=seat.on_group_id,
        choice=decision.choice if decision else "",
        decided_by=frozenset(one for one in by if one is not None),
    )
