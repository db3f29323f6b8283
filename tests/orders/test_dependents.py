"""What orders have set aside follows their group to the budgets that cover it now."""

from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.effects import EffectKind
from budgets import selectors as budgets
from budgets import services
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.movements import Document
from catalogs.models import Category
from procurement.audit.models import AuditEvent
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import Requisition
from procurement.orders.services import submit_requisition
from tests.factories.accounts import NOW, make_group, make_member, system
from tests.factories.changes import move
from tests.factories.orders import Market, make_market

NOTHING = Decimal(0)
_serial = count()

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    return make_market()


def budget(market: Market, group: str, cap: str) -> None:
    services.set_budget(
        actor=system(market.organization),
        group=market.groups[group],
        kind=PeriodKind.QUARTER,
        cap=Decimal(cap),
        now=NOW,
    )


def order(market: Market, *lines: tuple[str, int]) -> Requisition:
    cart = market.cart(*lines)
    submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
    cart.refresh_from_db()
    return cart


def _document(requisition: Requisition) -> Document:
    return Document(SUBJECT_KIND, requisition.id, requisition.number, NOW.date())


def counters(market: Market, group: str) -> tuple[Decimal, Decimal]:
    period = BudgetPeriod.objects.get(
        budget__group=market.groups[group], starts_on__lte=NOW.date(), ends_on__gte=NOW.date()
    )
    return period.reserved, period.committed


def test_open_orders_leave_the_budgets_above_and_are_taken_on_by_those_that_cover_them_now(
    market: Market,
) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        waiting, placed = order(market, ("drill", 4)), order(market, ("glasses", 1))
        assert (waiting.status, placed.status) == ("PENDING", "PLACED")
        effects = move(market, market.groups["Field Service"], market.groups["Engineering"])
        assert counters(market, "Facilities") == (NOTHING, NOTHING)
        assert counters(market, "Engineering") == (Decimal("640.00"), Decimal("20.00"))
        money = {(one.kind, one.subject.split(",")[0]): one.amount for one in effects if one.amount}
        assert money == {
            (EffectKind.BUDGET_LOSES, "Facilities"): Decimal("-660.00"),
            (EffectKind.BUDGET_GAINS, "Engineering"): Decimal("660.00"),
        }
        assert not list(budgets.discrepancies())
        assert AuditEvent.objects.filter(action="budget.shifted").count() == 2


def test_a_budget_without_the_room_stands_in_the_way_and_nothing_moves(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "600.00")
        order(market, ("drill", 4))
        lines = LedgerEntry.objects.count()
        effects = move(market, market.groups["Field Service"], market.groups["Engineering"])
        (blocked,) = [one for one in effects if one.kind is EffectKind.BLOCKED]
        assert "$640.00" in blocked.sentence
        assert "has $600.00 left" in blocked.sentence
        assert "Dana Finance can raise it." in blocked.sentence
        # The period of Engineering was opened; no line has moved anything.
        assert LedgerEntry.objects.exclude(kind="OPEN").count() <= lines
        assert not LedgerEntry.objects.filter(kind="SHIFT").exists()


