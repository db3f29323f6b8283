"""Django's permission checks, answered from the hierarchy."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts import selectors
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
        """Tell whether an active member holds a permission on a group; one SQL query per user."""
        if (
            not isinstance(obj, OrgGroup)
            or not isinstance(user_obj, User)
            or not user_obj.is_active
        ):
            return False
        if not tenancy.is_active() or tenancy.current() != obj.organization_id:
            return False
        actor = selectors.actor_for(
            user_id=user_obj.id, organization_id=obj.organization_id, now=clock.now()
        )
        return actor is not None and actor.can(perm.removeprefix("accounts."), obj.path)
