"""The pages and parts that stand above all apps: where someone lands, home, the navigation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from accounts import selectors
from accounts.actors import MemberActor
from accounts.models import Membership, Organization
from accounts.permissions import Permission
from accounts.setup import Progress
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


_P = Permission
# section, label, icon, route, permissions (any one shows it, none: everybody), on the phone
_ENTRIES: tuple[tuple[str, str, str, str, tuple[Permission, ...], bool], ...] = (
    ("Buy", "Home", "home", "home", (), True),
    ("Buy", "Catalog", "catalog", "catalogs:search", (_P.PLACE_ORDERS, _P.MANAGE_CATALOG), True),
    ("Buy", "Cart", "cart", "orders:cart", (_P.PLACE_ORDERS,), True),
    ("Buy", "Orders", "order", "orders:list", (), True),
    ("Buy", "Training", "book", "training:own", (), False),
    ("Decide", "Approvals", "inbox", "approvals:inbox", (), True),
    ("Govern", "Groups", "groups", "accounts:groups", (_P.VIEW_GROUP,), False),
    ("Govern", "Policies", "policy", "approvals:policies", (_P.MANAGE_POLICIES,), False),
    ("Govern", "Buying rules", "sliders", "catalogs:rules", (_P.MANAGE_CATALOG,), False),
    ("Govern", "Suppliers", "truck", "catalogs:suppliers", (_P.MANAGE_CATALOG,), False),
    ("Govern", "Budgets", "budget", "budgets:list", (_P.VIEW_BUDGETS,), False),
    ("Review", "Insights", "chart", "analytics:spend", (_P.VIEW_REPORTS,), False),
    ("Review", "Exceptions", "restricted", "orders:exceptions", (_P.VIEW_REPORTS,), False),
    ("Review", "Undelivered mail", "mail", "accounts:mail", (_P.MANAGE_PEOPLE,), False),
    ("Review", "Audit trail", "audit", "audit:trail", (_P.VIEW_AUDIT,), False),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give pages of an organization their navigation; two SQL queries for the counts.

    A third one for those who manage people: how many mails did not reach them.

    None where the transaction is to be rolled back: a page about an error must not query.
    """
    actor: MemberActor | None = getattr(request, "actor", None)
    if actor is None or connection.needs_rollback or request.path_info.startswith("/api/"):
        return {}
    organization = cast(OrgRequest, request).organization
    counts = {
        "orders:cart": orders.cart_line_count(actor),
        "approvals:inbox": approvals.pending_count(actor),
        "accounts:mail": selectors.undelivered_count(actor),
    }
    return {
        "organization": organization,
        "actor": actor,
        "shell": {
            "nav": _entries(request.path, organization, actor, counts),
            "cart_count": counts["orders:cart"],
            "inbox_count": counts["approvals:inbox"],
            "can_buy": actor.can_anywhere(Permission.PLACE_ORDERS),
        },
    }


def _entries(
    path: str, organization: Organization, actor: MemberActor, counts: Mapping[str, int]
) -> list[NavEntry]:
    shown = [
        (section, label, icon, org_reverse(organization, route), counts.get(route, 0), on_phone)
        for section, label, icon, route, permissions, on_phone in _ENTRIES
        if not permissions or any(map(actor.can_anywhere, permissions))
    ]
    # The longest address that fits is where the reader is; home fits everywhere, so it is last.
    current = max((url for *_, url, _, _ in shown if path.startswith(url)), key=len, default="")
    return [
        NavEntry(section, label, icon, url, url == current, count, on_phone)
        for section, label, icon, url, count, on_phone in shown
    ]


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
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # no types there
    schema = generator.get_schema(  # type: ignore[no-untyped-call]  # no types there
        request=None, public=True
    )
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
            "waiting": approvals.inbox(request.actor, now=now)[:5],
            "own_orders": order_rows(own, orders.outlines_of(own)),
            "meters": _meters(group.path, today) if can_see_budgets else (),
            "today": today,
            "setup": _setup(request, group.path),
            "training": _training_due(request, today),
        },
    )


def _setup(request: OrgRequest, group_path: Sequence[UUID]) -> Progress | None:
    """Return how far the setting-up is, for those who do it, until it is done or put away."""
    organization = request.organization
    is_theirs = request.actor.can(Permission.MANAGE_GROUPS, group_path[:1])
    if organization.setup_closed_at is not None or not is_theirs:
        return None
    progress = selectors.setup_progress(organization, now=clock.now())
    return None if progress.is_complete else progress


def _training_due(request: OrgRequest, on: date) -> dict[str, Any]:
    """Return the training that the reader has to read by now. One SQL query."""
    zone = request.organization.time_zone
    due = [one for one in selectors.own_standings(request.actor, time_zone=zone) if one.is_due(on)]
    return {"due": due, "is_blocking": any(one.blocks(on) for one in due)}


def _meters(group_path: Sequence[UUID], on: date) -> tuple[Meter, ...]:
    """Return the budgets of a group and its ancestors as they stand. One SQL query."""
    return tuple(effect.meter for effect in effects(budgets.covering(group_path, on), Decimal(0)))
