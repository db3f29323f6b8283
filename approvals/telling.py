"""The story of a request: what was decided and what happened around it, as people read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Membership
from approvals.models import ApprovalRequest, Decision, RequestEvent
from approvals.selectors import RequestDetail

_Kind = RequestEvent.Kind
_CLOCK = "The clock"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the story; ``what`` completes the sentence that ``who`` begins."""

    who: str
    what: str
    at: datetime
    why: str = ""
    icon: str = "arrow"
    kind: str = ""


def story_of(detail: RequestDetail, events: Iterable[RequestEvent]) -> list[Told]:
    """Return the story of a request, the earliest first: sent, decided, and all in between."""
    request = detail.request
    decided = [_decided(one, request.opened_at) for one in detail.decisions]
    # What was carried over stands in the lines of the decisions themselves.
    others = [one for one in events if one.kind != _Kind.CARRIED]
    lines = [_sent(request), *decided, *map(_happened, others)]
    end = _ENDS.get(ApprovalRequest.Status(request.status))
    if end is not None and request.closed_at is not None:
        lines.append(Told(end[0], end[1], request.closed_at, icon=end[2]))
    return sorted(lines, key=lambda line: line.at)


_ENDS = {
    ApprovalRequest.Status.WITHDRAWN: ("The requester", "took it back", "x"),
    ApprovalRequest.Status.SUPERSEDED: (
        "The content",
        "has changed since; it was asked anew",
        "edit",
    ),
}


def _sent(request: ApprovalRequest) -> Told:
    what = {
        ApprovalRequest.FollowsAs.CHANGE.value: "sent it again, changed",
        ApprovalRequest.FollowsAs.APPEAL.value: "appealed the rejection",
    }.get(request.follows_as, "sent it")
    note = request.summary.get("note", "")
    return Told(_name(request.requester), what, request.opened_at, _quoted(note), "mail")


def _decided(decision: Decision, opened_at: datetime) -> Told:
    approved = decision.choice == Decision.Choice.APPROVE
    who, what = _name(decision.membership), "approved" if approved else "rejected"
    if decision.on_behalf_of_id:
        who = f"{who} for {_name(decision.on_behalf_of)}"
    if decision.carried_from_id:
        return Told(
            who,
            f"had {what} the content before, as {decision.seat.place}; it still counts",
            opened_at,
            decision.carried_because,
            "check",
            "good",
        )
    return Told(
        who,
        f"{what} as {decision.seat.place}",
        decision.decided_at,
        _quoted(decision.comment),
        "check" if approved else "x",
        "good" if approved else "stop",
    )


def _happened(event: RequestEvent) -> Told:
    what, icon, kind = _TELLERS[_Kind(event.kind)](event)
    who = _name(event.by) if event.by_id else _CLOCK
    # What was asked and answered stands in full beside the content.
    is_talk = event.kind in (_Kind.QUESTION, _Kind.ANSWER)
    return Told(who, what, event.at, "" if is_talk else _said(event), icon, kind)


def _said(event: RequestEvent) -> str:
    return _quoted(event.text) if event.by_id else event.text


def _about(event: RequestEvent, otherwise: str) -> str:
    return _name(event.about) if event.about_id else otherwise


_TELLERS: Mapping[RequestEvent.Kind, Callable[[RequestEvent], tuple[str, str, str]]] = {
    _Kind.QUESTION: lambda _: ("asked a question", "ask", ""),
    _Kind.ANSWER: lambda event: (f"answered {_about(event, 'the question')}", "ask", ""),
    _Kind.HANDED_OVER: lambda event: (
        f"handed it over to {_about(event, 'somebody else')}",
        "person",
        "",
    ),
    _Kind.ADDED: lambda event: (f"asked {_about(event, 'somebody')} to agree, too", "plus", ""),
    _Kind.REMOVED: lambda event: (f"took {_about(event, 'somebody')} off", "minus", "warn"),
    _Kind.EXTENDED: lambda _: ("took more time", "clock", ""),
    _Kind.REMINDED: lambda event: (f"reminded {_about(event, 'who is asked')}", "bell", ""),
    _Kind.ESCALATED: lambda event: (
        f"asked {_about(event, 'the next in line')}, since nobody had decided in time",
        "up",
        "warn",
    ),
    _Kind.WARNED: lambda _: ("warned that it expires", "bell", "warn"),
    _Kind.EXPIRED: lambda _: ("ended it: nobody decided in time", "x", "stop"),
    _Kind.LINES_REJECTED: lambda _: ("rejected some of its lines", "x", "stop"),
    _Kind.APPEALED: lambda _: ("appealed", "up", ""),
    _Kind.REPLACED: lambda event: (f"put {_about(event, 'somebody')} in the seat", "person", ""),
}


def _quoted(words: str) -> str:
    return f"“{words}”" if words else ""


def _name(member: Membership | None) -> str:
    if member is None:
        return ""
    return member.user.name or member.user.email
