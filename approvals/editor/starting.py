"""What a first policy starts from."""

from collections.abc import Sequence
from decimal import Decimal

from approvals.editor.stages import key_of
from approvals.routing import ApproverSpec, Mode, PolicyDocument, StageSpec, Tier
from approvals.starting import DIRECTOR, SUPERVISOR, starting_policy


def starting_document(currency: str, seats: Sequence[ApproverSpec]) -> PolicyDocument:
    """Return what a first policy starts from: the typical one, where its seats can be chosen.

    Where an organization has put those seats away, small orders pass and the first of its seats
    agrees to the rest.
    """
    if {key_of(SUPERVISOR), key_of(DIRECTOR)} <= {key_of(seat) for seat in seats}:
        return starting_policy(currency)
    first = seats[0]
    stage = StageSpec(first.title, Mode.ALL, (first,))
    return PolicyDocument(
        currency=currency,
        tiers=(Tier(Decimal(100), ()), Tier(None, (stage,))),
        restricted=(stage,),
        exception=(stage,),
    )
