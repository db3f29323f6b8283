"""The first organization and the other one, and how their people reach each door."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler
from django.urls import get_resolver, reverse

from accounts.models import Membership, Organization
from tests.factories.orders import Market

CAST = ("Alice", "Bob", "Erin", "Dana", "Adam", "Tom")
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class World:
    """The first organization, the other one, and the ids that addresses ask for."""

    market: Market
    other: Organization
    people: dict[str, Membership]
    ids: dict[str, UUID | str | int] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    local: dict[str, Membership] = field(default_factory=dict)
    places: dict[str, dict[str, UUID]] = field(default_factory=dict)
    sessions: dict[UUID, str] = field(default_factory=dict)
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    @property
    def organization(self) -> Organization:
        """Return the organization whose doors are tried."""
        return self.market.organization

    def client(self, name: str) -> Client:
        """Return a browser in which somebody is signed in."""
        return self._browser(self.people[name])

    def local_client(self, role: str) -> Client:
        """Return a browser of somebody whose only role was granted on Facilities."""
        return self._browser(self.local[role])

    def sign_in(self) -> None:
        """Sign everybody in, once for all doors: each browser starts from there."""
        for member in (*self.people.values(), *self.local.values()):
            client = Client()
            client.force_login(member.user, backend=_BACKEND)
            self.sessions[member.id] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def _browser(self, person: Membership) -> Client:
        client = Client(raise_request_exception=False)
        client.handler = self.handler
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person.id]
        return client

    def address_at(self, route: str, place: str) -> str:
        """Return the address of a route with the group, or the person, of another place."""
        arguments = self.arguments_of(route) | {
            name: value
            for name, value in self.places[place].items()
            if name in parameters_of(route)
        }
        if "organization_slug" in parameters_of(route):
            arguments["organization_slug"] = self.organization.slug
        return reverse(route, kwargs=arguments)

    def arguments_of(self, route: str) -> dict[str, Any]:
        """Return what the address of a route asks for, apart from the organization."""
        return {
            name: self.ids[name] for name in parameters_of(route) if name != "organization_slug"
        }

    def form_of(self, route: str) -> dict[str, Any]:
        """Return what has to be sent for the view to know what is meant."""
        return self.forms.get(route, {})

    def address(self, route: str) -> str:
        """Return the address of a route in the first organization."""
        arguments = self.arguments_of(route)
        if "organization_slug" in parameters_of(route):
            arguments["organization_slug"] = self.organization.slug
        return reverse(route, kwargs=arguments)


def parameters_of(route: str) -> tuple[str, ...]:
    """Return the names of the parameters in a route's address."""
    resolver, names = get_resolver(), route.split(":")
    for namespace in names[:-1]:
        _prefix, resolver = resolver.namespace_dict[namespace]
    found = {
        name
        for possibilities, *_ in resolver.reverse_dict.getlist(names[-1])
        for _, parameters in possibilities
        for name in parameters
    }
    outer = {"organization_slug"} if _is_of_an_organization(route) else set()
    return tuple(sorted(found | outer))


def _is_of_an_organization(route: str) -> bool:
    try:
        reverse(route)
    except Exception as error:  # noqa: BLE001 - the text of NoReverseMatch tells
        return "organization_slug" in str(error)
    return False
