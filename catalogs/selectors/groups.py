"""For whom somebody looks at the catalog."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.selectors import groups_where, pickable_groups
from procurement.core.actors import Actor
from procurement.core.errors import DomainError


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


def group_called(actor: Actor, text: str) -> OrgGroup:
    """Return the group whose policy an actor writes and that has a code or a name.

    One SQL query; raises `DomainError` where none has it, or several have.
    """
    found = list(
        pickable_groups(actor, Permission.MANAGE_POLICIES).filter(
            Q(name__iexact=text) | Q(code__iexact=text)
        )[:2]
    )
    if not found:
        raise DomainError(f"No group of yours has the name or code “{text}”.", field="of")
    if len(found) > 1:
        raise DomainError(f"Several groups are called “{text}”; enter a code.", field="of")
    return found[0]
