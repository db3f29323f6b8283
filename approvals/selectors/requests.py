"""Requests as approvers, requesters and auditors read them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.permissions import Permission
from approvals.models import (
    ApprovalRequest,
    Decision,
    DeputyLink,
    PolicyVersion,
    Stage,
    StageSeat,
)
from approvals.routing import Facts, InForce, Route, RoutedStage, route
from approvals.selectors.absences import Acting, acting_for, acting_in, stand_ins_of
from approvals.selectors.inbox import above
from approvals.selectors.routing import document_of
from approvals.summary import SubjectSummary
from approvals.verdicts import Part, Standing
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class StageDetail:
    """A stage with its seats, each with membership, user and decision at hand."""

    stage: Stage
    seats: tuple[StageSeat, ...]


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request with everything that a page shows of it."""

    request: ApprovalRequest
    summary: SubjectSummary
    stages: tuple[StageDetail, ...]

    @property
    def seats(self) -> list[StageSeat]:
        """Return all seats, also those of people who were replaced."""
        return [seat for stage in self.stages for seat in stage.seats]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return all decisions, the earliest first."""
        found = [
            seat.decision for stage in self.stages for seat in stage.seats if seat.has_decision
        ]
        return tuple(sorted(found, key=lambda decision: decision.decided_at))

    def seat(self, seat_id: UUID) -> StageSeat:
        """Return a seat of this request; raises KeyError for a stranger's."""
        for stage in self.stages:
            for found in stage.seats:
                if found.id == seat_id:
                    return found
        raise KeyError(seat_id)

    def seat_of(self, membership_id: UUID | None) -> StageSeat | None:
        """Return where somebody sits: the seat that is open, or decided, or else the last one."""
        own = [
            seat
            for stage in self.stages
            for seat in stage.seats
            if seat.membership_id == membership_id
        ]
        waiting = [seat for seat in own if seat.is_open]
        decided = [seat for seat in own if seat.has_decision]
        return next(iter(waiting or reversed(decided or own)), None)


@dataclass(frozen=True, slots=True)
class SeatToDecide:
    """A seat that is somebody's to decide in, their own or, with ``acting``, somebody else's."""

    seat: StageSeat
    acting: Acting | None = None


def is_seated_on(actor: Actor, subject_id: UUID) -> bool:
    """Tell whether an actor has been asked about a subject, for themselves or for somebody else.

    Also whom somebody asked reports to. One SQL query for whoever was asked, three for others.
    """
    if actor.id is None:
        return False
    own = Q(membership_id=actor.id) | Q(decision__membership_id=actor.id)
    linked = DeputyLink.objects.filter(seat=OuterRef("pk"), membership_id=actor.id)
    return StageSeat.objects.filter(
        own | Exists(linked), request__subject_id=subject_id, asked_at__isnull=False
    ).exists() or _is_above(actor, Q(subject_id=subject_id))


def request_for(actor: Actor, request_id: UUID, *, now: datetime | None = None) -> RequestDetail:
    """Return a request to its requester, the people seated in it, and whoever may see orders there.

    Whom the people asked report to see it as well, since it waits for their people; so does whoever
    stands in for somebody seated at ``now``, or has decided for them. Two SQL queries, two more for
    the former, up to three for the latter; raises `NotFound` for everybody else.
    """
    detail = _detail(Q(id=request_id))
    if detail is None or not (
        _may_see(actor, detail) or (now is not None and _stands_in_somewhere(actor, detail, now))
    ):
        raise NotFound("There is no such request, or it is not yours to see.")
    return detail


def stand_ins_in(detail: RequestDetail, now: datetime) -> dict[UUID, str]:
    """Say who decides for whoever is asked and away, by seat. At most two SQL queries."""
    return stand_ins_of(detail.seats, detail.request, now)


def seat_to_decide(actor: Actor, detail: RequestDetail, now: datetime) -> SeatToDecide | None:
    """Return the seat in which an actor is to decide, or the last in which they had a say.

    Their own comes first where it is open; then one of somebody for whom they stand in. No SQL for
    the former, up to seven queries for the latter.
    """
    own = detail.seat_of(actor.id)
    if actor.id is None or (own is not None and own.is_open):
        return SeatToDecide(own) if own else None
    seats = detail.seats
    holders = acting_for(actor, now).holders
    for seat in seats:
        if seat.is_open and seat.membership_id in holders:
            acting = acting_in(actor.id, detail.request, seat, seats, now)
            if acting.part is not Part.STRANGER:
                return SeatToDecide(seat, acting)
    decided = [
        seat for seat in seats if seat.has_decision and seat.decision.membership_id == actor.id
    ]
    if own is None and decided:
        seat = decided[-1]
        return SeatToDecide(
            seat, acting_in(actor.id, detail.request, seat, seats, now, was_asked=True)
        )
    return SeatToDecide(own) if own else None


def request_of_seat(seat_id: UUID) -> RequestDetail:
    """Return the request that a seat belongs to, for the holder of its link. Two SQL queries.

    Raises `NotFound`.
    """
    detail = _detail(Q(seats__id=seat_id))
    if detail is None:
        raise NotFound("There is no such request.")
    return detail


def latest_request_about(subject_kind: str, subject_id: UUID) -> RequestDetail | None:
    """Return the last request made for a subject, or None. Two SQL queries.

    The caller has found the subject for its actor, so it is theirs to see.
    """
    return _detail(Q(subject_kind=subject_kind, subject_id=subject_id))


