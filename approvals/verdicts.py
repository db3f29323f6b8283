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
    OWN_SEAT_FIRST = "OWN_SEAT_FIRST"
    COUNTS_ALREADY = "COUNTS_ALREADY"
    ABSENCE_OVER = "ABSENCE_OVER"


class Part(StrEnum):
    """What part somebody has before a seat."""

    HOLDER = "HOLDER"
    STANDS_IN = "STANDS_IN"
    ASKED_TOO = "ASKED_TOO"
    COUNTED = "COUNTED"
    FORMER = "FORMER"
    STRANGER = "STRANGER"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request and one seat of it stand towards somebody who wants to decide.

    ``part`` is the actor's: the holder's own, or that of somebody who is to stand in for them.
    ``choice`` is what was decided for the seat's holder already, in a word, and ``decided_by`` who
    did; ``instead`` names whoever stands in for the holder. States are those that are stored. A
    vacated seat belongs to somebody who was replaced.
    """

    actor_id: UUID | None
    holder_id: UUID
    requester_id: UUID
    part: Part
    holder_name: str
    holder_is_active: bool
    choice: str
    decided_by: UUID | None
    decided_by_name: str
    instead: str
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
LINES_COMMENT_NEEDED: Refusal = (
    VerdictCode.COMMENT_NEEDED,
    "Say why you reject these lines: the requester has to know what to do without them.",
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
    made_it = standing.actor_id is not None and standing.decided_by == standing.actor_id
    if standing.actor_id in (None, standing.requester_id) or (
        standing.part is Part.STRANGER and not made_it
    ):
        return VerdictCode.NOT_YOURS, "Somebody else is asked here, and you do not decide for them."
    if standing.part is Part.HOLDER and not standing.holder_is_active:
        return VerdictCode.ACCESS_ENDED, "Your access has ended, so you cannot decide any more."
    if standing.choice and (made_it or standing.part is not Part.FORMER):
        return VerdictCode.ALREADY_DECIDED, _decided_already(standing)
    return _of_stand_in(standing)


def _of_stand_in(standing: Standing) -> Refusal | None:
    name = standing.holder_name
    match standing.part:
        case Part.FORMER if standing.instead:
            return VerdictCode.ABSENCE_OVER, f"{standing.instead} decides for {name} now."
        case Part.FORMER:
            sentence = f"You do not stand in for {name} any more; they decide themselves."
            return VerdictCode.ABSENCE_OVER, sentence
        case Part.ASKED_TOO:
            sentence = f"You are asked here yourself. Answer for yourself first, then for {name}."
            return VerdictCode.OWN_SEAT_FIRST, sentence
        case Part.COUNTED:
            sentence = (
                "Different people have to agree here, and your own word counts already. "
                f"It cannot count for {name}, too."
            )
            return VerdictCode.COUNTS_ALREADY, sentence
    return None


def _decided_already(standing: Standing) -> str:
    is_holder = standing.part is Part.HOLDER
    name, choice = standing.holder_name, standing.choice
    if standing.decided_by == standing.actor_id:
        whose = "" if is_holder else f" for {name}"
        return f"You have decided already: you {choice} this{whose}."
    if is_holder:
        return f"{standing.decided_by_name} has decided for you already: they {choice} this."
    if standing.decided_by == standing.holder_id:
        return f"{name} has decided already: they {choice} this."
    return f"{standing.decided_by_name} has decided for {name} already: they {choice} this."


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
