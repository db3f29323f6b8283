"""Who may call the API."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class IsMember(BasePermission):
    """Lets active members of the organization in; the middleware has found who that is."""

    message = (
        "Sign in as an active member, and name the organization in the X-Organization header "
        "when you belong to more than one."
    )

    def has_permission(self, request: Request, _view: "APIView") -> bool:
        """Tell whether the request has an actor."""
        return getattr(request, "actor", None) is not None
