"""The busiest pages, and a submit, on the demo as it is and on a hundred times as much.

The larger one is the same company with the same people and groups, whose orders, requests,
purchases, events and mails have been written a hundred times. Everything is asked through the
pages, as people meet them; how ledgers grow is `tests.bench.growth`.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organization, Role, RoleGrant
from accounts.permissions import Permission
from accounts.selectors import actor_for
from analytics.tasks import follow_trail
from approvals.models import StageSeat
from budgets.models import BudgetPeriod
from catalogs.models import CatalogItem
from procurement.core import clock, tenancy
from procurement.orders import services
from procurement.orders.models import Requisition
from tests.bench.submits import database

TIMES = 100
_LOOKS = 15
_SUBMITS = 20
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# What grows, in an order in which it can be written, and which of its rows.
_GROWING = {
    "orders_requisition": "status <> 'DRAFT'",
    "orders_requisitionline": "requisition_id IN (SELECT id FROM orders_requisition"
    " WHERE status <> 'DRAFT')",
    "orders_purchaseorder": "true",
    "orders_purchaseorderline": "true",
    "orders_importedorder": "true",
    "orders_importedline": "true",
    "approvals_approvalrequest": "subject_kind = 'requisition'",
    **dict.fromkeys(
        ("approvals_stage", "approvals_stageseat", "approvals_decision"),
        "request_id IN (SELECT id FROM approvals_approvalrequest"
        " WHERE subject_kind = 'requisition')",
    ),
    "analytics_spendfact": "true",
    "audit_auditevent": "true",
    "outbox_outboxmessage": "true",
}
_COLUMNS = """
SELECT column_name || ' ' || data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
  AND column_default IS DISTINCT FROM '((pg_current_xact_id())::text)::bigint'
