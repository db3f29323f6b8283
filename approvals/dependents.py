"""What hangs on a person here: requests that wait for them."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Membership
from approvals import selectors, services
from procurement.core.actors import Actor


class PendingSeats:
    """Requests that wait for somebody go to whoever sits there next."""

    def describe_suspension(self, membership: Membership) -> Sequence[str]:
        """Say how many requests will be asked of somebody else. One SQL query."""
        waiting = selectors.waiting_for_member(membership.id)
        if not waiting:
            return ()
        noun = "request waits" if waiting == 1 else "requests wait"
        return (f"{waiting} {noun} for them; whoever sits there next will be asked instead.",)

    def apply_suspension(self, *, actor: Actor, membership: Membership, now: datetime) -> None:  # noqa: ARG002
        """Seat others at once, rather than with the next sweep."""
        services.reseat_requests(actor=actor, now=now)
