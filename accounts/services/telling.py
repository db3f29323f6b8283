"""How people want to be told about things: chosen on a page, or stopped by the link in a mail."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from accounts.actors import MemberActor
from accounts.models import Membership, NotificationChoice, NotificationHours
from accounts.notifying import NotificationEvent
from accounts.selectors.telling import chosen_by, hours_of
from accounts.telling import (
    MANDATORY,
    Choice,
    EmailChoice,
    Hours,
    problem_of_choice,
    problem_of_hours,
    usual_choice,
)
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor, SystemActor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@dataclass(frozen=True, slots=True)
class ChosenHours:
    """When somebody is left alone, as they choose it; an empty time zone is the organization's."""

    time_zone: str = ""
    quiet_from: time | None = None
    quiet_until: time | None = None
    quiet_weekends: bool = False
    digest_hour: int = 8


HOURS_FIELDS = tuple(one.name for one in fields(ChosenHours))


def hours_chosen_by(stored: NotificationHours | None) -> ChosenHours:
    """Return hours as stored, or as they are for everybody."""
    if stored is None:
        return ChosenHours()
    return ChosenHours(**{name: getattr(stored, name) for name in HOURS_FIELDS})


@transaction.atomic
def choose_notifications(
    *,
    actor: MemberActor,
    choices: Mapping[NotificationEvent, Choice],
    hours: ChosenHours | None = None,
    now: datetime,
) -> None:
    """Have the actor be told about events as they choose; what is left out stays as it is.

    Raises `DomainError` beside the event for what would let a mandatory one reach nobody, and
    beside the field for hours that will not do.
    """
    (member,) = lock(Membership.objects.filter(id=actor.membership_id))
    for event, choice in choices.items():
        if problem := problem_of_choice(event, choice):
            raise DomainError(problem, field=event.value)
    if hours is not None:
        _check(hours)
    before, after = _choose(member, choices)
    if hours is not None:
        was = hours_of(member.id)
        if hours_chosen_by(was) != hours:
            before["hours"], after["hours"] = asdict(hours_chosen_by(was)), asdict(hours)
            stored = was or NotificationHours(
                organization_id=member.organization_id, membership=member
            )
            for name, value in asdict(hours).items():
                setattr(stored, name, value)
            stored.save()
    _record(actor, member, before, after, "", now)


@transaction.atomic
def stop_mails(
    *, membership_id: UUID, events: Collection[NotificationEvent], now: datetime
) -> list[NotificationEvent]:
    """Mail somebody nothing more of optional events, as the link in a mail asks; return which.

    Whoever has the mail has the link, so it can do no more than this: other channels stay as they
    are, and mandatory events, too. Once or twice is the same.
    """
    return _set_email(membership_id, events, EmailChoice.OFF, now)


@transaction.atomic
def resume_mails(
    *,
    membership_id: UUID,
    events: Collection[NotificationEvent],
    as_digest: bool = False,
    now: datetime,
) -> list[NotificationEvent]:
    """Undo `stop_mails`; return which events are mailed again."""
    choice = EmailChoice.DIGEST if as_digest else EmailChoice.AT_ONCE
    return _set_email(membership_id, events, choice, now)


def _set_email(
    membership_id: UUID,
    events: Collection[NotificationEvent],
    email: EmailChoice,
    now: datetime,
) -> list[NotificationEvent]:
    (member,) = lock(Membership.objects.filter(id=membership_id))
    stored = chosen_by(member.id)
    optional = [event for event in events if event not in MANDATORY]
    choices = {
        event: Choice(email, stored[event].push if event in stored else usual_choice(event).push)
        for event in optional
    }
    before, after = _choose(member, choices)
    actor = SystemActor(member.organization_id, "Link in a mail")
    _record(actor, member, before, after, "By the link in a mail to them.", now)
    return optional


def _choose(
    member: Membership, choices: Mapping[NotificationEvent, Choice]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Store what differs from what holds; return it as it was and as it becomes."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    stored = chosen_by(member.id)
    for event, choice in choices.items():
        row = stored.get(event)
        was = Choice(EmailChoice(row.email), row.push) if row else usual_choice(event)
        if was == choice:
            continue
        before[event.value], after[event.value] = asdict(was), asdict(choice)
        row = row or NotificationChoice(
            organization_id=member.organization_id, membership=member, event=event.value
        )
        row.email, row.push = choice.email.value, choice.push
        row.save()
    return before, after


def _check(hours: ChosenHours) -> None:
    problem = problem_of_hours(Hours(quiet_from=hours.quiet_from, quiet_until=hours.quiet_until))
    if problem:
        raise DomainError(problem, field="quiet_until")
    if hours.time_zone and hours.time_zone not in available_timezones():
        raise DomainError("Choose a time zone such as Europe/Berlin.", field="time_zone")
    if not 0 <= hours.digest_hour <= 23:  # noqa: PLR2004 – the hours of a day
        raise DomainError("Choose an hour from 0 to 23.", field="digest_hour")


def _record(
    actor: Actor,
    member: Membership,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
    now: datetime,
) -> None:
    if not after:
        return
    record(
        actor=actor,
        action=AuditAction.NOTIFICATIONS_CHANGED,
        subject_type="membership",
        subject_id=member.id,
        subject_label=member.user.name or member.user.email,
        group_id=member.group_id,
        before=before,
        after=after,
        reason=reason,
        now=now,
    )
