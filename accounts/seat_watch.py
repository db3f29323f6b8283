"""What a change of a person does to the seats that something relies on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from typing_extensions import override

from accounts.dependents import Dependent
from accounts.effects import Effect, EffectKind, MemberChange, MemberChangeKind
from accounts.models import Position, PositionHolder
from accounts.selectors import unanswered_after
from procurement.core.actors import Actor


class SeatWatch(Dependent):
    """Tells of seats that nobody answers any more, once somebody has left them or lost access."""

    @override
    def follow_member_change(
        self, *, actor: Actor, change: MemberChange, now: datetime
    ) -> Sequence[Effect]:
        """Name each such seat, and what asks for it. Six SQL queries at most; it writes nothing.

        Whoever joins leaves no seat.
        """
        if change.kind is MemberChangeKind.JOIN:
            return ()
        codes: defaultdict[UUID, list[str]] = defaultdict(list)
        for group_id, code in (
            PositionHolder.objects.filter(
                Q(until__isnull=True) | Q(until=now), membership_id=change.membership_id
            )
            .values_list("group_id", "position__code")
            .distinct()
        ):
            codes[group_id].append(code)
        found = unanswered_after(codes, now=now) if codes else []
        names = dict(
            Position.objects.filter(code__in={code for code, _, _ in found}).values_list(
                "code", "name"
            )
        )
        return [
            Effect(
                kind=EffectKind.SEAT_CHANGED,
                about=group.id,
                subject=names[code],
                sentence=f"Nobody answers for {names[code]} of {group.name} any more; it is asked "
                f"for by {demand.because}.",
                group_id=group.id,
            )
            for code, group, demand in found
        ]
