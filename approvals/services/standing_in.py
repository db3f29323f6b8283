"""Asking whoever stands in for somebody who is away, with a link of their own."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.notifying import HERE, Notice, NotificationEvent
from accounts.selectors import Person, organization_by_id
from accounts.services import issue_secrets, notify
from accounts.web import org_reverse
from approvals.absence import StandIn
from approvals.models import Delegation, DeputyLink, StageSeat
from approvals.selectors import Away, deputies_now, seats_stood_in
from approvals.services.notices import LINK_LIVES, question_of
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from procurement.core.locking import lock

DEPUTY_SECRET_KIND = "DEPUTY_DECISION"  # noqa: S105 – the kind of a secret, not one
# So many at once come as a mail each; more come as one, which leads to the list.
_EACH = 5
_LISTED = 20


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A seat whose holder is away, who stands in, and the link that they get."""

    seat: StageSeat
    found: StandIn
    link: DeputyLink


@transaction.atomic
def ask_deputies(*, actor: Actor, now: datetime) -> int:
    """Tell everybody who stands in for somebody what waits for them; return how much was told.

    Each request once to each deputy and for each holder, whenever it came to wait for them: since
    it was asked for, the absence began, or a chain leads elsewhere now. About ten SQL statements
    and two for each mail; one while nobody is away.
    """
    away = deputies_now(_holders_away(now), now)
    fresh = _fresh(away, now)
    if not fresh:
        return 0
    organization = organization_by_id(actor.organization_id)
    DeputyLink.objects.bulk_create(one.link for one in fresh)
    by_deputy: dict[UUID, list[_Fresh]] = {}
    for one in fresh:
        by_deputy.setdefault(one.link.membership_id, []).append(one)
    with timezone.override(organization.time_zone):
        notices = [
            notice
            for member, found in by_deputy.items()
            for notice in _notices(away, away.people[member], found, now)
        ]
    notify(organization_id=organization.id, notices=notices, now=now)
    return len(fresh)


def _holders_away(now: datetime) -> Collection[UUID]:
    """Return who is away now while something waits for them. One SQL query.

    Their absences are locked, so that of two runs at once the second finds what the first has told.
    """
    waiting = StageSeat.objects.filter(
        membership_id=OuterRef("membership_id"), asked_at__isnull=False, closed_at__isnull=True
    )
    found = lock(
        Delegation.objects.filter(
            Exists(waiting), ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now
        )
    )
    return {one.membership_id for one in found}


def _fresh(away: Away, now: datetime) -> list[_Fresh]:
    """Return what waits for deputies and what they have not been told of."""
    waiting = seats_stood_in(away)
    told = {
        (request_id, holder, deputy)
        for request_id, holder, deputy in DeputyLink.objects.filter(
            seat__request_id__in={seat.request_id for seat, _ in waiting}
        ).values_list("seat__request_id", "seat__membership_id", "membership_id")
    }
    fresh = []
    for seat, found in waiting:
        key = (seat.request_id, seat.membership_id, found.membership_id)
        if key in told:
            continue
        told.add(key)
        link = DeputyLink(
            id=new_id(),
            organization_id=seat.organization_id,
            seat_id=seat.id,
            membership_id=found.membership_id,
            created_at=now,
        )
        fresh.append(_Fresh(seat, found, link))
    return fresh


def _notices(
    away: Away, deputy: Person, fresh: Sequence[_Fresh], now: datetime
) -> Iterable[Notice]:
    if len(fresh) > _EACH:
        return [_list(away, deputy, fresh)]
    ends_at = now + LINK_LIVES
    tokens = issue_secrets(
        organization_id=fresh[0].link.organization_id,
        kind=DEPUTY_SECRET_KIND,
        expiries={one.link.id: ends_at for one in fresh},
        now=now,
    )
    return [
        question_of(
            one.seat.request,
            key=f"deputy_request:{one.seat.id}:{deputy.membership_id}",
            to=deputy,
            why=f"You decide for {away.for_whom(one.found)}. {one.seat.told}".strip(),
            for_name=away.people[one.found.holder].name,
            token=tokens[one.link.id],
            now=now,
        )
        for one in fresh
    ]


def _list(away: Away, deputy: Person, fresh: Sequence[_Fresh]) -> Notice:
    """Return the one notice of many requests that have come to wait for a deputy at once."""
    holders = sorted({away.people[one.found.holder].name for one in fresh})
    whom = list(dict.fromkeys(away.for_whom(one.found) for one in fresh))
    summary = fresh[0].seat.request.summary
    return Notice(
        event=NotificationEvent.STANDING_IN,
        key=f"standing_in:{fresh[0].seat.id}:{deputy.membership_id}",
        membership_id=deputy.membership_id,
        email=deputy.email,
        template="standing_in",
        title=f"{len(fresh)} requests wait for you, for {', '.join(holders)}",
        body="You stand in while they are away.",
        path=f"{org_reverse(HERE, 'approvals:inbox')}?show=delegated",
        context={
            "organization": summary["organization_name"],
            "name": deputy.name,
            "count": len(fresh),
            "holders": ", ".join(holders),
            "whom": whom,
            "requests": [one.seat.request.summary for one in fresh[:_LISTED]],
            "more": max(0, len(fresh) - _LISTED),
        },
    )