"""
_OF_A_COPY = 'md5("{column}"::text || k)::uuid'
_COPIED = {
    **dict.fromkeys(
        (
            "id uuid",
            "requisition_id uuid",
            "requisition_line_id uuid",
            "purchase_order_id uuid",
            "order_id uuid",
            "request_id uuid",
            "stage_id uuid",
            "seat_id uuid",
            "subject_id uuid",
            "follows_id uuid",
        ),
        _OF_A_COPY,
    ),
    "number character varying": "k || '-' || number",
    "key character varying": "k || '-' || key",
    "sequence integer": "sequence + k * 1000000",
}


@dataclass(frozen=True)
class _Looked:
    """How long a page took, in ms, how many queries it made, and how large it was."""

    ms: float
    queries: int
    characters: int


def run() -> None:
    """Measure at both sizes, and print a table with how much longer each takes."""
    logging.disable(logging.WARNING)
    with database():
        call_command("seed_demo", verbosity=0)
        organization = Organization.objects.get(slug="northwind")
        while follow_trail(organization_id=str(organization.id)):
            pass
        small = dict(_measured(organization))
        started = time.perf_counter()
        _grow(organization, TIMES)
        print(f"grown in {time.perf_counter() - started:.0f} s")
        large = dict(_measured(organization))
        print(f"\nThe demo, and {TIMES} times as much: median in ms, SQL queries, characters")
        for name, before in small.items():
            after = large[name]
            print(
                f"{name:<28}{before.ms:>9.1f} ({before.queries:>3}){after.ms:>9.1f} "
                f"({after.queries:>3}){after.ms / before.ms:>7.2f}x"
                f"{before.characters:>10,}{after.characters:>10,}"
            )


def _grow(organization: Organization, times: int) -> None:
    """Write what grows so many times in all; guards would look at each row, and are let be."""
    with tenancy.scope(organization.id), connection.cursor() as cursor:
        for table in _GROWING:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for table, which in _GROWING.items():
            cursor.execute(_COLUMNS, [table])
            typed = [column for (column,) in cursor.fetchall()]
            columns = [column.split(" ")[0] for column in typed]
            copied = ", ".join(
                _COPIED.get(kind, '"{column}"').format(column=column)
                for kind, column in zip(typed, columns, strict=True)
            )
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) SELECT {copied} FROM "{table}", '
                f"generate_series(1, %s) k WHERE {which}",
                [times - 1],
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in _GROWING:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself, sooner or later


def _measured(organization: Organization) -> Iterator[tuple[str, _Looked]]:
    base = f"/{organization.slug}/"
    with tenancy.scope(organization.id):
        people = _people()
        order = Requisition.objects.filter(
            requester=people["buyer"], status=Requisition.Status.PLACED
        )[0].id
        asked = StageSeat.objects.filter(_is_waiting(), membership=people["approver"])[0].request_id
        busiest = BudgetPeriod.objects.order_by("-entries")[0].id
    pages = {
        "home": ("buyer", base),
        "catalog": ("buyer", f"{base}catalog/?q=drill"),
        "cart": ("buyer", f"{base}orders/cart/"),
        "orders": ("buyer", f"{base}orders/"),
        "an order": ("buyer", f"{base}orders/{order}/"),
        "inbox": ("approver", f"{base}approvals/"),
        "a decision": ("approver", f"{base}approvals/{asked}/"),
        "budgets": ("finance", f"{base}budgets/"),
        "a ledger": ("finance", f"{base}budgets/{busiest}/"),
        "all orders": ("finance", f"{base}orders/"),
        "insights": ("finance", f"{base}insights/"),
        "trail": ("administrator", f"{base}audit/"),
        "groups": ("administrator", f"{base}groups/"),
    }
    for name, (who, address) in pages.items():
        yield name, _look(people[who], address)
    yield "a submit", _submits(organization, people["buyer"])


def _is_waiting() -> Q:
    return Q(asked_at__isnull=False, closed_at__isnull=True)


def _people() -> Mapping[str, Membership]:
    """Return who has most to do of each kind."""
    active = Membership.objects.filter(status=Membership.Status.ACTIVE).select_related("user")
    asked = StageSeat.objects.filter(_is_waiting()).values("membership")
    approver = asked.annotate(number=Count("id")).order_by("-number", "membership")[0]
    placed = Requisition.objects.filter(status=Requisition.Status.PLACED).values("requester")
    buyer = placed.annotate(number=Count("id")).order_by("-number", "requester")[0]

    def of_the_root(role: Role) -> Membership:
        grants = RoleGrant.objects.filter(role=role, group__parent=None, membership__in=active)
        return active.get(id=grants.order_by("id")[0].membership_id)

    return {
        "buyer": active.get(id=buyer["requester"]),
        "approver": active.get(id=approver["membership"]),
        "finance": of_the_root(Role.FINANCE),
        "administrator": of_the_root(Role.ADMINISTRATOR),
    }


def _look(member: Membership, address: str) -> _Looked:
    client = Client(SERVER_NAME="localhost")
    client.force_login(member.user, _BACKEND)

    def look() -> int:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}.")
        return len(answer.content)

    look()
    with CaptureQueriesContext(connection) as captured:
        characters = look()
    queries = len(captured)
    return _Looked(_median(look, _LOOKS), queries, characters)


def _submits(organization: Organization, member: Membership) -> _Looked:
    """Submit carts of a buyer's, each of one cheap thing; how they are filled is not counted."""

    def submit(cart: UUID) -> None:
        with tenancy.scope(organization.id):
            actor = actor_for(
                user_id=member.user_id, organization_id=organization.id, now=clock.now()
            )
            assert actor is not None
            services.submit_requisition(actor=actor, requisition_id=cart, now=clock.now())

    spent = []
    for _ in range(_SUBMITS):
        cart = _cart(organization, member)
        started = time.perf_counter()
        submit(cart)
        spent.append((time.perf_counter() - started) * 1000)
    cart = _cart(organization, member)
    with CaptureQueriesContext(connection) as queries:
        submit(cart)
    return _Looked(median(spent), len(queries), 0)


def _cart(organization: Organization, member: Membership) -> UUID:
    with tenancy.scope(organization.id):
        actor = actor_for(user_id=member.user_id, organization_id=organization.id, now=clock.now())
        assert actor is not None
        assert actor.can_anywhere(Permission.PLACE_ORDERS)
        item = CatalogItem.objects.order_by("price", "id")[0]
        return services.add_to_cart(
            actor=actor,
            item_id=item.id,
            quantity=Decimal(1),
            group_id=None,
            now=clock.now(),
        ).id


def _median(work: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    return median(spent)
