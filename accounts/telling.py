"""When and by which channel somebody is told something (pure).

What has to reach people always does: `MANDATORY` events go out by mail where nothing else would
carry them. Quiet hours delay and never drop.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from accounts.devices import Device
from accounts.notifying import NotificationEvent
from procurement.outbox.kinds import Channel

_E = NotificationEvent

# Somebody waits for the answer, or for the outcome of what they asked for themselves.
MANDATORY = frozenset({_E.DECISION_NEEDED, _E.QUESTION_ASKED, _E.ORDER_DECIDED})
_ON_PHONE = MANDATORY | {
    _E.DECISION_REMINDER,
    _E.QUESTION_ANSWERED,
    _E.ORDER_EXPIRING,
    _E.STANDING_IN,
}
_SATURDAY = 5
_MIDNIGHT = time(0)


class EmailChoice(StrEnum):
    """What somebody wants mailed of one event."""

    AT_ONCE = "AT_ONCE"
    DIGEST = "DIGEST"
    OFF = "OFF"


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to be told about one event."""

    email: EmailChoice = EmailChoice.AT_ONCE
    push: bool = True


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody is left alone, and when their daily summary comes; by the clock where they are.

    Quiet from one time until another, over midnight where the second is the earlier one; both or
    none are given. ``quiet_weekends`` adds Saturday and Sunday.
    """

    zone: tzinfo = UTC
    quiet_from: time | None = None
    quiet_until: time | None = None
    quiet_weekends: bool = False
    digest_hour: int = 8

    def is_quiet(self, at: datetime) -> bool:
        """Tell whether somebody is left alone at an instant."""
        local = at.astimezone(self.zone)
        if self.quiet_weekends and local.weekday() >= _SATURDAY:
            return True
        start, end = self.quiet_from, self.quiet_until
        if start is None or end is None:
            return False
        clock = local.time()
        return start <= clock < end if start <= end else clock >= start or clock < end

    def after_quiet(self, at: datetime) -> datetime:
        """Return an instant, or the first one after it that is not quiet."""
        while self.is_quiet(at):
            local = at.astimezone(self.zone)
            if self.quiet_weekends and local.weekday() >= _SATURDAY:
                at = self._next(at, _MIDNIGHT)
            else:
                assert self.quiet_until is not None
                at = self._next(at, self.quiet_until)
        return at

    def next_digest(self, at: datetime) -> datetime:
        """Return when the next summary comes: after an instant, and not in a quiet hour."""
        return self.after_quiet(self._next(at, time(self.digest_hour)))

    def _next(self, at: datetime, clock: time) -> datetime:
        """Return when a clock shows a time next, strictly after an instant.

        A time that is skipped when clocks go forward counts as the one that stands in its place; of
        one that comes twice when they go back, the first that is still ahead.
        """
        day = at.astimezone(self.zone).date()
        shown = [
            datetime.combine(day + timedelta(days=days), clock, self.zone).replace(fold=fold)
            for days in range(3)
            for fold in (0, 1)
        ]
        ahead = [one.astimezone(UTC) for one in shown if one.fold == 0 or self._comes_twice(one)]
        return min(instant for instant in ahead if instant > at)

    def _comes_twice(self, local: datetime) -> bool:
        """Tell whether a clock shows a time of a day twice; one that it skips, it never shows."""
        first, second = local.replace(fold=0), local.replace(fold=1)
        return first.astimezone(UTC) < second.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one person wants to be told about things; what they never chose is as it is for all.

    ``organization_slug`` is the address of the organization in which they are told, ``devices`` are
    the phones and browsers that show their notifications.
    """

    choices: Mapping[NotificationEvent, Choice] = field(default_factory=dict)
    hours: Hours = field(default_factory=Hours)
    organization_slug: str = ""
    devices: tuple[Device, ...] = ()

    def choice_of(self, event: NotificationEvent) -> Choice:
        """Return what holds for an event."""
        return self.choices.get(event) or usual_choice(event)


@dataclass(frozen=True, slots=True)
class Telling:
    """One message: by which channel, when, and with the rest of which bundle."""

    channel: Channel
    due_at: datetime
    bundle: str = ""


def usual_choice(event: NotificationEvent) -> Choice:
    """Return how people are told about an event unless they choose otherwise."""
    return Choice(push=event in _ON_PHONE)


def tellings(
    event: NotificationEvent, wishes: Wishes, *, has_device: bool, now: datetime
) -> tuple[Telling, ...]:
    """Return how somebody is to be told about an event of this moment.

    ``has_device`` says whether a phone or browser of theirs shows notifications. None only where
    they want none, and need not know.
    """
    choice, hours = wishes.choice_of(event), wishes.hours
    email, push = choice.email, choice.push and has_device
    if email is EmailChoice.OFF and not push and event in MANDATORY:
        email = EmailChoice.AT_ONCE
    found = []
    if email is EmailChoice.AT_ONCE:
        found.append(Telling(Channel.EMAIL, hours.after_quiet(now)))
    elif email is EmailChoice.DIGEST:
        due_at = hours.next_digest(now)
        found.append(Telling(Channel.EMAIL, due_at, f"digest:{due_at:%Y%m%dT%H%M}"))
    if push:
        found.append(Telling(Channel.PUSH, hours.after_quiet(now)))
    return tuple(found)


def problem_of_choice(event: NotificationEvent, choice: Choice) -> str:
    """Return why a choice will not do, or nothing."""
    if event in MANDATORY and choice.email is EmailChoice.OFF and not choice.push:
        return "Somebody waits for this: leave mail or phone on."
    return ""


def problem_of_hours(hours: Hours) -> str:
    """Return why hours will not do, or nothing."""
    if (hours.quiet_from is None) != (hours.quiet_until is None):
        return "Say both when the quiet hours begin and when they end."
    if hours.quiet_from is not None and hours.quiet_from == hours.quiet_until:
        return "Quiet hours that never end would keep everything from you."
    return ""
