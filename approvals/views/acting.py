"""What is done on the decision page beside deciding, whichever door led to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import QueryDict

from approvals import services
from approvals.forms import ExtendForm, QuestionForm, RejectLinesForm, RemoveForm
from approvals.models import Decision, StageSeat
from approvals.selectors import RequestDetail
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of an action: a sentence, or the form as it was typed.

    ``is_refusal`` says that somebody was quicker, and the attempt is on record.
    """

    sentence: str = ""
    is_refusal: bool = False
    typed: Mapping[str, Form] | None = None

    @property
    def counted(self) -> bool:
        """Tell whether there is nothing left to type."""
        return bool(self.sentence)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Who acts, on what, through which door, and when."""

    actor: Actor
    detail: RequestDetail
    seat: StageSeat | None
    now: datetime
    channel: str
    link_expires_at: datetime | None


def act(
    typed: QueryDict,
    *,
    actor: Actor,
    detail: RequestDetail,
    seat: StageSeat | None,
    channel: str = Decision.Channel.APP,
    link_expires_at: datetime | None = None,
    now: datetime,
) -> Acted | None:
    """Do what a form of the page asks for under ``action``; None where it asks to decide.

    A refusal comes back with its form; the service has changed nothing.
    """
    name = typed.get("action", "")
    if name not in _ACTIONS:
        return None
    kind, carry_out = _ACTIONS[name]
    prefix = f"remove_{typed.get('stage', '')}" if name == "remove" else name
    form = kind(typed, auto_id=f"{prefix}_%s")
    key = f"remove:{typed.get('stage', '')}" if name == "remove" else name
    if form.is_valid():
        try:
            ground = _Ground(actor, detail, seat, now, channel, link_expires_at)
            done = carry_out(ground, form.cleaned_data)
            return done if isinstance(done, Acted) else Acted(done)
        except DomainError as refusal:
            show_refusal(form, refusal)
    return Acted(typed={key: form})


def _ask(ground: _Ground, given: Mapping[str, Any]) -> str:
    if ground.seat is None:
        raise DomainError("Only who is asked to decide asks questions here.")
    services.ask_question(
        actor=ground.actor, seat_id=ground.seat.id, text=given["text"], now=ground.now
    )
    name = ground.detail.summary.first_name
    return f"{name} has your question. The clock stands still until it is answered."


def _extend(ground: _Ground, given: Mapping[str, Any]) -> str:
    services.extend_due(
        actor=ground.actor,
        stage_id=given["stage"],
        due_at=given["due_at"],
        reason=given["reason"],
        now=ground.now,
    )
    return "There is more time now, and everybody sees why."


def _remove(ground: _Ground, given: Mapping[str, Any]) -> str:
    services.remove_approver(
        actor=ground.actor, stage_id=given["stage"], reason=given["reason"], now=ground.now
    )
    return "They are taken off; their agreement is not needed any more."


def _reject_lines(ground: _Ground, given: Mapping[str, Any]) -> Acted:
    if ground.seat is None:
        raise DomainError("Only who is asked to decide rejects lines here.")
    verdict = services.reject_lines(
        actor=ground.actor,
        seat_id=ground.seat.id,
        keys=given["lines"],
        reason=given["reason"],
        content_hash=given["content_hash"],
        channel=ground.channel,
        link_expires_at=ground.link_expires_at,
        now=ground.now,
    )
    # A verdict that refuses has written what has to stay on record, so it is told, not raised.
    return Acted(verdict.sentence, is_refusal=not verdict.is_decided)


_ACTIONS: Mapping[str, tuple[type[Form], Callable[[_Ground, Mapping[str, Any]], str | Acted]]] = {
    "ask": (QuestionForm, _ask),
    "extend": (ExtendForm, _extend),
    "reject_lines": (RejectLinesForm, _reject_lines),
    "remove": (RemoveForm, _remove),
}
