"""Who can take a decision over from whoever is asked, and why others cannot (pure)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from approvals.routing.progress import MANAGERS_FROM, OWNERS_FROM
from procurement.core.money import format_money


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is to decide in somebody else's place.

    What they are to the request: whether they ``may_see`` orders there, ``sits_above`` (fill a seat
    of its group or one above it) or ``manages`` its requester, from however far above. ``is_asked``
    in the stages that are handed over; ``has_decided`` on the request; ``is_followed`` there, where
    somebody was asked in their place before. Without ``has_limit`` there is nothing that their
    agreement covers where a limit is asked for; a ``limit`` of None has no upper end.
    """

    name: str
    is_active: bool
    is_requester: bool
    is_asked: bool
    has_decided: bool
    is_followed: bool
    may_see: bool
    sits_above: bool
    manages: bool
    has_limit: bool
    limit: Decimal | None


def why_not_hand_over(
    to: Receiver, slots: Collection[int], amount: Decimal, currency: str
) -> str | None:
    """Return why somebody cannot take over what slots ask for, or None when they can.

    ``amount`` is what counts for personal limits.
    """
    return _of_person(to) or _of_place(to) or _of_limit(to, slots, amount, currency)


def needs_limit(slots: Collection[int]) -> bool:
    """Tell whether slots are of managers up to a limit, so that whoever answers must have one."""
    return any(MANAGERS_FROM < slot <= OWNERS_FROM for slot in slots)


def is_bounded(slots: Collection[int]) -> bool:
    """Tell whether a personal limit below the amount keeps somebody out of slots.

    It does everywhere but where categories ask their owners.
    """
    return any(slot <= OWNERS_FROM for slot in slots)


def _of_person(to: Receiver) -> str | None:
    if not to.is_active:
        return f"{to.name} has no access at present. Choose somebody else."
    if to.is_requester:
        return f"{to.name} has asked for this, and nobody decides on their own request."
    if to.is_asked:
        return f"{to.name} is asked already."
    if to.has_decided:
        return f"{to.name} has decided on this already. Choose somebody who looks at it anew."
    if to.is_followed:
        return f"{to.name} was asked here before, so it does not go back to them."
    return None


def _of_place(to: Receiver) -> str | None:
    if to.may_see or to.sits_above or to.manages:
        return None
    return (
        f"{to.name} has nothing to do with this group. Choose somebody who sees its orders, fills "
        "a seat of it or above it, or manages who asks."
    )


def _of_limit(to: Receiver, slots: Collection[int], amount: Decimal, currency: str) -> str | None:
    asked = format_money(amount, currency)
    if needs_limit(slots) and not to.has_limit:
        return f"{to.name} has no approval limit, and this asks for one that covers {asked}."
    if is_bounded(slots) and to.limit is not None and to.limit < amount:
        return f"{to.name}’s approval limit of {format_money(to.limit, currency)} is below {asked}."
    return None
