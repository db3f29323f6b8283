"""What waits, as the inbox shows it: a row for each request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.working_time import Calendar
from approvals.due import Due, due_of
from approvals.models import ApprovalRequest, StageSeat
from approvals.routing.words import enumerated

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """What deviates on a request: how many lines of which kind, and whether a budget is passed."""

    preferred: int = 0
    restricted: int = 0
    blocked: int = 0
    is_over_budget: bool = False

    @property
    def is_any(self) -> bool:
        """Tell whether there is anything to mark."""
        return bool(self.preferred) or self.deviates

    @property
    def deviates(self) -> bool:
        """Tell whether somebody should look before they agree."""
        return bool(self.restricted or self.blocked or self.is_over_budget)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A request that waits: what, how much, by when, and who is asked beside the reader.

    ``seat`` is where the reader decides, None where others do; ``instead_of`` names for whom, where
    they stand in for somebody.
    """

    request: ApprovalRequest
    seat: StageSeat | None
    marks: Marks
    due: Due
    since: datetime
    others: str
    instead_of: str = ""

    @property
    def title(self) -> str:
        """Return what it is called."""
        return str(self.request.summary.get("title") or self.request.subject_label)

    @property
    def extent(self) -> str:
        """Return how much there is: ``3 lines from 2 suppliers``."""
        return str(self.request.summary.get("extent", ""))


def marks_of(summary: Mapping[str, Any]) -> Marks:
    """Return what deviates, from what is stored of a subject."""
    found = [line.get("guidance", "") for line in summary.get("lines", ())]
    return Marks(
        preferred=found.count("PREFERRED"),
        restricted=found.count("RESTRICTED"),
        blocked=found.count("BLOCKED"),
        is_over_budget=any(one.get("state") == "stop" for one in summary.get("budgets", ())),
    )


def seat_rows(
    seats: Iterable[StageSeat],
    asked: Mapping[UUID, Sequence[StageSeat]],
    *,
    reader_id: UUID | None,
    now: datetime,
    calendar: Calendar,
) -> list[WaitingRow]:
    """Return the rows of seats; ``asked`` are all open seats of each request.

    Seats of others than the reader are those of people for whom they stand in.
    """
    return [
        WaitingRow(
            request=seat.request,
            seat=seat,
            marks=marks_of(seat.request.summary),
            due=due_of(seat.stage.due_at, seat.stage.minutes_left, now, calendar),
            since=seat.asked_at or seat.request.opened_at,
            others=_named(asked.get(seat.request_id, ()), without=seat.membership_id),
            instead_of="" if seat.membership_id == reader_id else _name(seat),
        )
        for seat in seats
    ]


def request_rows(
    requests: Iterable[ApprovalRequest],
    asked: Mapping[UUID, Sequence[StageSeat]],
    *,
    reader_id: UUID | None,  # noqa: ARG001 – asked in one way for every list
    now: datetime,
    calendar: Calendar,
) -> list[WaitingRow]:
    """Return the rows of requests for somebody who is not asked; as `seat_rows`."""
    return [
        WaitingRow(
            request=request,
            seat=None,
            marks=marks_of(request.summary),
            due=_due(asked.get(request.id, ()), now, calendar),
            since=request.opened_at,
            others=_named(asked.get(request.id, ())),
        )
        for request in requests
    ]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Requests that are about to be decided in one go, and what they come to together."""

    rows: tuple[WaitingRow, ...]

    @property
    def amount(self) -> Decimal:
        """Return the sum."""
        return sum((row.request.amount for row in self.rows), Decimal(0))

    @property
    def currency(self) -> str:
        """Return the currency, which requests of one organization share."""
        return self.rows[0].request.currency if self.rows else ""

    @property
    def deviating(self) -> int:
        """Return how many of them somebody should look at first."""
        return sum(row.marks.deviates for row in self.rows)


def _due(asked: Sequence[StageSeat], now: datetime, calendar: Calendar) -> Due:
    """Return by when the first of the open stages is due."""
    stages = [seat.stage for seat in asked]
    running = [stage.due_at for stage in stages if stage.due_at is not None]
    if running:
        return due_of(min(running), None, now, calendar)
    left = [stage.minutes_left for stage in stages if stage.minutes_left is not None]
    return due_of(None, min(left, default=None), now, calendar)


def _named(asked: Sequence[StageSeat], *, without: UUID | None = None) -> str:
    names = {seat.membership_id: _name(seat) for seat in asked if seat.membership_id != without}
    first = list(names.values())
    if len(first) > _NAMED:
        return f"{', '.join(first[:_NAMED])} and {len(first) - _NAMED} more"
    return enumerated(first, "and") if first else ""


def _name(seat: StageSeat) -> str:
    return seat.membership.user.name or seat.membership.user.email
