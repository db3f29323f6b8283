"""Who is away and who decides for them, read as of one instant."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.selectors import Person, people_by_id
from approvals.absence import Absence, Seated, StandIn, stand_in, taken_in
from approvals.models import ApprovalRequest, Decision, StageSeat
from approvals.routing import Mode
from approvals.selectors.barred import barred_from
from approvals.verdicts import Part
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.templatetags.face import day

# Those who are away and whoever stands in for them, for those in turn, and so on: a set, so it ends
# on any graph.
_AWAY = """
WITH RECURSIVE away AS (
    SELECT id, membership_id, deputy_id, starts_at, ends_at, up_to FROM approvals_delegation
    WHERE organization_id = %(organization)s AND membership_id = ANY(%(members)s)
      AND ended_at IS NULL AND starts_at <= %(at)s AND ends_at > %(at)s
    UNION
    SELECT d.id, d.membership_id, d.deputy_id, d.starts_at, d.ends_at, d.up_to FROM away a
    JOIN approvals_delegation d
      ON d.organization_id = %(organization)s AND d.membership_id = a.deputy_id
     AND d.ended_at IS NULL AND d.starts_at <= %(at)s AND d.ends_at > %(at)s
)
SELECT a.id, a.membership_id, a.deputy_id, a.starts_at, a.ends_at, a.up_to,
       ARRAY(SELECT g.group_id FROM approvals_delegationgroup g
             WHERE g.organization_id = %(organization)s AND g.delegation_id = a.id)
FROM away a
"""
# The way back: for whom somebody could come to decide.
_BEHIND = """
WITH RECURSIVE behind AS (
    SELECT membership_id FROM approvals_delegation
    WHERE organization_id = %(organization)s AND deputy_id = %(member)s
      AND ended_at IS NULL AND starts_at <= %(at)s AND ends_at > %(at)s
    UNION
    SELECT d.membership_id FROM behind b
    JOIN approvals_delegation d
      ON d.organization_id = %(organization)s AND d.deputy_id = b.membership_id
     AND d.ended_at IS NULL AND d.starts_at <= %(at)s AND d.ends_at > %(at)s
)
SELECT membership_id FROM behind WHERE membership_id <> %(member)s
"""


@dataclass(frozen=True, slots=True)
class Away:
    """Absences that hold at an instant, with everybody whom they name."""

    at: datetime
    absences: tuple[Absence, ...] = ()
    people: Mapping[UUID, Person] = field(default_factory=dict)

    @property
    def holders(self) -> frozenset[UUID]:
        """Return who is away."""
        return frozenset(absence.holder for absence in self.absences)

    def for_seat(
        self, seat: StageSeat, request: ApprovalRequest, taken: Collection[UUID] = ()
    ) -> StandIn | None:
        """Return who decides in a seat for its holder, or None.

        Nobody for a holder who has no access themselves: others are asked in their place. No SQL
        with the request's group; one query for an appeal, on which who rejected has no say.
        """
        active = {person.membership_id for person in self.people.values() if person.is_active}
        if seat.membership_id not in active:
            return None
        active -= barred_from(request) if self.absences else frozenset()
        return stand_in(
            seat.membership_id,
            self.absences,
            group_path=request.group.path,
            amount=request.amount,
            requester_id=request.requester_id,
            active=active,
            at=self.at,
            taken=taken,
        )

    def words(self, found: StandIn) -> str:
        """Say who decides for whom, and until when: ``Dana for Erin, who is away until …``."""
        return found.in_words(self._names, day)

    def for_whom(self, found: StandIn) -> str:
        """Say for whom somebody decides: ``Erin, who is away until …``."""
        return found.for_whom(self._names, day)

    @property
    def _names(self) -> dict[UUID, str]:
        return {member: person.name for member, person in self.people.items()}


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody before the seat of somebody else: what part they have there, and the words for it.

    ``holder_name`` is whose seat it is; ``instead`` names whoever else decides for them now.
    """

    membership_id: UUID
    part: Part
    holder_name: str
    words: str = ""
    instead: str = ""


def deputies_now(holder_ids: Collection[UUID], now: datetime) -> Away:
    """Return the absences that hold now of some people, and of whoever stands in for them.

    Two SQL queries, one where nobody is away, none for nobody.
    """
    if not holder_ids:
        return Away(now)
    with connection.cursor() as cursor:
        cursor.execute(
            _AWAY, {"organization": tenancy.current(), "members": list(holder_ids), "at": now}
        )
        absences = tuple(
            Absence(one, holder, deputy, starts, ends, frozenset(groups), up_to)
            for one, holder, deputy, starts, ends, up_to, groups in cursor.fetchall()
        )
    if not absences:
        return Away(now)
    named = {member for one in absences for member in (one.holder, one.deputy)}
    return Away(now, absences, people_by_id(named))


def acting_for(actor: Actor, now: datetime) -> Away:
    """Return the absences through which an actor may come to decide for others.

    Three SQL queries, one where they stand in for nobody.
    """
    if actor.id is None:
        return Away(now)
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, {"organization": tenancy.current(), "member": actor.id, "at": now})
        holders = [row[0] for row in cursor.fetchall()]
    return deputies_now(holders, now)