def following_for(actor: Actor, request: ApprovalRequest) -> RequestDetail | None:
    """Return the last request about the subject of one that has been replaced, if an actor sees it.

    Two SQL queries, two more for whom only reports are asked; none for one that was not replaced.
    """
    if request.status != ApprovalRequest.Status.SUPERSEDED:
        return None
    latest = latest_request_about(request.subject_kind, request.subject_id)
    if latest is None or latest.request.id == request.id:
        return None
    return latest if _may_see(actor, latest) else None


def rederive(request: ApprovalRequest) -> Route:
    """Route a request again from its stored facts and versions, and nothing else.

    No SQL when ``policy_version__policy__group`` has been selected along, one query where parts of
    groups above were mandatory. `agrees` compares what comes of it with what is stored.
    """
    above = request.explanation.get("above", ())
    versions = [request.policy_version]
    if above:
        versions += PolicyVersion.objects.filter(id__in=above).select_related("policy__group")
    names = request.explanation.get("called", {})
    return route(
        Facts.from_json(request.facts),
        [_as_heard(version, names.get(str(version.id))) for version in versions],
    )


def _as_heard(version: PolicyVersion, group_name: str | None) -> InForce:
    """Return a version as it was in force, under the name that its group had then."""
    return InForce(
        version_id=version.id,
        group_id=version.policy.group_id,
        group_name=group_name or version.policy.group.name,
        document=document_of(version.id, json.dumps(version.document)),
        policy_name=version.policy.name,
        number=version.number,
    )


def agrees(request: ApprovalRequest, stages: Iterable[Stage]) -> bool:
    """Tell whether facts and version still lead to the stages that the request went through.

    A stage that was left out, since its people were asked already, is accounted for by ``step``;
    one that somebody added was asked by no policy.
    """
    again = rederive(request)
    if not again.is_routable:
        return False
    stored = {
        stage.step: (stage.name, stage.mode, stage.at_least, stage.because)
        for stage in stages
        if stage.step is not None
    }
    derived = {step: _outline(stage) for step, stage in enumerate(again.stages)}
    left_out = set(request.explanation["left_out"])
    return stored.keys() | left_out == derived.keys() and all(
        derived[step] == outline for step, outline in stored.items()
    )


def _outline(stage: RoutedStage) -> tuple[str, str, int, str]:
    return stage.spec.name, stage.spec.mode.value, stage.spec.at_least, stage.because


def standing_of(
    actor: Actor | None,
    request: ApprovalRequest,
    seat: StageSeat,
    decisions: Iterable[Decision],
    acting: Acting | None = None,
) -> Standing:
    """Return where a request and a seat of it stand towards an actor, as they were read.

    Without an actor, the holder of the seat's own link is meant; ``acting`` is the part of somebody
    else before it. ``decisions`` are all that were made on the request: one answers every seat in
    which its maker, or whoever they stood in for, was asked. No SQL when stage, user and decision
    were selected along.
    """
    made = [one for one in decisions if one.made_for == seat.membership_id]
    actor_id = seat.membership_id if actor is None else actor.id
    is_holder = actor_id == seat.membership_id
    return Standing(
        actor_id=acting.membership_id if acting else actor_id,
        holder_id=seat.membership_id,
        requester_id=request.requester_id,
        part=acting.part if acting else Part.HOLDER if is_holder else Part.STRANGER,
        holder_name=seat.membership.user.name or seat.membership.user.email,
        holder_is_active=seat.holder_is_active,
        choice=made[-1].get_choice_display().lower() if made else "",
        decided_by=made[-1].membership_id if made else None,
        decided_by_name=made[-1].maker_name if made else "",
        instead=acting.instead if acting else "",
        is_vacated=seat.vacated_at is not None,
        is_open=seat.is_open,
        stage_status=seat.stage.status,
        request_status=request.status,
    )


def _stands_in_somewhere(actor: Actor, detail: RequestDetail, now: datetime) -> bool:
    found = seat_to_decide(actor, detail, now)
    return found is not None and found.seat.is_open


def _may_see(actor: Actor, detail: RequestDetail) -> bool:
    return (
        detail.request.requester_id == actor.id
        or detail.seat_of(actor.id) is not None
        or any(made.membership_id == actor.id for made in detail.decisions)
        or actor.can(Permission.VIEW_ORDERS, detail.request.group.path)
        or _is_above(actor, Q(id=detail.request.id))
    )


def _is_above(actor: Actor, condition: Q) -> bool:
    """Tell whether a request has asked somebody who reports to an actor. Two SQL queries."""
    asked = StageSeat.objects.filter(request_id=OuterRef("pk"), asked_at__isnull=False)
    return ApprovalRequest.objects.filter(condition, above(actor, asked)).exists()


def _detail(condition: Q) -> RequestDetail | None:
    request = (
        ApprovalRequest.objects.filter(condition)
        .select_related("group", "requester__user", "policy_version__policy__group")
        .order_by("-opened_at", "-id")
        .first()
    )
    if request is None:
        return None
    seats = (
        StageSeat.objects.filter(request_id=request.id)
        .select_related(
            "stage",
            "membership__user",
            "decision__membership__user",
            "decision__on_behalf_of__user",
        )
        .order_by("stage__wave", "stage__number", "slots", "id")
    )
    stages = tuple(
        StageDetail(stage=found[0].stage, seats=tuple(found))
        for _, group in groupby(seats, key=lambda seat: seat.stage.number)
        if (found := list(group))
    )
    return RequestDetail(request, SubjectSummary.from_json(request.summary), stages)
