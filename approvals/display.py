"""The way of a subject as pages draw it: planned, or as far as it has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Membership
from approvals.models import ApprovalRequest, StageSeat
from approvals.routing import Mode, Plan, PlannedStage
from approvals.selectors import RequestDetail, StageDetail
from procurement.core.templatetags.face import moment

_PAIR = 2
_STATES = {"WAITING": "next", "OPEN": "now", "APPROVED": "done", "REJECTED": "stop"}


@dataclass(frozen=True, slots=True)
class RoutePerson:
    """Somebody on the route: name, seat, and what came of it, if anything."""

    name: str
    seat: str
    outcome: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of the route as the route component draws it."""

    state: str
    rule: str
    people: tuple[RoutePerson, ...] = ()
    side: bool = False
    icon: str = ""


def planned_steps(plan: Plan) -> tuple[RouteStep, ...]:
    """Return the stages of a plan on which nobody has set out yet."""
    if plan.is_automatic:
        return (RouteStep("done", "Approved at once; nobody is asked"),)
    return tuple(_planned(stage, len(plan.stages)) for stage in plan.stages)


def taken_steps(detail: RequestDetail) -> tuple[RouteStep, ...]:
    """Return the stages of a request as far as it has come."""
    if not detail.stages:
        return (RouteStep("done", "Approved at once; nobody was asked"),)
    return tuple(_taken(stage, len(detail.stages)) for stage in detail.stages)


def waiting_for(detail: RequestDetail) -> list[str]:
    """Return the names of those who are asked now and have not answered."""
    return [
        _name(seat.membership) for stage in detail.stages for seat in stage.seats if seat.is_open
    ]


@dataclass(frozen=True, slots=True)
class Pill:
    """Where something stands, in a word and its colour."""

    kind: str
    words: str


_PILLS = {
    ApprovalRequest.Status.PENDING: Pill("now", "Waiting for approval"),
    ApprovalRequest.Status.APPROVED: Pill("good", "Approved"),
    ApprovalRequest.Status.REJECTED: Pill("stop", "Rejected"),
    ApprovalRequest.Status.SUPERSEDED: Pill("", "Replaced by a newer version"),
    ApprovalRequest.Status.WITHDRAWN: Pill("", "Withdrawn"),
}


def pill_of(request: ApprovalRequest) -> Pill:
    """Return where a request stands."""
    return _PILLS[ApprovalRequest.Status(request.status)]


def _planned(stage: PlannedStage, count: int) -> RouteStep:
    agreement = _agreement(stage.mode, [person.slots for person in stage.people])
    return RouteStep(
        state="now" if stage.number == 1 else "next",
        rule=_rule(stage.number, count, stage.name, agreement),
        people=tuple(
            RoutePerson(
                person.name,
                f"{person.label} of {person.group_name}" if person.group_name else person.label,
            )
            for person in stage.people
        ),
        side=len(stage.people) > 1,
    )


def _taken(detail: StageDetail, count: int) -> RouteStep:
    stage, seats = detail.stage, detail.seats
    agreement = _agreement(Mode(stage.mode), [seat.slots for seat in seats])
    return RouteStep(
        state=_STATES.get(stage.status, "next"),
        rule=_rule(stage.number, count, stage.name, agreement),
        people=tuple(
            RoutePerson(_name(seat.membership), seat.place, *_came_of(seat)) for seat in seats
        ),
        side=len(seats) > 1,
    )


def _rule(number: int, count: int, name: str, agreement: str) -> str:
    words = name if count == 1 else f"{'First' if number == 1 else 'Then'}: {name}"
    return f"{words}, {agreement}" if agreement else words


def _agreement(mode: Mode, slots: Sequence[Sequence[int]]) -> str:
    """Return how many of a stage's people have to agree; nothing where there is only one."""
    people = len(slots)
    seats = len({slot for own in slots for slot in own})
    if people < _PAIR:
        return ""
    if mode is Mode.ANY or seats == 1:
        return "one of them is enough"
    if people > seats:
        return "one for each seat"
    return "both must agree" if people == _PAIR else "all must agree"


def _came_of(seat: StageSeat) -> tuple[str, str]:
    """Return what came of a seat, and its colour."""
    if seat.has_decision:
        when = moment(seat.decision.decided_at)
        if seat.decision.choice == "APPROVE":
            return f"Approved {when}", "good"
        return f"Rejected {when}", "stop"
    if seat.vacated_at is not None:
        return "Replaced", ""
    if seat.is_open:
        return f"Asked {moment(seat.asked_at)}", ""
    return ("Not needed any more", "") if seat.closed_at is not None else ("", "")


def _name(membership: Membership) -> str:
    return membership.user.name or membership.user.email