def delegated_seats(actor: Actor, now: datetime) -> QuerySet[StageSeat]:
    """Return the open seats of others in which an actor decides now, the longest waiting first.

    One for each request and holder: deciding there answers all others of theirs. Five SQL queries
    beside the list's own, one where they stand in for nobody.
    """
    away = acting_for(actor, now)
    found: list[UUID] = []
    answered: set[tuple[UUID, UUID]] = set()
    for seat, who in seats_stood_in(away):
        key = (seat.request_id, seat.membership_id)
        if who.membership_id == actor.id and key not in answered:
            answered.add(key)
            found.append(seat.id)
    return (
        StageSeat.objects.filter(id__in=found)
        .select_related("request__group", "request__requester__user", "stage", "membership__user")
        .order_by("asked_at", "id")
    )


def seats_stood_in(away: Away) -> list[tuple[StageSeat, StandIn]]:
    """Return the open seats of those who are away, each with whoever decides there now.

    Two SQL queries, none where nobody is away.
    """
    if not away.holders:
        return []
    waiting = list(
        StageSeat.objects.filter(
            membership_id__in=away.holders, asked_at__isnull=False, closed_at__isnull=True
        )
        .select_related("request__group", "stage")
        .order_by("asked_at", "id")
    )
    beside: dict[UUID, list[_Beside]] = defaultdict(list)
    for row in _rows_beside({seat.request_id for seat in waiting}):
        beside[row.request_id].append(row)
    return [
        (seat, found)
        for seat in waiting
        if (found := away.for_seat(seat, seat.request, _taken(seat, beside[seat.request_id])))
    ]


def stand_ins_of(
    seats: Sequence[StageSeat], request: ApprovalRequest, now: datetime
) -> dict[UUID, str]:
    """Say in which open seats of a request somebody decides for its holder now, by seat.

    ``seats`` are all of the request, with their decisions. Two SQL queries, one where nobody is
    away, none where nobody is asked.
    """
    away = deputies_now({seat.membership_id for seat in seats if seat.is_open}, now)
    if not away.holders:
        return {}
    rows = [_Beside.of(seat) for seat in seats]
    return {
        seat.id: away.words(found)
        for seat in seats
        if seat.is_open and (found := away.for_seat(seat, request, _taken(seat, rows)))
    }


def acting_in(
    member_id: UUID,
    request: ApprovalRequest,
    seat: StageSeat,
    seats: Iterable[StageSeat],
    now: datetime,
    *,
    was_asked: bool = False,
) -> Acting:
    """Return what part somebody has before the seat of somebody else, at this instant.

    ``seats`` are all of the request, with their decisions; ``was_asked`` says that they hold a link
    to it, so they are told what has become of it. Two SQL queries, one where nobody is away.
    """
    name = seat.membership.user.name or seat.membership.user.email
    away = deputies_now([seat.membership_id], now)
    rows = [_Beside.of(one) for one in seats]
    found = away.for_seat(seat, request, _taken(seat, rows))
    if found is not None and found.membership_id == member_id:
        return Acting(member_id, Part.STANDS_IN, name, away.words(found))
    named = away.for_seat(seat, request)
    if named is not None and named.membership_id == member_id:
        is_asked = any(
            one.is_open and one.membership_id == member_id and one.stage_id == seat.stage_id
            for one in rows
        )
        return Acting(member_id, Part.ASKED_TOO if is_asked else Part.COUNTED, name)
    instead = away.people[found.membership_id].name if found else ""
    return Acting(member_id, Part.FORMER if was_asked else Part.STRANGER, name, instead=instead)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a seat says about who may speak in its stage."""

    request_id: UUID
    stage_id: UUID
    membership_id: UUID
    is_open: bool
    is_vacated: bool
    approved_by: UUID | None

    @classmethod
    def of(cls, seat: StageSeat) -> "_Beside":
        agreed = seat.has_decision and seat.decision.choice == Decision.Choice.APPROVE
        return cls(
            seat.request_id,
            seat.stage_id,
            seat.membership_id,
            seat.is_open,
            seat.vacated_at is not None,
            seat.decision.membership_id if agreed else None,
        )


def _rows_beside(request_ids: Collection[UUID]) -> Iterable[_Beside]:
    """Return every seat of requests. One SQL query, none for none."""
    if not request_ids:
        return []
    rows = StageSeat.objects.filter(request_id__in=list(request_ids)).values_list(
        "request_id",
        "stage_id",
        "membership_id",
        "asked_at",
        "closed_at",
        "vacated_at",
        "decision__choice",
        "decision__membership_id",
    )
    return [
        _Beside(
            request_id,
            stage_id,
            member,
            asked is not None and closed is None,
            vacated is not None,
            by if choice == Decision.Choice.APPROVE else None,
        )
        for request_id, stage_id, member, asked, closed, vacated, choice, by in rows
    ]


def _taken(seat: StageSeat, rows: Iterable[_Beside]) -> frozenset[UUID]:
    """Return who cannot speak for anybody else in the stage of a seat."""
    known = list(rows)
    # Whoever agreed in one stage counts in all of theirs.
    agreed = {one.membership_id: one.approved_by for one in known if one.approved_by is not None}
    return taken_in(
        Mode(seat.stage.mode),
        [
            Seated(one.membership_id, one.is_open, agreed.get(one.membership_id))
            for one in known
            if one.stage_id == seat.stage_id and not one.is_vacated
        ],
    )
