"""The approval policy that an organization starts with (pure)."""

from decimal import Decimal

from approvals.routing import ApproverKind, ApproverSpec, Mode, PolicyDocument, StageSpec, Tier

POLICY_NAME = "Order approval"
AUTOMATIC_UP_TO = Decimal(100)
SUPERVISED_UP_TO = Decimal(1000)
SUPERVISOR = ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor")
DIRECTOR = ApproverSpec(ApproverKind.POSITION, "director", "Director")
_FINANCE = ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance")


def starting_policy(currency: str) -> PolicyDocument:
    """Return the policy that an organization has before it writes one of its own.

    Up to 100 is approved at once, up to 1,000 by the supervisor, above that by director and
    finance; amounts are in ``currency``.
    """
    supervisor = StageSpec("Supervisor", Mode.ANY, (SUPERVISOR,))
    both = StageSpec("Director and finance", Mode.ALL, (DIRECTOR, _FINANCE))
    return PolicyDocument(
        currency=currency,
        tiers=(
            Tier(AUTOMATIC_UP_TO, ()),
            Tier(SUPERVISED_UP_TO, (supervisor,)),
            Tier(None, (both,)),
        ),
        restricted=(StageSpec("For the restricted line", Mode.ANY, (SUPERVISOR,)),),
        exception=(StageSpec("For the exception", Mode.ANY, (DIRECTOR,)),),
    )
