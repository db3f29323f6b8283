"""For whom somebody looks at the catalog."""

from collections.abc import Sequence
from uuid import UUID

from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.selectors import groups_where


def groups_looked_at(actor: MemberActor) -> list[OrgGroup]:
    """Return the groups whose catalog an actor may see, by name. One SQL query."""
    return list(groups_where(actor, Permission.VIEW_GROUP))


def chosen_group(
    actor: MemberActor, groups: Sequence[OrgGroup], wanted: UUID | None
) -> OrgGroup | None:
    """Return the wanted group, else one that the actor buys for, the home group first.

    None where the actor may see none. No SQL.
    """
    by_id = {group.id: group for group in groups}
    if wanted in by_id:
        return by_id[wanted]
    buys = [one for one in groups if actor.can(Permission.PLACE_ORDERS, one.path)]
    home = by_id.get(actor.home_group_id)
    if home is not None and (home in buys or not buys):
        return home
    return next(iter(buys or groups), None)
