"""What holds on groups at one moment, for comparing it with another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.consequences import LimitPlace, Order, RolePlace, SeatPlace
from accounts.models import Membership, PositionHolder, Role, RoleGrant, RoleLimit


def order_on(
    paths: Mapping[UUID, Sequence[UUID]], names: Mapping[UUID, str], *, at: datetime
) -> Order:
    """Return who holds which role and answers which seat on groups, and what limits them.

    ``paths`` lead from the root down to each group. Three SQL queries, however many groups there
    are; they bring what stands on these groups and the ones above, and nothing else.
    """
    above = list({group for path in paths.values() for group in path})
    grants = (
        RoleGrant.objects.in_force(at)
        .filter(group_id__in=above, membership__status=Membership.Status.ACTIVE)
        .values_list("membership_id", "membership__user__name", "role", "group_id")
    )
    holders = (
        PositionHolder.objects.current()
        .filter(
            group_id__in=above,
            membership__status=Membership.Status.ACTIVE,
            membership__user__is_active=True,
        )
        # The holder comes last, and so answers before the deputy does.
        .order_by("-is_deputy")
        .values_list(
            "position_id",
            "position__name",
            "group_id",
            "membership_id",
            "membership__user__name",
        )
    )
    limits = RoleLimit.objects.filter(group_id__in=above).values_list("role", "group_id", "amount")
    return Order(
        paths=paths,
        names=names,
        roles=tuple(
            RolePlace(member, person, Role(role).label, group)
            for member, person, role, group in grants
        ),
        seats=tuple(SeatPlace(*row) for row in holders),
        limits=tuple(LimitPlace(Role(role).label, group, amount) for role, group, amount in limits),
    )
