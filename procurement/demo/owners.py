"""The demo's category owners and approval limits: who agrees to what, and up to which amount."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from accounts.models import Membership, OrgGroup, Position
from approvals import services as approvals
from approvals.services import OwnedCategory, Owner
from catalogs.selectors import categories_by_code
from procurement.core.actors import SystemActor
from procurement.demo.company import DOMAIN, NAME

# Code, the group that it holds for, and the seat: position and group.
_SEATS = (
    ("82100000", NAME, "director", "Marketing"),
    ("80140000", NAME, "supervisor", "Marketing"),
    ("43230000", NAME, "director", "Engineering"),
    ("46180000", NAME, "supervisor", "Facilities"),
    ("25170000", "Operations", "supervisor", "Logistics"),
)
# Code, the group that it holds for, and the address of who owns it in person.
_PEOPLE = (("43190000", "Operations", f"nia@{DOMAIN}"),)
# Address, and the amount, None for any.
_LIMITS = (
    (f"bob@{DOMAIN}", Decimal("5000.00")),
    (f"nia@{DOMAIN}", Decimal("5000.00")),
    (f"erin@{DOMAIN}", Decimal("10000.00")),
    (f"frank@{DOMAIN}", Decimal("10000.00")),
    (f"maya@{DOMAIN}", None),
)


def seed_owners(
    actor: SystemActor,
    groups: Mapping[str, OrgGroup],
    members: Mapping[str, Membership],
    now: datetime,
) -> None:
    """Name owners of some categories, and say up to which amount some people agree."""
    positions = {position.code: position for position in Position.objects.all()}
    owners = [
        (code, group, Owner(position=positions[seat], seat_group=groups[seat_group]))
        for code, group, seat, seat_group in _SEATS
    ]
    owners += [(code, group, Owner(membership=members[email])) for code, group, email in _PEOPLE]
    categories = categories_by_code([code for code, _, _ in owners])
    for code, group, owner in owners:
        approvals.name_category_owner(
            actor=actor,
            group=groups[group],
            category=OwnedCategory(code, categories[code].name),
            owner=owner,
            now=now,
        )
    for email, amount in _LIMITS:
        approvals.set_approval_limit(actor=actor, membership=members[email], amount=amount, now=now)
