"""How much somebody may order at once (pure).

A role's limit on a group holds for everything below it; where several stand on the way up, the
lowest counts. A grant with a limit of its own goes by that instead. Of several grants, the most
generous counts, since powers add up.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID


def order_limit(
    grants: Mapping[UUID, Decimal | None], path: Sequence[UUID], role_limit: Decimal | None
) -> Decimal | None:
    """Return the most that one order may come to in a group, or None for no limit.

    ``grants`` are somebody's roles to buy: the group each was granted on, and its own limit if it
    has one. ``path`` leads from the root down to the group, ``role_limit`` is the lowest limit of
    the role on that way. Without a grant in reach nothing may be ordered at all.
    """
    reaching = [grants[group] for group in path if group in grants]
    if not reaching:
        return Decimal(0)
    limits = [role_limit if own is None else own for own in reaching]
    found = [limit for limit in limits if limit is not None]
    return max(found) if len(found) == len(limits) else None
