"""The history of an order: lines of the audit trail as sentences, the newest first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from approvals.routing.words import enumerated
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.audit.words import sentence
from procurement.core.money import format_money

SYSTEM = "The system"
_SILENT = frozenset(
    {
        # Said already by the decision or the order's own line beside it.
        AuditAction.APPROVAL_CLOSED,
        AuditAction.APPROVAL_WITHDRAWN,
        AuditAction.APPROVAL_APPEALED,
        AuditAction.APPROVAL_EXPIRED,
        AuditAction.REQUISITION_APPROVED,
        AuditAction.REQUISITION_REJECTED,
    }
)
# What comes first of things that are recorded at the same instant: who submits, then who is asked.
_RANKS: Mapping[str, int] = {
    AuditAction.REQUISITION_STARTED: 0,
    AuditAction.REQUISITION_SUBMITTED: 1,
    AuditAction.REQUISITION_PROCEEDED: 1,
}


def came_back(events: Sequence[AuditEvent]) -> AuditEvent | None:
    """Return how the wait for budget of an order ended by itself, if nothing has happened since.

    ``events`` as `procurement.audit.selectors.timeline` has them, the oldest first. No SQL.
    """
    last = events[-1] if events else None
    ended = last is not None and last.action == AuditAction.REQUISITION_WAIT_ENDED
    return last if last and ended and last.actor_kind == "SYSTEM" else None


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an order's history; ``what`` completes the sentence that ``who`` begins."""

    who: str
    what: str
    at: datetime
    why: str = ""
    icon: str = "arrow"
    kind: str = ""


def happenings(events: Iterable[AuditEvent]) -> list[Happening]:
    """Return what people should read of an order's events (oldest first), the newest first."""
    in_order = sorted(events, key=lambda event: (event.at, _RANKS.get(event.action, len(_RANKS))))
    return [_told(event) for event in reversed(in_order) if event.action not in _SILENT]


def _told(event: AuditEvent) -> Happening:
    tell = _TELLERS.get(event.action)
    if tell is None:
        words = str(sentence(event.action, "it", event.after))
        return Happening(event.actor_label, words, event.at, _quoted(event.reason))
    return tell(event, event.after or {})


def _amount(after: Mapping[str, Any]) -> str:
    return format_money(Decimal(after["total"]), after["currency"])


def _quoted(words: str) -> str:
    return f"“{words}”" if words else ""


def _started(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    return Happening(event.actor_label, "filled the cart", event.at, icon="cart")


def _submitted(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    again = " again, changed," if after.get("revision", 1) > 1 else ""
    what = f"submitted it{again} for {_amount(after)}" if again else f"submitted {_amount(after)}"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason))


