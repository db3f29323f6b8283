"""The budgets that stop an order, with all that its requester needs to find a way on (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from uuid import UUID

from budgets.rules import FULL, Covering, Effect, PeriodStatus

_CENT = Decimal("0.01")


class WhyBlocked(StrEnum):
    """Why a budget stops an order."""

    NO_ROOM = "NO_ROOM"
    FROZEN = "FROZEN"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A budget that stops an order; amounts in its currency.

    ``room`` is what is left for new orders, ``takes`` what the order needs of it, and ``missing``
    by how much its cap has to rise at least for that. It begins anew on ``renews_on``, and
    ``fits_anew`` tells whether the order fits into all that there is then. ``keepers``
    are the names of those who can raise it, as far as they are known. ``period_id`` is None while
    nothing has opened the period.
    """

    budget_id: UUID
    period_id: UUID | None
    group_id: UUID
    title: str
    period: str
    renews_on: date
    fits_anew: bool
    cap: Decimal
    room: Decimal
    takes: Decimal
    missing: Decimal
    currency: str
    why: WhyBlocked
    keepers: tuple[str, ...]
    sentence: str

    @property
    def can_be_raised(self) -> bool:
        """Tell whether an increase helps; where orders are not taken at all, it does not."""
        return self.why is WhyBlocked.NO_ROOM


def blocked_by(
    tight: Sequence[Effect], keepers: Mapping[UUID, Sequence[str]]
) -> tuple[Blocked, ...]:
    """Return what there is to say of each budget that stops an order, in the order given.

    ``keepers`` names, by group, who can raise its budgets.
    """
    return tuple(_blocked(effect, tuple(keepers.get(_group(effect), ()))) for effect in tight)


def missing_from(covering: Covering, amount: Decimal) -> Decimal:
    """Return by how much a cap has to rise, at least, for an amount to fit below its limit."""
    needed = (covering.used + amount) * FULL / covering.block_percent
    return needed.quantize(_CENT, rounding=ROUND_UP) - covering.cap


def _group(effect: Effect) -> UUID:
    return effect.covering.group_id


def _blocked(effect: Effect, keepers: tuple[str, ...]) -> Blocked:
    covering = effect.covering
    return Blocked(
        budget_id=covering.budget_id,
        period_id=covering.period_id,
        group_id=covering.group_id,
        title=covering.title,
        period=covering.period.label,
        renews_on=covering.period.renews_on,
        fits_anew=effect.amount <= covering.limit,
        cap=covering.cap,
        room=covering.room,
        takes=effect.amount,
        missing=missing_from(covering, effect.amount),
        currency=covering.currency,
        why=_WHY[covering.status],
        keepers=keepers,
        sentence=effect.sentence,
    )


_WHY = {
    PeriodStatus.OPEN: WhyBlocked.NO_ROOM,
    PeriodStatus.FROZEN: WhyBlocked.FROZEN,
    PeriodStatus.CLOSED: WhyBlocked.CLOSED,
    PeriodStatus.REOPENED: WhyBlocked.CLOSED,
}
