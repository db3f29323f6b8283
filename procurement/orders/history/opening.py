"""Opening an organization for a file of history, and the policy that a new one starts with."""

from datetime import datetime
from decimal import Decimal

from accounts import selectors as accounts
from accounts import services as people
from accounts.models import Organization, Role
from approvals import services as approvals
from approvals.routing import ApproverKind, ApproverSpec, Mode, PolicyDocument, StageSpec, Tier
from procurement.core import tenancy
from procurement.core.actors import SystemActor

ACTOR_NAME = "History import"
POLICY_NAME = "Order approval"
AUTOMATIC_UP_TO = Decimal(100)
SUPERVISED_UP_TO = Decimal(1000)
_SUPERVISOR = ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor")
_DIRECTOR = ApproverSpec(ApproverKind.POSITION, "director", "Director")
_FINANCE = ApproverSpec(ApproverKind.ROLE, Role.FINANCE.value, "Finance")


def starting_policy(currency: str) -> PolicyDocument:
    """Return the policy that an organization has before it writes one of its own.

    Up to 100 is approved at once, up to 1,000 by the supervisor, above that by director and
    finance; amounts are in ``currency``.
    """
    supervisor = StageSpec("Supervisor", Mode.ANY, (_SUPERVISOR,))
    both = StageSpec("Director and finance", Mode.ALL, (_DIRECTOR, _FINANCE))
    return PolicyDocument(
        currency=currency,
        tiers=(
            Tier(AUTOMATIC_UP_TO, ()),
            Tier(SUPERVISED_UP_TO, (supervisor,)),
            Tier(None, (both,)),
        ),
        restricted=(StageSpec("For the restricted line", Mode.ANY, (_SUPERVISOR,)),),
        exception=(StageSpec("For the exception", Mode.ANY, (_DIRECTOR,)),),
    )


def open_organization(
    *,
    name: str,
    slug: str,
    currency: str,
    time_zone: str,
    administrator: str,
    now: datetime,
) -> Organization:
    """Open an organization with seats and the starting policy; called outside a tenancy scope.

    ``administrator`` is an email address; without one nobody can sign in to it yet.
    """
    organization = people.create_organization(
        name=name, slug=slug, currency=currency, time_zone=time_zone, now=now
    )
    actor = SystemActor(organization.id, ACTOR_NAME)
    with tenancy.scope(organization.id):
        root = accounts.root_group()
        for seat in (_SUPERVISOR, _DIRECTOR):
            people.create_position(
                actor=actor, root=root, name=seat.label, code=seat.value, now=now
            )
        approvals.publish_policy(
            actor=actor,
            group=root,
            name=POLICY_NAME,
            document=starting_policy(currency),
            reason="To start with, until the organization writes its own.",
            now=now,
        )
        if administrator:
            member = people.add_member(
                actor=actor,
                group=root,
                email=administrator,
                name=administrator.partition("@")[0].replace(".", " ").title(),
                now=now,
            )
            people.grant_role(
                actor=actor, membership=member, group=root, role=Role.ADMINISTRATOR, now=now
            )
    return organization
