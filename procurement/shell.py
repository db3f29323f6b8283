"""The pages and parts that stand above all apps: where someone lands, home, the navigation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from accounts import selectors
from accounts.actors import MemberActor
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from approvals import selectors as approvals
from budgets import selectors as budgets
from budgets.rules import Meter, effects
from procurement.core import clock
from procurement.orders import selectors as orders
from procurement.orders.display.rows import order_rows


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation; ``count`` is what waits behind it."""

    section: str
    label: str
    icon: str
    url: str
    is_current: bool
    count: int = 0
    on_phone: bool = False


# section, label, icon, route, permission that shows it (None: everybody), on the phone's bar
_ENTRIES: tuple[tuple[str, str, str, str, Permission | None, bool], ...] = (
    ("Buy", "Home", "home", "home", None, True),
    ("Buy", "Catalog", "catalog", "catalogs:search", Permission.PLACE_ORDERS, True),
    ("Buy", "Cart", "cart", "orders:cart", Permission.PLACE_ORDERS, True),
    ("Buy", "Orders", "order", "orders:list", None, True),
    ("Decide", "Approvals", "inbox", "approvals:inbox", None, True),
    ("Govern", "Groups", "groups", "accounts:groups", Permission.VIEW_GROUP, False),
    ("Govern", "Policies", "policy", "approvals:policies", Permission.MANAGE_POLICIES, False),
    ("Govern", "Buying rules", "sliders", "catalogs:rules", Permission.MANAGE_CATALOG, False),
    ("Govern", "Suppliers", "truck", "catalogs:suppliers", Permission.MANAGE_CATALOG, False),
    ("Govern", "Budgets", "budget", "budgets:list", Permission.VIEW_BUDGETS, False),
    ("Review", "Insights", "chart", "analytics:spend", Permission.VIEW_REPORTS, False),
    ("Review", "Undelivered mail", "mail", "accounts:mail", Permission.MANAGE_PEOPLE, False),
    ("Review", "Audit trail", "audit", "audit:trail", Permission.VIEW_AUDIT, False),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give pages of an organization their navigation; two SQL queries for the counts.

    None where the transaction is to be rolled back: a page about an error must not query.
    """
    actor: MemberActor | None = getattr(request, "actor", None)
    if actor is None or connection.needs_rollback or request.path_info.startswith("/api/"):
        return {}
    organization = request.organization  # type: ignore[attr-defined]
    counts = {
        "orders:cart": orders.cart_line_count(actor),
        "approvals:inbox": approvals.pending_count(actor),
    }
    entries: list[NavEntry] = []
    for section, label, icon, route, permission, on_phone in _ENTRIES:
        if permission is not None and not actor.can_anywhere(permission):
            continue
        try:
            url = org_reverse(organization, route)
        except NoReverseMatch:
            continue
        is_current = request.path == url or (route != "home" and request.path.startswith(url))
        entries.append(
            NavEntry(section, label, icon, url, is_current, counts.get(route, 0), on_phone)
        )
    # The longest address that fits is where the reader is.
    current = max((entry.url for entry in entries if entry.is_current), key=len, default="")
    return {
        "organization": organization,
        "actor": actor,
        "shell": {
            "nav": [
                NavEntry(e.section, e.label, e.icon, e.url, e.url == current, e.count, e.on_phone)
                for e in entries
            ],
            "cart_count": counts["orders:cart"],
            "inbox_count": counts["approvals:inbox"],
            "can_buy": actor.can_anywhere(Permission.PLACE_ORDERS),
        },
    }


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API can do, as its docs page lists it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str, str], ...]
    answers: tuple[tuple[str, str], ...]


@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show what the API offers, from the very schema that it publishes. No script, no SQL."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, found in methods.items():
            tag = (found.get("tags") or ["api"])[0]
            groups.setdefault(tag, []).append(_operation(method, path, found))
    return render(request, "api_docs.html", {"groups": groups, "info": schema["info"]})


def _operation(method: str, path: str, found: dict[str, Any]) -> Operation:
    summary = found.get("summary") or found["operationId"].replace("_", " ").capitalize()
    parameters = found.get("parameters", ())
    return Operation(
        method=method.upper(),
        path=path,
        summary=summary,
        description=found.get("description", ""),
        parameters=tuple(
            (one["name"], one["in"], one.get("description", "")) for one in parameters
        ),
        answers=tuple(
            (status, answer.get("description", "")) for status, answer in found["responses"].items()
        ),
    )


@login_required
def landing(request: HttpRequest) -> HttpResponse:
    """Lead a signed-in person to their organization, or let them choose among several."""
    assert request.user.is_authenticated
    found = selectors.memberships_of(request.user.id)
    active = [organization for organization, status in found if status == Membership.Status.ACTIVE]
    if len(active) == 1:
        return redirect(org_reverse(active[0], "home"))
    return render(request, "choose_organization.html", {"organizations": active})


def home(request: OrgRequest) -> HttpResponse:
    """Show what needs the reader: decisions, own orders, their group's budgets."""
    now = clock.now()
    today = clock.local_date(now, request.organization.time_zone)
    group = selectors.home_group(request.actor.membership_id)
    can_see_budgets = request.actor.can(Permission.VIEW_BUDGETS, group.path)
    own = list(orders.own_orders(request.actor)[:6])
    return render(
        request,
        "home.html",
        {
            "group": group,
            "can_view_group": request.actor.can(Permission.VIEW_GROUP, group.path),
            "waiting": approvals.inbox(request.actor)[:5],
            "own_orders": order_rows(own, orders.outlines_of(own)),
            "meters": _meters(group.path, today) if can_see_budgets else (),
            "today": today,
        },
    )


def _meters(group_path: Sequence[UUID], on: date) -> tuple[Meter, ...]:
    """Return the budgets of a group and its ancestors as they stand. One SQL query."""
    return tuple(effect.meter for effect in effects(budgets.covering(group_path, on), Decimal(0)))
