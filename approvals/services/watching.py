"""What the clock does to a request: reminding, asking the next in line, warning and ending it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Organization
from accounts.selectors import organization_by_id
from approvals.models import ApprovalRequest, RequestEvent, Stage
from approvals.routing.words import enumerated
from approvals.selectors import timing_of
from approvals.selectors.timing import requests_to_watch
from approvals.services.acting import record_action
from approvals.services.clock_notices import Occasion, remind, tell_expired, warn_requester
from approvals.services.escalating import escalate
from approvals.services.requests import end_request
from approvals.services.settling import listener_of
from approvals.services.story import tell
from approvals.services.way import StageOnWay, Way, name_of, way_of
from approvals.subjects import handler_for
from approvals.timing import Timing
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.locking import lock_free

_Status = ApprovalRequest.Status


def requests_due(*, organization_id: UUID, now: datetime) -> list[UUID]:
    """Return the requests that the clock has come to. Four SQL queries."""
    return requests_to_watch(timing_of(organization_id), now)


@transaction.atomic
def watch_request(*, actor: Actor, request_id: UUID, now: datetime) -> bool:
    """Do to one request what its clock asks for; tell whether it was there to be watched.

    One that somebody is deciding at this moment is left alone: what is still due is found again the
    next time. Whatever was done is written down with it, so that twice does nothing twice.
    """
    found = lock_free(
        ApprovalRequest.objects.filter(id=request_id, status=_Status.PENDING).select_related(
            "requester__user", "group"
        )
    )
    if not found:
        return False
    (request,) = found
    organization = organization_by_id(request.organization_id)
    timing = timing_of(request.organization_id)
    way = way_of(request)
    if request.expires_at is not None and request.expires_at <= now:
        _expire(actor, organization, way, now)
        return True
    _begin(way, timing, now)
    _mind_stages(actor, organization, way, timing, now)
    _warn(actor, organization, way, timing, now)
    return True


def _begin(way: Way, timing: Timing, now: datetime) -> None:
    """Let the clock of a request begin that has none, as those have that are older than clocks."""
    request = way.request
    if request.expires_at is not None:
        return
    request.expires_at = timing.expires_at(now)
    request.save(update_fields=["expires_at"])
    for one in _open_stages(way):
        if one.stage.due_at is None and one.stage.minutes_left is None:
            one.stage.due_at = timing.due_at(now)
            one.stage.save(update_fields=["due_at"])


def _mind_stages(
    actor: Actor, organization: Organization, way: Way, timing: Timing, now: datetime
) -> None:
    """Ask the next in line where a stage is overdue, and remind where it soon will be."""
    reminded: list[StageOnWay] = []
    overdue: list[StageOnWay] = []
    for one in _open_stages(way):
        stage = one.stage
        if stage.due_at is None:
            continue
        if timing.escalates and stage.due_at <= now:
            # Where the line has ended, people hear once more; that is remembered, too.
            is_new = stage.reminded_at is None or stage.reminded_at < stage.due_at
            if is_new and not escalate(actor, organization, way, one, timing, now):
                overdue.append(one)
        elif stage.reminded_at is None and timing.reminds_of(stage.due_at, now):
            reminded.append(one)
    _remind(actor, organization, way, overdue, Occasion.OVERDUE, now)
    _remind(actor, organization, way, reminded, Occasion.DUE, now)


def _remind(
    actor: Actor,
    organization: Organization,
    way: Way,
    stages: list[StageOnWay],
    occasion: Occasion,
    now: datetime,
) -> None:
    if not stages:
        return
    request = way.request
    seats = [seat for one in stages for seat in one.seats]
    due_at = min(one.stage.due_at for one in stages if one.stage.due_at is not None)
    told = remind(organization, request, seats, occasion, at=due_at, now=now)
    names = enumerated([name_of(seat.membership) for seat in told])
    for one in stages:
        one.stage.reminded_at = now
        one.stage.save(update_fields=["reminded_at"])
        tell(request, RequestEvent.Kind.REMINDED, stage=one.stage, text=names, now=now)
    record_action(
        actor,
        AuditAction.APPROVAL_REMINDED,
        request,
        {"stages": [one.stage.name for one in stages], "people": names, "due_at": due_at},
        reason="",
        now=now,
    )


def _warn(
    actor: Actor, organization: Organization, way: Way, timing: Timing, now: datetime
) -> None:
    """Warn who asks and who is asked, once, that the request ends soon."""
    request = way.request
    if request.expiry_warned_at is not None or request.expires_at is None:
        return
    if not timing.warns_of(request.expires_at, now):
        return
    request.expiry_warned_at = now
    request.save(update_fields=["expiry_warned_at"])
    seats = [seat for one in _open_stages(way) for seat in one.seats]
    told = remind(organization, request, seats, Occasion.EXPIRING, at=request.expires_at, now=now)
    names = [name_of(seat.membership) for seat in told]
    listener = listener_of(request)
    if listener is not None:
        warn_requester(organization, request, listener, names, now=now)
    tell(request, RequestEvent.Kind.WARNED, text=enumerated(names), now=now)
    record_action(
        actor,
        AuditAction.APPROVAL_EXPIRY_WARNED,
        request,
        {"people": enumerated(names), "expires_at": request.expires_at},
        reason="",
        now=now,
    )


def _expire(actor: Actor, organization: Organization, way: Way, now: datetime) -> None:
    """End a request that nobody decided in time; its subject makes of it what it does."""
    request = way.request
    waited_for = list(
        dict.fromkeys(
            name_of(seat.membership)
            for one in _open_stages(way)
            for seat in one.seats
            if seat.is_open
        )
    )
    end_request(request, _Status.EXPIRED, now=now)
    tell(request, RequestEvent.Kind.EXPIRED, text=enumerated(waited_for), now=now)
    record_action(
        actor,
        AuditAction.APPROVAL_EXPIRED,
        request,
        {"status": _Status.EXPIRED.value, "waited_for": waited_for},
        reason="",
        now=now,
    )
    handler_for(request.subject_kind).on_expired(
        actor=actor, subject_id=request.subject_id, request_id=request.id, now=now
    )
    listener = listener_of(request)
    if listener is not None:
        tell_expired(organization, request, listener, waited_for, now=now)


def _open_stages(way: Way) -> list[StageOnWay]:
    return [one for one in way.stages if one.stage.status == Stage.Status.OPEN]
