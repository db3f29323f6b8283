"""What people choose from when they act on a request: whom to hand it to, whom to ask, too."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, PositionHolder, RoleGrant
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.selectors import FoundPeople, FoundPerson, managers_above
from approvals.handing import Receiver, is_bounded, needs_limit
from approvals.models import ApprovalLimit, ApprovalRequest, Decision, Question, Stage, StageSeat
from approvals.models.request import is_active
from approvals.selectors.absences import delegated_seats
from approvals.selectors.barred import barred_from
from approvals.selectors.inbox import own
from approvals.selectors.requests import rederive
from procurement.core.actors import Actor

SHOWN = 8
_SEEING = [role for role, may in ROLE_PERMISSIONS.items() if Permission.VIEW_ORDERS in may]


def questions_of(request_id: UUID) -> QuerySet[Question]:
    """Return the questions asked on a request with who asked and answered, the earliest first.

    The caller has found the request for its actor.
    """
    return (
        Question.objects.filter(request_id=request_id)
        .select_related("asked_by__user", "answered_by__user", "stage")
        .order_by("asked_at", "id")
    )


def counted_amount(request: ApprovalRequest) -> Decimal:
    """Return the amount that personal limits are held against, as it was when it was routed.

    One SQL query, and one more where groups above have had a say.
    """
    loaded = ApprovalRequest.objects.select_related("policy_version__policy__group").get(
        id=request.id
    )
    counted = rederive(loaded).counted
    return loaded.amount if counted is None else counted.amount


def receiver_of(
    request: ApprovalRequest, seats: Collection[StageSeat], to_id: UUID, *, now: datetime
) -> Receiver | None:
    """Return what a member is to a request whose seats are to be handed over; None for nobody.

    Three SQL queries.
    """
    ties = _Ties.to(request, seats, now)
    found = (
        Membership.objects.filter(id=to_id)
        .select_related("user")
        .annotate(
            is_asked=ties.is_asked,
            has_decided=ties.has_decided,
            is_followed=ties.is_followed,
            may_see=ties.may_see,
            sits_above=ties.sits_above,
        )
        .first()
    )
    if found is None:
        return None
    limits = list(
        ApprovalLimit.objects.filter(membership_id=to_id, until__isnull=True).values_list(
            "amount", flat=True
        )
    )
    return Receiver(
        name=found.user.name or found.user.email,
        is_active=is_active(found),
        is_requester=found.id == request.requester_id,
        is_asked=found.is_asked,
        has_decided=found.has_decided,
        is_followed=found.is_followed,
        may_see=found.may_see,
        sits_above=found.sits_above,
        manages=found.id in managers_above(request.requester_id),
        has_limit=bool(limits),
        limit=next(iter(limits), None),
    )


def people_to_hand_to(
    actor: Actor,
    request: ApprovalRequest,
    seat: StageSeat,
    search: str,
    now: datetime,
    *,
    limit: int = SHOWN,
) -> FoundPeople:
    """Return the first people, by name, whom the holder of a seat may hand it over to.

    ``search`` narrows to those whose name or address holds each of its words. Nobody for an actor
    who does not hold the seat. Four SQL queries, however many people there are, and one more where
    groups above have had a say.
    """
    if actor.id != seat.membership_id:
        return FoundPeople(search, (), has_more=False)
    seats = own_open_seats(request.id, seat.membership_id)
    slots = [slot for one in seats for slot in one.slots]
    ties = _Ties.to(request, seats, now)
    manages = Q(id__in=managers_above(request.requester_id))
    found = _active(search).filter(
        Q(ties.may_see) | Q(ties.sits_above) | manages,
        ~ties.is_asked,
        ~ties.has_decided,
        ~ties.is_followed,
        ~Q(id__in={request.requester_id, *barred_from(request)}),
    )
    limits = ApprovalLimit.objects.filter(membership_id=OuterRef("pk"), until__isnull=True)
    if needs_limit(slots):
        found = found.filter(Exists(limits))
    if is_bounded(slots):
        found = found.filter(~Exists(limits.filter(amount__lt=counted_amount(request))))
    return _first(found, search, limit)


def people_to_add(
    actor: Actor, request: ApprovalRequest, search: str, *, limit: int = SHOWN
) -> FoundPeople:
    """Return the first people, by name, who may be asked, too: active and not on the request yet.

    The caller has found the request for its actor, who is left out. One SQL query, two for an
    appeal.
    """
    on_it = StageSeat.objects.filter(
        request_id=request.id, membership_id=OuterRef("pk"), vacated_at__isnull=True
    ).exclude(stage__status=Stage.Status.REMOVED)
    left_out = {request.requester_id, *barred_from(request)} | ({actor.id} if actor.id else set())
    found = _active(search).filter(~Exists(on_it))
    return _first(found.exclude(id__in=left_out), search, limit)


def seats_on(actor: Actor, request_ids: Collection[UUID], now: datetime) -> dict[UUID, StageSeat]:
    """Return by request the seat in which an actor is to decide, or had a say last.

    Their own comes first where it is open; then one of somebody for whom they stand in. Up to
    seven SQL queries, two where they stand in for nobody.
    """
    on_them = StageSeat.objects.filter(own(actor), request_id__in=list(request_ids))
    found: dict[UUID, StageSeat] = {}
    for seat in (
        *on_them.order_by("stage__wave", "stage__number"),
        *delegated_seats(actor, now).filter(request_id__in=list(request_ids)),
    ):
        if seat.request_id not in found or not found[seat.request_id].is_open:
            found[seat.request_id] = seat
    return found


def own_open_seats(request_id: UUID, membership_id: UUID) -> list[StageSeat]:
    """Return where somebody is asked on a request. One SQL query."""
    return list(
        StageSeat.objects.filter(
            request_id=request_id,
            membership_id=membership_id,
            asked_at__isnull=False,
            closed_at__isnull=True,
        ).select_related("stage")
    )


@dataclass(frozen=True, slots=True)
class _Ties:
    """What a member is to a request, as conditions on members; see `Receiver`."""

    is_asked: Exists
    has_decided: Exists
    is_followed: Exists
    may_see: Exists
    sits_above: Exists

    @classmethod
    def to(cls, request: ApprovalRequest, seats: Collection[StageSeat], now: datetime) -> Self:
        """Return the ties to a request of which these seats are handed over."""
        path = request.group.path
        there = StageSeat.objects.filter(
            membership_id=OuterRef("pk"), stage_id__in=[seat.stage_id for seat in seats]
        )
        followed = StageSeat.objects.filter(in_place_of_id=OuterRef("pk"))
        decided = Q(membership_id=OuterRef("pk")) | Q(on_behalf_of_id=OuterRef("pk"))
        return cls(
            is_asked=Exists(there.filter(vacated_at__isnull=True)),
            has_decided=Exists(Decision.objects.filter(decided, request_id=request.id)),
            is_followed=Exists(there.filter(Exists(followed))),
            may_see=Exists(
                RoleGrant.objects.in_force(now).filter(
                    membership_id=OuterRef("pk"), group_id__in=path, role__in=_SEEING
                )
            ),
            sits_above=Exists(
                PositionHolder.objects.current().filter(
                    membership_id=OuterRef("pk"), group_id__in=path
                )
            ),
        )


def _active(search: str) -> QuerySet[Membership]:
    found = Membership.objects.filter(status=Membership.Status.ACTIVE, user__is_active=True)
    for word in search.split():
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    return found


def _first(members: QuerySet[Membership], search: str, limit: int) -> FoundPeople:
    rows = list(members.select_related("user", "group").order_by("user__name", "id")[: limit + 1])
    return FoundPeople(
        query=" ".join(search.split()),
        people=tuple(
            FoundPerson(
                membership_id=row.id,
                name=row.user.name or row.user.email,
                email=row.user.email,
                title=row.title,
                group_name=row.group.name,
            )
            for row in rows[:limit]
        ),
        has_more=len(rows) > limit,
    )
