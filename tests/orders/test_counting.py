"""Orders that count together, and what else is looked up only where a policy asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Facts,
    PolicyDocument,
    Rule,
    RuleKind,
    route,
)
from approvals.selectors import policies_in_force
from procurement.orders import selectors, services
from procurement.orders.assessment import Assessment
from procurement.orders.models import Requisition
from procurement.orders.services import SubmitOutcome
from tests.factories.accounts import NOW
from tests.factories.orders import SUPERVISOR, TYPICAL, Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BY_PERSON = Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)
FIRST = Rule(
    "first",
    "First order from a supplier",
    RuleKind.ASK_AFTER,
    Conditions(is_first_order=True),
    stages=(SUPERVISOR,),
)


def counting(*aggregations: Aggregation) -> PolicyDocument:
    return replace(TYPICAL, aggregations=aggregations)


def submitted(
    market: Market, *lines: tuple[str, int], by: str = "Alice", now: datetime = NOW
) -> Assessment:
    cart = market.cart(*lines, by=by)
    verdict = services.submit_requisition(actor=market.actor(by), requisition_id=cart.id, now=now)
    assert verdict.assessment is not None
    assert verdict.outcome in (SubmitOutcome.PLACED, SubmitOutcome.SUBMITTED)
    return verdict.assessment


@pytest.fixture
def market() -> Market:
    return make_market(document=counting(BY_PERSON))


def test_the_second_half_of_a_split_order_is_asked_about_like_the_whole(market: Market) -> None:
    with market.scope():
        assert submitted(market, ("glasses", 4)).plan.is_automatic
        second = submitted(market, ("glasses", 4), now=NOW + timedelta(days=3))
        assert [stage.name for stage in second.plan.stages] == ["Supervisor"]
        assert (
            "With 1 earlier order from Halden Tools by the same person within the last 30 days "
            "($80.00), $160.00 counts towards the tiers."
        ) in second.plan.sentences


def test_the_preview_says_what_counts_and_is_what_the_submit_judges(market: Market) -> None:
    with market.scope():
        submitted(market, ("glasses", 4))
        cart = market.cart(("glasses", 2))
        actor = market.actor("Alice")
        preview = selectors.preview(actor, selectors.draft_of(actor), now=NOW)
        verdict = services.submit_requisition(actor=actor, requisition_id=cart.id, now=NOW)
        assert preview == verdict.assessment
        assert preview.plan.route.counted is not None
        assert preview.plan.route.counted.amount == Decimal("120.00")


def test_only_lines_to_the_same_supplier_count(market: Market) -> None:
    with market.scope():
        submitted(market, ("glasses", 2), ("tablet", 1))
        second = submitted(market, ("glasses", 1))
        (earlier,) = second.facts.earlier
        assert (earlier.amount, earlier.orders) == (Decimal("40.00"), 1)


@pytest.mark.parametrize(
    ("after", "orders"), [(timedelta(days=30), 1), (timedelta(days=31), 0)], ids=str
)
def test_what_is_older_than_the_window_does_not_count(
    market: Market, after: timedelta, orders: int
) -> None:
    with market.scope():
        submitted(market, ("glasses", 4))
        later = submitted(market, ("glasses", 1), now=NOW + after)
        assert sum(earlier.orders for earlier in later.facts.earlier) == orders


@pytest.mark.parametrize("status", ["REJECTED", "WITHDRAWN"])
def test_what_came_to_nothing_does_not_count(market: Market, status: str) -> None:
    with market.scope():
        submitted(market, ("glasses", 4))
        Requisition.objects.update(status=status)
        assert submitted(market, ("glasses", 4)).facts.earlier == ()


def test_other_peoples_orders_do_not_count_by_person_and_do_by_group() -> None:
    market = make_market(
        document=counting(BY_PERSON, Aggregation(CountedBy.GROUP, CountedTo.SUPPLIER, 7))
    )
    with market.scope():
        submitted(market, ("glasses", 4))
        Requisition.objects.update(requester=market.people["Bob"])
        (earlier,) = submitted(market, ("glasses", 4)).facts.earlier
        assert (earlier.by, earlier.days, earlier.amount) == ("GROUP", 7, Decimal("80.00"))


def test_orders_in_the_same_category_count_whoever_sells() -> None:
    market = make_market(document=counting(Aggregation(CountedBy.REQUESTER, CountedTo.CATEGORY, 7)))
    with market.scope():
        submitted(market, ("drill", 1))
        drill, tablet = market.items["drill"], market.items["tablet"]
        assert drill.category_id != tablet.category_id
        (earlier,) = submitted(market, ("glasses", 1), ("tablet", 1)).facts.earlier
        assert (earlier.label, earlier.amount) == ("Wrenches and drivers", Decimal("160.00"))


def test_no_order_counts_by_an_address_while_there_is_none() -> None:
    market = make_market(document=counting(Aggregation(CountedBy.ADDRESS, CountedTo.SUPPLIER, 7)))
    with market.scope():
        submitted(market, ("glasses", 4))
        assert submitted(market, ("glasses", 4)).facts.earlier == ()


def test_the_stored_facts_route_to_the_same_stages_again(market: Market) -> None:
    with market.scope():
        submitted(market, ("glasses", 4))
        second = submitted(market, ("glasses", 4))
        submitted(market, ("glasses", 40))
        stored = ApprovalRequest.objects.get(subject_id=second.draft.id)
        facts = Facts.from_json(stored.facts)
        again = route(facts, policies_in_force(facts.group_path, NOW))
        assert facts == second.facts
        assert again == second.plan.route


def test_a_suppliers_first_order_is_asked_about_and_the_next_is_not() -> None:
    market = make_market(document=replace(TYPICAL, rules=(FIRST,)))
    with market.scope():
        assert not submitted(market, ("glasses", 1)).plan.is_automatic
        assert submitted(market, ("glasses", 1)).plan.is_automatic


def test_facts_name_categories_roles_budgets_and_the_cost_centre(market: Market) -> None:
    with market.scope():
        facilities = market.groups["Facilities"]
        type(facilities).objects.filter(id=facilities.id).update(code="4200")
        facts = submitted(market, ("glasses", 1)).facts
        (path,) = facts.category_paths
        assert path == ("27000000", "27110000", "27111700")
        assert dict(facts.category_labels)["27111700"] == "Wrenches and drivers"
        assert facts.cost_centre == "4200"
        assert "REQUISITIONER" in facts.requester_roles
        assert facts.budget_state == "WITHIN"


def test_a_tight_budget_is_said_to_warn_and_a_full_one_to_be_over() -> None:
    market = make_market(cap="200.00")
    with market.scope():
        actor = market.actor("Alice")
        market.cart(("drill", 1))
        preview = selectors.preview(actor, selectors.draft_of(actor), now=NOW)
        assert preview.facts.budget_state == "WARNING"
        market.cart(("drill", 1))
        preview = selectors.preview(actor, selectors.draft_of(actor), now=NOW)
        assert preview.facts.budget_state == "OVER"


@contextmanager
def statements(spent: list[int]) -> Iterator[None]:
    with CaptureQueriesContext(connection) as found:
        yield
    spent.append(len(found))


def test_a_submit_asks_about_earlier_orders_only_where_a_policy_does() -> None:
    spent: list[int] = []
    for name, document in (("Plain", TYPICAL), ("Counting", counting(BY_PERSON))):
        market = make_market(name, document=document)
        with market.scope():
            cart = market.cart(("glasses", 1))
            with statements(spent):
                services.submit_requisition(
                    actor=market.actor("Alice"), requisition_id=cart.id, now=NOW
                )
    plain, with_counting = spent
    # The lock and the sum, sent in one batch.
    assert with_counting == plain + 2
