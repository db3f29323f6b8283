"""Finds the organization and the actor of a request, and runs the view within their scope."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import structlog
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import selectors
from accounts.models import Membership, Organization
from accounts.web import OrgRequest
from procurement.core import clock, tenancy
from procurement.core.errors import DomainError

_API = "/api/"


class OrganizationMiddleware:
    """Opens the tenancy scope of ``/<organization-slug>/…`` and of API requests, on local time.

    A visitor is sent to sign in; a stranger to the organization gets 404, as if it did not exist; a
    suspended member gets 403 and is told so. What a failing view has written is rolled back, since
    an exception becomes a response before it could leave the scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the rest of the chain, within a scope where the address names an organization."""
        if request.path_info.startswith(_API):
            return self._api(request)
        try:
            slug = resolve(request.path_info).kwargs.get("organization_slug")
        except Resolver404:
            slug = None
        if slug is None:
            return self.get_response(request)
        if isinstance(request.user, AnonymousUser):
            return redirect_to_login(request.get_full_path())
        organization = selectors.organization_by_slug(slug)
        if organization is None:
            return render(request, "404.html", status=404)
        return self._within(request, organization)

    def _within(self, request: HttpRequest, organization: Organization) -> HttpResponse:
        with _opened(request, organization) as is_admitted:
            if is_admitted:
                return self.get_response(request)
        return self._without_access(request, organization)

    def _without_access(self, request: HttpRequest, organization: Organization) -> HttpResponse:
        assert not isinstance(request.user, AnonymousUser)
        statuses = {found.id: status for found, status in selectors.memberships_of(request.user.id)}
        if statuses.get(organization.id) == Membership.Status.SUSPENDED:
            return render(request, "access_ended.html", {"organization": organization}, status=403)
        return render(request, "404.html", status=404)

    def _api(self, request: HttpRequest) -> HttpResponse:
        organization = None if isinstance(request.user, AnonymousUser) else self._named(request)
        if organization is None:
            return self.get_response(request)
        with _opened(request, organization):
            return self.get_response(request)

    def _named(self, request: HttpRequest) -> Organization | None:
        """Return the organization of the header, or the only one the user belongs to."""
        slug = request.headers.get("X-Organization")
        if slug:
            return selectors.organization_by_slug(slug)
        assert not isinstance(request.user, AnonymousUser)
        found = selectors.memberships_of(request.user.id)
        return found[0][0] if len(found) == 1 else None

    def process_view(
        self,
        _request: HttpRequest,
        _view: Callable[..., HttpResponse],
        _arguments: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> None:
        """Take the slug out of the view's arguments: the request carries the organization."""
        view_kwargs.pop("organization_slug", None)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Roll back what a failed view has written; show a refusal as a page of its own."""
        if tenancy.is_active():
            connection.set_rollback(True)
        if isinstance(exception, DomainError):
            return render(request, "refused.html", {"refusal": exception}, status=exception.status)
        return None


@contextmanager
def _opened(request: HttpRequest, organization: Organization) -> Iterator[bool]:
    """Open an organization's scope on its local time; tell whether the user is admitted to it."""
    user = request.user
    assert not isinstance(user, AnonymousUser)
    with (
        structlog.contextvars.bound_contextvars(organization_id=str(organization.id)),
        tenancy.scope(organization.id),
        timezone.override(organization.time_zone),
    ):
        actor = selectors.actor_for(
            user_id=user.id, organization_id=organization.id, now=clock.now()
        )
        if actor is not None:
            own = cast(OrgRequest, request)
            own.organization, own.actor = organization, actor
            user.actors[organization.id] = actor
        yield actor is not None
