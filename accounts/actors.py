"""A member of an organization as an actor, with what was granted to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.limits import order_limit
from accounts.models import OrgGroup


@dataclass(frozen=True, slots=True)
class MemberActor:
    """An active membership and its grants: permission codename to the groups it was granted on.

    ``buying`` holds the groups on which they may buy, with the grant's own limit an order, if any.
    ``roles`` are those in force on any group, each with the instant since when.
    """

    organization_id: UUID
    membership_id: UUID
    user_id: UUID
    name: str
    email: str
    home_group_id: UUID
    grants: Mapping[str, frozenset[UUID]]
    buying: Mapping[UUID, Decimal | None] = field(default_factory=dict)
    roles: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Say that a person acted."""
        return "MEMBER"

    @property
    def id(self) -> UUID | None:
        """Return the membership's id."""
        return self.membership_id

    @property
    def label(self) -> str:
        """Return the name that the audit trail keeps."""
        return self.name

    @property
    def initials(self) -> str:
        """Return up to two initials for the avatar."""
        words = self.name.split()
        return "".join(
            word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
        ).upper()

    def can(self, permission: str, group_path: Sequence[UUID]) -> bool:
        """Tell whether a permission is granted on a group or any of its ancestors."""
        granted = self.grants.get(permission)
        return granted is not None and not granted.isdisjoint(group_path)

    def can_anywhere(self, permission: str) -> bool:
        """Tell whether a permission is granted on any group at all."""
        return bool(self.grants.get(permission))

    def order_limit(self, group_path: Sequence[UUID], role_limit: Decimal | None) -> Decimal | None:
        """Return the most that one order of theirs may come to in a group; None for no limit."""
        return order_limit(self.buying, group_path, role_limit)

    def groups_with(self, permission: str) -> frozenset[UUID] | None:
        """Return the groups on which a permission is granted directly."""
        return self.grants.get(permission, frozenset())

    def groups_under(self, permission: str) -> frozenset[UUID] | None:
        """Return all groups on which a permission holds; None when it was granted on the root.

        One SQL query, none without any grant. Floors below this one ask so, as they know no tree.
        """
        granted = self.grants.get(permission)
        if not granted:
            return frozenset()
        below = OrgGroup.objects.filter(path__overlap=list(granted))
        rows = dict(below.values_list("id", "parent_id"))
        return None if None in rows.values() else frozenset(rows)
