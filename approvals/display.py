"""The way of a subject as pages draw it: planned, or as far as it has come."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership
from approvals.carrying import passes
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import Mode, Plan, PlannedStage
from approvals.routing.progress import seat_of
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
    """One step of the route as the route component draws it.

    Steps with the same ``number`` open together.
    """

    state: str
    rule: str
    people: tuple[RoutePerson, ...] = ()
    side: bool = False
    icon: str = ""
    number: int = 0


def planned_steps(plan: Plan, approvers: AbstractSet[UUID] = frozenset()) -> tuple[RouteStep, ...]:
    """Return the stages of a plan on which nobody has set out yet.

    ``approvers`` are those whose approval from before stands.
    """
    if plan.is_automatic:
        return (RouteStep("done", "Approved at once; nobody is asked"),)
    firsts = _firsts(stage.wave for stage in plan.stages)
    return tuple(
        _planned(
            stage,
            _joint(stage.wave, len(plan.stages), is_first=stage.number in firsts),
            approvers,
        )
        for stage in plan.stages
    )


def taken_steps(
    detail: RequestDetail, stand_ins: Mapping[UUID, str] | None = None
) -> tuple[RouteStep, ...]:
    """Return the stages of a request as far as it has come.

    ``stand_ins`` says by seat who decides for somebody who is away, as `selectors.stand_ins_of`.
    """
    if not detail.stages:
        return (RouteStep("done", "Approved at once; nobody was asked"),)
    decided = {decision.made_for: decision for decision in detail.decisions}
    firsts = _firsts(one.stage.wave for one in detail.stages)
    return tuple(
        _taken(
            one,
            _joint(one.stage.wave, len(detail.stages), is_first=place in firsts),
            decided,
            stand_ins or {},
        )
        for place, one in enumerate(detail.stages, start=1)
    )


def waiting_for(detail: RequestDetail) -> list[str]:
    """Return the names of those who are asked now and have not answered, each once."""
    waiting = {
        seat.membership_id: _name(seat.membership)
        for stage in detail.stages
        for seat in stage.seats
        if seat.is_open
    }
    return list(waiting.values())


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
    ApprovalRequest.Status.EXPIRED: Pill("stop", "Not decided in time"),
}


def pill_of(request: ApprovalRequest) -> Pill:
    """Return where a request stands."""
    return _PILLS[ApprovalRequest.Status(request.status)]


def _firsts(waves: Iterable[int]) -> frozenset[int]:
    """Return the places, from 1, of the stages that begin a wave."""
    first: dict[int, int] = {}
    for place, wave in enumerate(waves, start=1):
        first.setdefault(wave, place)
    return frozenset(first.values())


def _joint(wave: int, count: int, *, is_first: bool) -> str:
    """Return what leads over to a stage: a single one needs nothing."""
    if count == 1:
        return ""
    if not is_first:
        return "Beside it: "
    return "First: " if wave == 1 else "Then: "


def _planned(stage: PlannedStage, joint: str, approvers: AbstractSet[UUID]) -> RouteStep:
    agreement = _agreement(stage.mode, [person.slots for person in stage.people], stage.at_least)
    return RouteStep(
        state="done" if passes(stage, approvers) else "now" if stage.wave == 1 else "next",
        rule=_rule(joint, stage.name, agreement),
        number=stage.wave,
        people=tuple(
            RoutePerson(
                person.name,
                f"{person.label} of {person.group_name}" if person.group_name else person.label,
                *(("Approval stands", "good") if person.membership_id in approvers else ()),
            )
            for person in stage.people
        ),
        side=len(stage.people) > 1,
    )


def _taken(
    detail: StageDetail,
    joint: str,
    decided: Mapping[UUID, Decision],
    stand_ins: Mapping[UUID, str],
) -> RouteStep:
    stage, seats = detail.stage, detail.seats
    followed = {seat.in_place_of_id for seat in seats if _is_received(seat)}
    counted = [seat.slots for seat in seats if seat.vacated_at is None]
    agreement = _agreement(Mode(stage.mode), counted, stage.at_least)
    return RouteStep(
        state=_STATES.get(stage.status, "next"),
        rule=_rule(joint, stage.name, agreement),
        number=stage.wave,
        people=tuple(
            RoutePerson(
                _name(seat.membership),
                seat.place,
                *_came_of(
                    seat,
                    decided.get(seat.membership_id),
                    is_followed=seat.id in followed,
                    stand_in=stand_ins.get(seat.id, ""),
                ),
            )
            for seat in seats
        ),
        side=len(seats) > 1,
    )


def _rule(joint: str, name: str, agreement: str) -> str:
    return f"{joint}{name}, {agreement}" if agreement else f"{joint}{name}"


def _agreement(mode: Mode, own_slots: Sequence[Sequence[int]], at_least: int) -> str:
    """Return how many of a stage's people have to agree; nothing where there is only one."""
    people = len(own_slots)
    slots = {slot for own in own_slots for slot in own}
    seats = {seat_of(slot) for slot in slots}
    if people < _PAIR:
        return ""
    if mode is Mode.AT_LEAST:
        return f"{at_least} of {len(seats)} must agree"
    if len(slots) == 1:
        return "one of them is enough"
    if mode is Mode.ANY and len(seats) > 1:
        return "one of them is enough" if seats == slots else "one seat is enough"
    if people > len(slots):
        return "one for each seat"
    return "both must agree" if people == _PAIR else "all must agree"


def _is_received(seat: StageSeat) -> bool:
    return seat.origin == StageSeat.Origin.HANDED_OVER


def _came_of(
    seat: StageSeat, decision: Decision | None, *, is_followed: bool, stand_in: str
) -> tuple[str, str]:
    """Return what came of a seat, and its colour. One decision answers every seat of a person."""
    if seat.vacated_at is not None and not seat.has_decision:
        return "Handed over" if is_followed else "Replaced", ""
    if seat.is_open:
        asked = f"Asked {moment(seat.asked_at)}"
        return f"{asked}. {stand_in}" if stand_in else asked, ""
    if seat.closed_at is None:
        return "", ""
    if decision is None:
        is_removed = seat.stage.status == Stage.Status.REMOVED
        return "Taken off" if is_removed else "Not needed any more", ""
    when = moment(decision.decided_at)
    if decision.on_behalf_of_id:
        when = f"by {decision.maker_name}, {when}"
    if decision.choice == Decision.Choice.APPROVE:
        return f"Approved {when}", "good"
    return f"Rejected {when}", "stop"


def _name(membership: Membership) -> str:
    return membership.user.name or membership.user.email