def test_what_was_spent_stays_where_it_happened(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        placed = order(market, ("glasses", 2))
        services.spend(
            actor=system(market.organization),
            document=_document(placed),
            charges=[Charge(Decimal("40.00"))],
            reference="INV-1",
            now=NOW,
        )
        move(market, market.groups["Field Service"], market.groups["Engineering"])
        assert counters(market, "Engineering") == (NOTHING, NOTHING)
        spent = BudgetPeriod.objects.get(budget__group=market.groups["Facilities"], spent__gt=0)
        assert spent.spent == Decimal("40.00")


def test_moving_there_and_back_leaves_the_books_as_they_were(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        order(market, ("drill", 4))
        move(market, market.groups["Field Service"], market.groups["Engineering"])
        market.groups["Field Service"].refresh_from_db()
        move(market, market.groups["Field Service"], market.groups["Facilities"])
        assert counters(market, "Facilities") == (Decimal("640.00"), NOTHING)
        assert counters(market, "Engineering") == (NOTHING, NOTHING)
        assert not list(budgets.discrepancies())


def test_an_order_decided_after_the_move_is_committed_where_it_stands_now(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        waiting = order(market, ("drill", 4))
        move(market, market.groups["Field Service"], market.groups["Engineering"])
        services.commit(actor=system(market.organization), document=_document(waiting), now=NOW)
        assert counters(market, "Engineering") == (NOTHING, Decimal("640.00"))
        assert counters(market, "Facilities") == (NOTHING, NOTHING)


def of_tools(market: Market, group: str, cap: str) -> None:
    """Give a group a yearly budget for tools alone."""
    services.set_budget(
        actor=system(market.organization),
        group=market.groups[group],
        kind=PeriodKind.YEAR,
        cap=Decimal(cap),
        now=NOW,
    )
    category = Category.objects.get(code="27111700")
    found = Budget.objects.filter(group=market.groups[group], kind="YEAR", category=None)
    assert found.update(category=category) == 1


def held(market: Market, group: str, kind: str) -> tuple[Decimal, Decimal]:
    found = [
        (one.reserved, one.committed)
        for one in budgets.covering([market.groups[group].id], NOW.date())
        if one.period.kind == kind
    ]
    return found[0]


def test_limited_and_personal_budgets_follow_with_their_share(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        of_tools(market, "Engineering", "900.00")
        for name in ("Alice", "Bob"):
            own = services.set_budget(
                actor=system(market.organization),
                group=market.groups["Engineering"],
                kind=PeriodKind.MONTH,
                cap=Decimal("3000.00"),
                now=NOW,
            )
            Budget.objects.filter(id=own.id).update(membership=market.people[name])
        order(market, ("drill", 4), ("tablet", 1))
        move(market, market.groups["Field Service"], market.groups["Engineering"])
        assert held(market, "Engineering", "QUARTER") == (Decimal("2000.00"), NOTHING)
        assert held(market, "Engineering", "YEAR") == (Decimal("640.00"), NOTHING)
        personal = BudgetPeriod.objects.filter(budget__membership__isnull=False, reserved__gt=0)
        assert [(one.budget.membership, one.reserved) for one in personal] == [
            (market.people["Alice"], Decimal("2000.00"))
        ]
        assert not list(budgets.discrepancies())


def test_what_is_billed_after_a_move_counts_where_the_order_stands_now(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        placed = order(market, ("glasses", 2))
        said: dict[str, Any] = {
            "actor": system(market.organization),
            "document": _document(placed),
            "now": NOW,
        }
        half = [Charge(Decimal("15.00"))]
        services.spend(**said, charges=half, reference="INV-1", is_final=False)
        move(market, market.groups["Field Service"], market.groups["Engineering"])
        assert counters(market, "Engineering") == (NOTHING, Decimal("25.00"))
        services.spend(**said, charges=[Charge(Decimal("30.00"))], reference="INV-2", is_final=True)
        spent = BudgetPeriod.objects.filter(spent__gt=0).values_list("budget__group__name", "spent")
        assert dict(spent.all()) == {
            "Facilities": Decimal("15.00"),
            "Engineering": Decimal("30.00"),
            market.root.name: Decimal("45.00"),
        }
        services.credit(**said, charges=[Charge(Decimal("40.00"))], reference="C-1")
        left = {"Facilities": Decimal("5.00"), market.root.name: Decimal("5.00")}
        assert dict(spent.all()) == left


def test_a_move_alerts_where_it_fills_a_budget_and_rearms_where_it_gives_back(
    market: Market,
) -> None:
    with market.scope():
        facilities = Budget.objects.get(group=market.groups["Facilities"])
        services.change_cap(
            actor=system(market.organization),
            budget_id=facilities.id,
            cap=Decimal("700.00"),
            now=NOW,
        )
        budget(market, "Engineering", "800.00")
        order(market, ("drill", 4))
        move(market, market.groups["Field Service"], market.groups["Engineering"])
        alerts = BudgetAlert.objects.order_by("crossed_at", "id")
        assert [
            (one.period.budget.group.name, one.threshold, one.rearmed_at is None) for one in alerts
        ] == [("Facilities", 80, False), ("Engineering", 80, True)]


def test_many_orders_take_no_more_queries_than_one(market: Market) -> None:
    with market.scope():
        budget(market, "Engineering", "5000.00")
        field, engineering = market.groups["Field Service"], market.groups["Engineering"]
        order(market, ("glasses", 1))
        with CaptureQueriesContext(connection) as one:
            move(market, field, engineering)
        for _ in range(5):
            order(market, ("glasses", 1))
        field.refresh_from_db()
        with CaptureQueriesContext(connection) as many:
            move(market, field, market.groups["Facilities"])
        assert len(many) <= len(one) + 2


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("order"), st.integers(0, 4), st.integers(1, 5)),
            st.tuples(st.just("move"), st.integers(0, 4), st.integers(0, 4)),
        ),
        min_size=3,
        max_size=10,
    )
)
def test_whatever_moves_each_budget_holds_what_open_orders_below_it_have_set_aside(
    market: Market, steps: list[tuple[str, int, int]]
) -> None:
    """Against a recomputation in plain Python from orders and paths alone."""
    with market.scope():
        company, organization = market, market.organization
        names = [f"{number}-{next(_serial)}" for number in range(5)]
        tree = [make_group(organization, company.root, name) for name in names]
        buyer = make_member(organization, company.root, "Bea Buyer", "REQUISITIONER")
        company.people["Bea"] = buyer
        for group in tree[:3]:
            services.set_budget(
                actor=system(organization),
                group=group,
                kind=PeriodKind.QUARTER,
                cap=Decimal("100000.00"),
                now=NOW,
            )
        for verb, first, second in steps:
            group = tree[first]
            group.refresh_from_db()
            if verb == "order":
                cart = market.cart(("drill", second), by="Bea", group_id=group.id)
                submit_requisition(actor=market.actor("Bea"), requisition_id=cart.id, now=NOW)
            else:
                target = tree[second]
                target.refresh_from_db()
                if group.id not in target.path:
                    move(market, group, target)
        for period in BudgetPeriod.objects.filter(
            starts_on__lte=NOW.date(), ends_on__gte=NOW.date()
        ).select_related("budget__group"):
            open_orders = Requisition.objects.filter(
                status__in=["PENDING", "PLACED"], group__path__contains=[period.budget.group_id]
            )
            expected = sum((one.total for one in open_orders), Decimal(0))
            assert period.reserved + period.committed == expected, period.budget.group.name
        assert not list(budgets.discrepancies())
