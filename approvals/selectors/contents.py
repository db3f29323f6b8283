"""The contents that a subject was asked for with, one after the other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.permissions import Permission
from approvals.changes import Change, changes_between
from approvals.models import ApprovalRequest, StageSeat
from approvals.summary import SubjectSummary
from procurement.core.actors import Actor

# Of a request that is of these, nothing has gone on from it.
_LAST = frozenset({ApprovalRequest.Status.PENDING, ApprovalRequest.Status.APPROVED})


@dataclass(frozen=True, slots=True)
class AskedVersion:
    """One of the requests about a subject; ``may_see`` tells whether the reader can open it."""

    number: int
    request_id: UUID
    opened_at: datetime
    status_words: str
    is_this: bool
    may_see: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """Which of several requests about a subject one is, and how it differs from the one before."""

    versions: tuple[AskedVersion, ...] = ()
    changes: tuple[Change, ...] = ()
    was_appeal: bool = False

    @property
    def number(self) -> int:
        """Return the number of this one, from 1."""
        return next((one.number for one in self.versions if one.is_this), 1)

    @property
    def has_former(self) -> bool:
        """Tell whether it goes on from another one."""
        return self.number > 1


def versions_of(actor: Actor | None, request: ApprovalRequest) -> Versions | None:
    """Return the requests about a subject, for a reader of one of them; None for a single one.

    The reader may see this one; of the others, those that they have been asked in, that they asked
    themselves or that lie where they see orders. Without an actor, none can be opened. No SQL for
    one that has neither a former nor a later one, else at most two queries.
    """
    if request.follows_id is None and request.status in _LAST:
        return None
    own = Q(membership_id=actor.id) if actor and actor.id else Q(pk__in=[])
    own_seat = StageSeat.objects.filter(own, request_id=OuterRef("pk"))
    rows = list(
        ApprovalRequest.objects.filter(
            subject_kind=request.subject_kind, subject_id=request.subject_id
        )
        .annotate(is_seated=Exists(own_seat))
        .select_related("group")
        .order_by("opened_at", "id")
        .only("id", "opened_at", "status", "requester_id", "group__path")
    )
    if len(rows) == 1:
        return None
    return Versions(
        versions=tuple(
            AskedVersion(
                number=number,
                request_id=row.id,
                opened_at=row.opened_at,
                status_words=row.get_status_display(),
                is_this=row.id == request.id,
                may_see=actor is not None
                and (
                    row.is_seated
                    or row.requester_id == actor.id
                    or actor.can(Permission.VIEW_ORDERS, row.group.path)
                ),
            )
            for number, row in enumerate(rows, start=1)
        ),
        changes=_changes(request),
        was_appeal=request.follows_as == ApprovalRequest.FollowsAs.APPEAL,
    )


def _changes(request: ApprovalRequest) -> tuple[Change, ...]:
    """Return how a request's content differs from that of the one that it goes on from."""
    if request.follows_id is None:
        return ()
    before = ApprovalRequest.objects.values_list("summary", flat=True).get(id=request.follows_id)
    return changes_between(
        SubjectSummary.from_json(before), SubjectSummary.from_json(request.summary)
    )
