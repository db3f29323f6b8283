"""What has become of a request whose content has changed, for whoever comes back to it."""

from dataclasses import dataclass
from uuid import UUID

from approvals.changes import Change, changes_between
from approvals.models import ApprovalRequest
from approvals.selectors import RequestDetail


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The request that goes on in place of another, and what is different; both may be missing.

    Without a ``following`` one it is still being changed, or not theirs to see.
    """

    following: ApprovalRequest | None = None
    changes: tuple[Change, ...] = ()
    asks_again: bool = False


def overtaken_by(
    former: RequestDetail, following: RequestDetail | None, reader_id: UUID | None
) -> Overtaken:
    """Return what a reader is told; ``following`` is what they may see of the later request.

    ``reader_id`` is their membership.
    """
    if following is None:
        return Overtaken()
    seat = following.seat_of(reader_id)
    return Overtaken(
        following=following.request,
        changes=changes_between(former.summary, following.summary),
        asks_again=seat is not None and seat.is_open,
    )