def _refused(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"tried to submit {_amount(after)}, which was refused"
    return Happening(event.actor_label, what, event.at, event.reason, "restricted", "warn")


def _waits(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    on = [f"{one['title']}, {one['period']}" for one in after.get("budgets", ())]
    what = f"had it wait for room on {enumerated(on)}" if on else "had it wait for budget"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "clock", "warn")


def _proceeded(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"submitted {_amount(after)} for {after.get('requester')}, since there was room"
    return Happening(SYSTEM, what, event.at, icon="check", kind="good")


def _wait_ended(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "took it back into the cart"
    return Happening(event.actor_label, what, event.at, event.reason, "edit")


def _increase_refused(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "kept it waiting for what else was asked for"
    return Happening(SYSTEM, what, event.at, event.reason, "clock", "warn")


def _requested(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    if after.get("automatic"):
        what = "approved it at once: policy asks nobody"
        return Happening(SYSTEM, what, event.at, icon="check", kind="good")
    kept = after.get("kept", ())
    stages = after.get("stages") or [{"people": []}]
    people = [person for person in stages[0]["people"] if person not in kept]
    what = f"asked {enumerated(people)}" if people else "asked nobody of the first stage again"
    return Happening(SYSTEM, what, event.at, icon="mail")


def _carried(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    kept = [one["person"] for one in after.get("kept", ())]
    what = f"kept what {enumerated(kept)} had approved" if kept else "kept no approval from before"
    return Happening(SYSTEM, what, event.at, event.reason, "check" if kept else "edit")


def _superseded(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "stopped asking: the content has changed"
    return Happening(SYSTEM, what, event.at, icon="edit")


def _lines_rejected(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    titles = [line["title"] for line in after.get("lines", ())]
    what = f"rejected {enumerated(titles)}; the rest is {_amount(after)}"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "x", "stop")


def _stage_opened(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"asked {enumerated(after.get('people') or ['nobody'])} next"
    return Happening(SYSTEM, what, event.at, icon="mail")


def _reseated(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"seated {enumerated(after.get('people') or ['nobody'])} for {after.get('stage', 'it')}"
    return Happening(SYSTEM, what, event.at, event.reason, "mail")


def _decided(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    approved = after.get("choice") == "APPROVE"
    channel = ", by email link" if after.get("channel") == "EMAIL" else ""
    return Happening(
        event.actor_label,
        f"{'approved' if approved else 'rejected'} as {after.get('seat', 'approver')}{channel}",
        event.at,
        _quoted(event.reason),
        "check" if approved else "x",
        "good" if approved else "stop",
    )


def _decision_refused(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "tried to decide and could not"
    return Happening(event.actor_label, what, event.at, event.reason, "lock", "warn")


def _reopened(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "took it back into the cart, to edit it"
    return Happening(event.actor_label, what, event.at, icon="edit")


def _withdrawn(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "withdrew it"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "x", "warn")


def _cancelled(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "cancelled it"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "x", "warn")


def _expired(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "ended it, since nobody had decided in time"
    return Happening(SYSTEM, what, event.at, icon="clock", kind="warn")


def _appealed(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = "appealed the rejection"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "up")


def _rebuilt(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"filled {after.get('cart', 'a new cart')} from it"
    return Happening(event.actor_label, what, event.at, icon="cart")


def _replaced(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    was = (event.before or {}).get("item", "a line")
    what = f"took the preferred {after.get('item', 'item')} in place of {was}"
    return Happening(event.actor_label, what, event.at, icon="preferred", kind="good")


def _asked(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"asked {after.get('requester', 'its requester')}"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "ask")


def _answered(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"answered {after.get('asker', 'the question')}"
    return Happening(event.actor_label, what, event.at, _quoted(event.reason), "ask")


def _placed(event: AuditEvent, after: Mapping[str, Any]) -> Happening:
    what = f"placed {event.subject_label} with {after['supplier']} for {_amount(after)}"
    return Happening(SYSTEM, what, event.at, icon="truck", kind="good")


_TELLERS: Mapping[str, Callable[[AuditEvent, Mapping[str, Any]], Happening]] = {
    AuditAction.REQUISITION_STARTED: _started,
    AuditAction.REQUISITION_SUBMITTED: _submitted,
    AuditAction.REQUISITION_REFUSED: _refused,
    AuditAction.REQUISITION_WAITS: _waits,
    AuditAction.REQUISITION_PROCEEDED: _proceeded,
    AuditAction.REQUISITION_WAIT_ENDED: _wait_ended,
    AuditAction.REQUISITION_INCREASE_REFUSED: _increase_refused,
    AuditAction.REQUISITION_REOPENED: _reopened,
    AuditAction.REQUISITION_WITHDRAWN: _withdrawn,
    AuditAction.REQUISITION_CANCELLED: _cancelled,
    AuditAction.REQUISITION_EXPIRED: _expired,
    AuditAction.REQUISITION_APPEALED: _appealed,
    AuditAction.REQUISITION_REBUILT: _rebuilt,
    AuditAction.REQUISITION_LINE_REPLACED: _replaced,
    AuditAction.APPROVAL_QUESTION_ASKED: _asked,
    AuditAction.APPROVAL_QUESTION_ANSWERED: _answered,
    AuditAction.REQUISITION_LINES_REJECTED: _lines_rejected,
    AuditAction.APPROVAL_REQUESTED: _requested,
    AuditAction.APPROVAL_CARRIED: _carried,
    AuditAction.APPROVAL_SUPERSEDED: _superseded,
    AuditAction.APPROVAL_STAGE_OPENED: _stage_opened,
    AuditAction.APPROVAL_RESEATED: _reseated,
    AuditAction.APPROVAL_DECIDED: _decided,
    AuditAction.APPROVAL_REFUSED: _decision_refused,
    AuditAction.PURCHASE_ORDER_PLACED: _placed,
}
