"""What hangs on a person here: requests that wait for them."""

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from accounts.dependents import Dependent
from accounts.effects import Effect, EffectKind, MemberChange
from approvals import selectors, services
from procurement.core.actors import Actor


class PendingSeats(Dependent):
    """Requests that wait for somebody go to whoever sits there next."""

    @override
    def follow_member_change(
        self, *, actor: Actor, change: MemberChange, now: datetime
    ) -> Sequence[Effect]:
        """Seat others at once, rather than with the next sweep."""
        waiting = selectors.waiting_for_member(change.membership_id)
        services.reseat_requests(actor=actor, now=now)
        if not waiting:
            return ()
        noun = "request waits" if waiting == 1 else "requests wait"
        return (
            Effect(
                kind=EffectKind.REQUEST_REROUTED,
                about=change.membership_id,
                subject=change.name,
                sentence=f"{waiting} {noun} for them; whoever sits there next will be asked "
                "instead.",
            ),
        )
