"""Whether somebody may decide, here and now, and the sentence for when they may not. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class VerdictCode(StrEnum):
    """What became of an attempt to decide."""

    DECIDED = "DECIDED"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    OVERTAKEN = "OVERTAKEN"
    SETTLED = "SETTLED"
    NOT_YET = "NOT_YET"
    NOT_YOURS = "NOT_YOURS"
    ACCESS_ENDED = "ACCESS_ENDED"
    COMMENT_NEEDED = "COMMENT_NEEDED"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request and one seat of it stand towards somebody who wants to decide.

    ``own_choice`` is what the seat's holder has decided already, in a word; states are those that
    are stored. A vacated seat belongs to somebody who was replaced.
    """

    actor_id: UUID | None
    holder_id: UUID
    requester_id: UUID
    holder_is_active: bool
    own_choice: str
    is_vacated: bool
    is_open: bool
    stage_status: str
    request_status: str


Refusal = tuple[VerdictCode, str]

OVERTAKEN: Refusal = (
    VerdictCode.OVERTAKEN,
    "The content has changed since this was shown. Whoever has to agree to it now is asked anew.",
)
EXPIRED: Refusal = (
    VerdictCode.EXPIRED,
    "This link has ended, as every link does after a while. Sign in to decide.",
)
COMMENT_NEEDED: Refusal = (
    VerdictCode.COMMENT_NEEDED,
    "Say why you reject it: the requester has to know what to change.",
)

_ENDED = {
    "APPROVED": "This was approved in the meantime; nothing is left to decide.",
    "REJECTED": "This was rejected in the meantime; nothing is left to decide.",
    "WITHDRAWN": "The request was taken back; nothing is left to decide.",
    "EXPIRED": "Nobody decided in time, and the request has ended. Its requester can ask again.",
}

_ANSWERED = "Somebody else has answered in the meantime."
_PASSED = {"REMOVED": "An administrator took this off; your agreement is not needed any more."}


def why_not(standing: Standing) -> Refusal | None:
    """Return why nothing can be decided, or None when it can.

    Who may not decide learns that first, and nothing else.
    """
    return _of_person(standing) or _of_moment(standing)


def _of_person(standing: Standing) -> Refusal | None:
    if standing.actor_id != standing.holder_id or standing.actor_id == standing.requester_id:
        return VerdictCode.NOT_YOURS, "Somebody else is asked here, and nobody decides for them."
    if not standing.holder_is_active:
        return VerdictCode.ACCESS_ENDED, "Your access has ended, so you cannot decide any more."
    if standing.own_choice:
        return (
            VerdictCode.ALREADY_DECIDED,
            f"You have decided already: you {standing.own_choice} this.",
        )
    return None


def _of_moment(standing: Standing) -> Refusal | None:
    if standing.request_status == "SUPERSEDED":
        return OVERTAKEN
    if standing.request_status != "PENDING":
        return VerdictCode.SETTLED, _ENDED[standing.request_status]
    if standing.is_vacated:
        return VerdictCode.SETTLED, "Somebody else sits here now, and has been asked."
    if standing.stage_status == "WAITING":
        return VerdictCode.NOT_YET, "Others decide first; you will be asked when they agree."
    if standing.stage_status != "OPEN" or not standing.is_open:
        return VerdictCode.SETTLED, _PASSED.get(standing.stage_status, _ANSWERED)
    return None
