"""Requests of pages and the API once the organization and the actor are known."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.middleware import HtmxDetails
from rest_framework.request import Request

from accounts import selectors
from accounts.actors import MemberActor
from accounts.models import Organization
from accounts.selectors import SecretRef
from procurement.core import clock, tenancy

_Parameters = ParamSpec("_Parameters")


class OrgRequest(HttpRequest):
    """A request in an organization: its scope is open, and the actor is an active member."""

    organization: Organization
    actor: MemberActor
    htmx: HtmxDetails


def org_request(request: Request) -> OrgRequest:
    """Return Django's own request of an API call, which the middleware has given an actor."""
    return cast(OrgRequest, request._request)  # noqa: SLF001 – DRF names it no other way


def org_reverse(organization: Organization | str, name: str, **kwargs: Any) -> str:
    """Return the address of a page of an organization."""
    slug = organization if isinstance(organization, str) else organization.slug
    return reverse(name, kwargs={"organization_slug": slug, **kwargs})


SecretView = Callable[Concatenate[HttpRequest, Organization, SecretRef, _Parameters], HttpResponse]


def with_secret(
    *kinds: str,
) -> Callable[[SecretView[_Parameters]], Callable[..., HttpResponse]]:
    """Turn ``view(request, organization, secret)`` into one addressed by a token of some kinds.

    Opens the organization's scope around it. An unknown token answers 404 with a page that says
    what to do; an expired one reaches the view, which explains. Nothing is cached or referred on.
    """

    def decorate(view: SecretView[_Parameters]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(
            request: HttpRequest, token: str, *args: _Parameters.args, **kwargs: _Parameters.kwargs
        ) -> HttpResponse:
            secret = selectors.resolve_secret(token, *kinds)
            if secret is None:
                response = render(request, "link_unknown.html", status=404)
            else:
                organization = selectors.organization_by_id(secret.organization_id)
                with tenancy.scope(organization.id):
                    response = view(request, organization, secret, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex"
            return response

        return wrapped

    return decorate


def is_expired(secret: SecretRef) -> bool:
    """Tell whether a secret's time is over."""
    return secret.expires_at <= clock.now()


def uuid_or_none(text: str | None) -> UUID | None:
    """Return a UUID from an address or a form, or None where it is not one."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
