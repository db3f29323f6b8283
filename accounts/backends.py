"""Django's permission checks, answered from the hierarchy."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts import selectors
from accounts.actors import MemberActor
from accounts.models import OrgGroup, User
from procurement.core import clock, tenancy


class HierarchyPermissionBackend(BaseBackend):
    """Answers ``user.has_perm("accounts.<permission>", group)`` through the group's ancestors."""

    def has_perm(
        self,
        user_obj: AbstractBaseUser | AnonymousUser,
        perm: str,
        obj: Model | Any | None = None,
    ) -> bool:
        """Tell whether an active member holds a permission on a group.

        One SQL query for each user object, however often it is asked: as with Django's own
        backend, the answer is kept on it, and a request has a fresh one. None where the middleware
        has found the actor already.
        """
        if (
            not isinstance(obj, OrgGroup)
            or not isinstance(user_obj, User)
            or not user_obj.is_active
        ):
            return False
        if not tenancy.is_active() or tenancy.current() != obj.organization_id:
            return False
        actor = self._actor(user_obj, obj.organization_id)
        return actor is not None and actor.can(perm.removeprefix("accounts."), obj.path)

    def _actor(self, user: User, organization_id: UUID) -> MemberActor | None:
        """Return the user as an actor of an organization; what has been found is kept."""
        known = user.actors
        if organization_id not in known:
            known[organization_id] = selectors.actor_for(
                user_id=user.id, organization_id=organization_id, now=clock.now()
            )
        actor: MemberActor | None = known[organization_id]
        return actor
