"""Opening an organization for a file of history."""

from datetime import datetime

from accounts import selectors as accounts
from accounts import services as people
from accounts.models import Organization, Role
from approvals import services as approvals
from approvals.starting import POLICY_NAME, starting_policy
from procurement.core import tenancy
from procurement.core.actors import SystemActor

ACTOR_NAME = "History import"


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
        approvals.publish_policy(
            actor=actor,
            group=root,
            name=POLICY_NAME,
            document=starting_policy(currency),
            reason="To start with, until the organization writes its own.",
            accepted="The organization is set up before its people are there.",
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
