"""Deciding many requests in one go, each for itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from approvals.models import ApprovalRequest, Decision, StageSeat
from approvals.services.deciding import Verdict, decide
from approvals.verdicts import VerdictCode
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotFound
from procurement.core.locking import lock

MOST = 100


@transaction.atomic
def decide_many(
    *,
    actor: Actor,
    choices: Sequence[tuple[UUID, str]],
    choice: str,
    comment: str,
    channel: str = Decision.Channel.APP,
    now: datetime,
) -> list[Verdict]:
    """Decide the same in many seats, each given with the hash of the content that was shown.

    Each is decided as by `decide`, and one that is refused or fails undoes none of the others; the
    verdicts come in the order of the choices. All requests are locked first, in the order of their
    ids: whoever decides one of them holds it and goes on to its subject and budgets, so locking one
    after the other would end in deadlocks. Raises `NotFound` for an unknown seat and `DomainError`
    for more than 100, before anything is decided.
    """
    if len(choices) > MOST:
        raise DomainError(f"At most {MOST} can be decided in one go.")
    request_of = dict(
        StageSeat.objects.filter(id__in=[seat_id for seat_id, _ in choices]).values_list(
            "id", "request_id"
        )
    )
    if any(seat_id not in request_of for seat_id, _ in choices):
        raise NotFound("There is no such request.")
    lock(ApprovalRequest.objects.filter(id__in=set(request_of.values())))
    verdicts: dict[int, Verdict] = {}
    for place in sorted(range(len(choices)), key=lambda place: request_of[choices[place][0]]):
        seat_id, content_hash = choices[place]
        try:
            verdicts[place] = decide(
                actor=actor,
                seat_id=seat_id,
                choice=choice,
                comment=comment,
                content_hash=content_hash,
                channel=channel,
                now=now,
            )
        except DomainError as error:
            verdicts[place] = _failed(request_of[seat_id], error)
    return [verdicts[place] for place in range(len(choices))]


def _failed(request_id: UUID, error: DomainError) -> Verdict:
    """Return what is told of a decision that its subject would not take."""
    status = ApprovalRequest.objects.values_list("status", flat=True).get(id=request_id)
    return Verdict(VerdictCode.FAILED, error.message, request_id, status)
