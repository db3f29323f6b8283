"""Putting people into the seats of a stage in place of those who sat there."""

from datetime import datetime

from approvals.models import Stage, StageSeat
from approvals.routing import PlannedStage
from approvals.services.notices import Asked, ask
from approvals.services.requests import new_seat
from approvals.services.way import StageOnWay, Way
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor

_APPEAL = StageSeat.Origin.APPEAL


def replace_people(
    actor: Actor, way: Way, on_way: StageOnWay, planned: PlannedStage, now: datetime
) -> None:
    """Seat in a stage of a locked request whom policy names now; whoever has decided stays.

    Those who leave are waited for no longer, those who come are mailed.
    """
    request, stage = way.request, on_way.stage
    is_open = stage.status == Stage.Status.OPEN
    former = {
        seat.membership_id: seat
        for seat in StageSeat.objects.filter(stage_id=stage.id).select_related("decision")
    }
    decided = {member for member, seat in former.items() if seat.has_decision}
    leaving = former.keys() - {person.membership_id for person in planned.people} - decided
    StageSeat.objects.filter(
        stage_id=stage.id, membership_id__in=leaving, vacated_at__isnull=True
    ).update(vacated_at=now, closed_at=now)
    asked = []
    appealed = {slot for one in former.values() if one.origin == _APPEAL for slot in one.slots}
    for person in planned.people:
        waits = is_open and person.membership_id not in way.approvers
        fresh = new_seat(request, stage, person, asked_at=now if waits else None)
        if appealed.issuperset(person.slots):
            fresh.origin = _APPEAL
        old = former.get(person.membership_id)
        is_new = old is None or old.vacated_at is not None
        if old is None:
            fresh.closed_at = now if is_open and not waits else None
            fresh.save(force_insert=True)
        else:
            _renew(old, fresh, is_new=is_new)
        if is_new and waits and not way.open_seats_of(person.membership_id):
            asked.append(Asked(old or fresh, person.name, person.email))
    record(
        actor=actor,
        action=AuditAction.APPROVAL_RESEATED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before={"people": [seat.membership.user.name for seat in on_way.seats]},
        after={
            "request_id": request.id,
            "stage": stage.name,
            "people": [person.name for person in planned.people],
        },
        reason="Who sits there has changed.",
        now=now,
    )
    ask(request, asked, now=now)


def _renew(old: StageSeat, fresh: StageSeat, *, is_new: bool) -> None:
    """Give a seat that exists its present slots and reasons; one that was vacated is asked anew."""
    for name in ("slots", "label", "on_group_id", "on_group_name", "why", "told"):
        setattr(old, name, getattr(fresh, name))
    if is_new:
        old.vacated_at, old.closed_at, old.asked_at = None, None, fresh.asked_at
        old.origin, old.in_place_of = fresh.origin, None
    old.save()
