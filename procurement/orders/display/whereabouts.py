"""Where an order is on its way: who is asked, since when, by when, and what comes then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from approvals.models import Decision, Stage, StageSeat
from approvals.routing.words import enumerated
from approvals.selectors import Away, RequestDetail, StageDetail
from procurement.core.templatetags.face import moment


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is asked now. ``due_at`` is None while the clock stands still.

    ``stand_in`` says who decides for them while they are away: ``Dana for Erin, who is away …``.
    """

    name: str
    stand_in: str
    place: str
    asked_at: datetime
    due_at: datetime | None
    is_overdue: bool
    stands_still: bool

    @property
    def due_words(self) -> str:
        """Say by when an answer is due."""
        if self.stands_still:
            return "The clock stands still until a question is answered"
        if self.due_at is None:
            return ""
        return f"Was due {moment(self.due_at)}" if self.is_overdue else f"Due {moment(self.due_at)}"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Who rejected, where, when and why."""

    name: str
    place: str
    comment: str
    at: datetime
    was_appeal: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a pending order is; ``then`` says what happens when those who are asked agree."""

    waiting: tuple[Waiting, ...]
    then: str
    expires_at: datetime | None


def whereabouts(asked: RequestDetail, away: Away, now: datetime) -> Whereabouts:
    """Return who is asked about a pending request, and what follows.

    ``away`` knows the absences of those who are asked.
    """
    seated = [(stage.stage, seat) for stage in asked.stages for seat in stage.seats if seat.is_open]
    found = {
        seat.membership_id: _waiting(stage, seat, _stand_in(away, asked, seat), now)
        for stage, seat in seated
    }
    return Whereabouts(tuple(found.values()), _then(asked.stages), asked.request.expires_at)


def rejection_of(asked: RequestDetail | None) -> Rejection | None:
    """Return the decision that rejected a request, if one did."""
    for stage in asked.stages if asked else ():
        for seat in stage.seats:
            if seat.has_decision and seat.decision.choice == Decision.Choice.REJECT:
                decision = seat.decision
                return Rejection(
                    name=_decided_by(decision, seat),
                    place=f"as {seat.place}, in the stage “{stage.stage.name}”",
                    comment=decision.comment,
                    at=decision.decided_at,
                    was_appeal=seat.origin == StageSeat.Origin.APPEAL,
                )
    return None


def _stand_in(away: Away, asked: RequestDetail, seat: StageSeat) -> str:
    found = away.for_seat(seat, asked.request)
    return away.words(found) if found is not None else ""


def _waiting(stage: Stage, seat: StageSeat, stand_in: str, now: datetime) -> Waiting:
    assert seat.asked_at is not None
    return Waiting(
        name=_name(seat),
        stand_in=stand_in,
        place=seat.place,
        asked_at=seat.asked_at,
        due_at=stage.due_at,
        is_overdue=stage.due_at is not None and stage.due_at < now,
        stands_still=stage.due_at is None and stage.minutes_left is not None,
    )


def _then(stages: Sequence[StageDetail]) -> str:
    """Say who is asked when the present wave has agreed, or that it is placed."""
    ahead = [one for one in stages if one.stage.status == Stage.Status.WAITING]
    if not ahead:
        return "When they agree, the order is placed with its suppliers."
    wave = min(one.stage.wave for one in ahead)
    names = dict.fromkeys(
        _name(seat)
        for one in ahead
        if one.stage.wave == wave
        for seat in one.seats
        if seat.vacated_at is None and seat.closed_at is None
    )
    if not names:
        return "When they agree, the next stage opens."
    verb = "is" if len(names) == 1 else "are"
    return f"When they agree, {enumerated(list(names))} {verb} asked."


def _decided_by(decision: Decision, seat: StageSeat) -> str:
    who = decision.membership.user.name or decision.membership.user.email
    return f"{who} for {_name(seat)}" if decision.on_behalf_of_id else who


def _name(seat: StageSeat) -> str:
    return seat.membership.user.name or seat.membership.user.email
