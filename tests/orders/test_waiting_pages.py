"""What a requester whom budgets stop reads and presses, in the browser and through the API."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from approvals import services as approvals
from approvals.models import StageSeat
from budgets.models import Budget, BudgetIncrease, BudgetSettings
from procurement.core.ids import new_id
from procurement.orders import services
from procurement.orders.models import Requisition
from tests.answers import Answer
from tests.factories.accounts import NOW, system
from tests.factories.budgets import make_budget
from tests.factories.orders import Market, make_market
from tests.orders.pages import BACKEND, text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def market() -> Iterator[Market]:
    made = make_market(cap="500.00")
    with time_machine.travel(LATER, tick=False):
        yield made


class Browser:
    """Somebody signed in, below ``/<organization>/orders/`` and its API."""

    def __init__(self, market: Market, name: str) -> None:
        self.root = f"/{market.organization.slug}/orders/"
        self.client = Client(headers={"X-Organization": market.organization.slug})
        self.client.force_login(market.people[name].user, BACKEND)

    def get(self, path: str = "") -> Answer:
        return self.client.get(self.root + path)

    def post(self, path: str, **data: str) -> Answer:
        return self.client.post(self.root + path, data)


@pytest.fixture
def alice(market: Market) -> Browser:
    return Browser(market, "Alice")


def stopped(market: Market) -> tuple[Requisition, str]:
    """Fill a cart that Facilities has too little room for; return it and its budget's id."""
    with market.scope():
        cart = market.cart(("drill", 4))
        budget = Budget.objects.get(group=market.groups["Facilities"])
        return cart, str(budget.id)


def status_of(market: Market, order: Requisition) -> str:
    with market.scope():
        order.refresh_from_db()
        return order.status


def test_the_cart_leads_a_stopped_order_to_its_ways_on(market: Market, alice: Browser) -> None:
    cart, _ = stopped(market)
    page = text(alice.get("cart/"))
    assert "Ask for an increase, or wait" in page
    assert "begins anew on Jan 1" in page
    answer = alice.post("cart/room/", requisition=str(cart.id), note="For the depot")
    assert answer["Location"] == f"{alice.root}{cart.id}/room/"
    with market.scope():
        cart.refresh_from_db()
        assert cart.note == "For the depot"
    page = text(alice.get(f"{cart.id}/room/"))
    assert "Left for new orders $500.00 This order takes $640.00 Missing $140.00" in page
    assert "Dana Finance" in page
    assert "It only goes on if somebody raises that." in page


def test_one_press_asks_for_the_increase_and_has_the_order_wait(
    market: Market, alice: Browser
) -> None:
    cart, budget = stopped(market)
    amount = f"amount-{budget}"
    page = alice.get(f"{cart.id}/room/").content.decode()
    assert re.search(rf'name="{amount}"[^>]*value="140.00"', page)
    refused = alice.post(f"{cart.id}/room/", **{amount: "100.00", "reason": "The depot."})
    assert refused.status_code == 422
    assert "does not fit with less than $140.00 more" in text(refused)
    assert "The depot." in refused.content.decode()
    assert alice.post(f"{cart.id}/room/", **{amount: "150", "reason": " "}).status_code == 422
    asked = alice.post(f"{cart.id}/room/", **{amount: "150", "reason": "The depot reopens."})
    assert asked.status_code == 302
    assert status_of(market, cart) == "WAITING"
    with market.scope():
        increase = BudgetIncrease.objects.get()
        assert (increase.amount, increase.document_id) == (Decimal(150), cart.id)
    page = text(alice.get(f"{cart.id}/"))
    assert "Waits for budget since Tue, Nov 24" in page
    assert "$150.00 more for Facilities, Q4 2026" in page
    assert "Waiting for approval" in page
    assert "Take it back into the cart" in page
    assert "Ask for an increase" not in page
    assert "Waiting for budget" in text(alice.get("?status=WAITING"))


def test_an_order_waits_and_is_taken_back_with_a_button_each(
    market: Market, alice: Browser
) -> None:
    cart, _ = stopped(market)
    alice.post(f"{cart.id}/wait/")
    assert status_of(market, cart) == "WAITING"
    page = text(alice.get(f"{cart.id}/"))
    assert "Nothing is held for it until then" in page
    assert "had it wait for room on Facilities, Q4 2026" in page
    assert "Ask for an increase" in page
    answer = alice.post(f"{cart.id}/stop-waiting/")
    assert answer["Location"] == f"{alice.root}cart/"
    assert status_of(market, cart) == "DRAFT"


def reject(market: Market, increase: BudgetIncrease) -> None:
    seat = StageSeat.objects.get(stage__request__subject_id=increase.id, closed_at=None)
    approvals.decide(
        actor=market.actor("Dana"),
        seat_id=seat.id,
        choice="REJECT",
        comment="Not this quarter.",
        content_hash=seat.content_hash,
        channel="APP",
        now=LATER,
    )


def test_the_page_says_which_increase_was_refused_and_what_can_be_done(
    market: Market, alice: Browser
) -> None:
    order, _ = stopped(market)
    with market.scope():
        make_budget(market.organization, market.root, 500)
        asked = services.ask_for_room(
            actor=market.actor("Alice"), requisition_id=order.id, reason="The depot.", now=LATER
        )
        first, second = sorted(asked, key=lambda one: one.period.budget.group_id == market.root.id)
        reject(market, first)
    page = text(alice.get(f"{order.id}/"))
    assert "Dana Finance refused the increase of Facilities, Q4 2026: “Not this quarter.”" in page
    assert "The order waits for what else was asked for." in page
    assert "Ask for an increase again" in page
    assert "Facilities" in text(alice.get(f"{order.id}/room/"))
    with market.scope():
        reject(market, second)
        services.stop_refused(actor=system(market.organization), increase_id=second.id, now=LATER)
    page = text(alice.get(f"{order.id}/"))
    assert "This order waited for budget, and is back in the cart" in page
    assert "refused the increase of Facilities" in page
    assert "Ask again, or wait" in page
    answer = alice.client.get(f"/api/v1/orders/{order.id}/wait/")
    assert answer.json()["refusals"] == []


def test_somebody_who_may_not_see_budgets_reads_that_it_waits_without_their_figures(
    market: Market, alice: Browser
) -> None:
    cart, _ = stopped(market)
    alice.post(f"{cart.id}/wait/")
    page = Browser(market, "Tom").get(f"{cart.id}/")
    assert page.status_code == 200
    assert "Waits for budget since" in text(page)
    assert "Missing" not in text(page)
    assert Browser(market, "Bob").get(f"{cart.id}/room/").status_code == 404


def test_the_cart_says_in_which_period_it_counts_where_deliveries_decide(
    market: Market, alice: Browser
) -> None:
    with market.scope():
        cart = market.cart(("drill", 1))
        BudgetSettings.objects.create(
            id=new_id(),
            organization_id=market.organization.id,
            charged_on="DELIVERY",
            changed_at=NOW,
        )
    answer = alice.post("cart/settings/", requisition=str(cart.id), wanted_on="2026-11-01")
    assert answer.status_code == 422
    assert "This day has passed." in text(answer)
    alice.post("cart/settings/", requisition=str(cart.id), wanted_on="2027-02-03")
    page = alice.get("cart/")
    assert "Counts in Q1 2027 and 2027" in text(page)
    assert 'value="2027-02-03"' in page.content.decode()


def test_the_api_takes_the_same_ways(market: Market, alice: Browser) -> None:
    cart, budget = stopped(market)
    api = f"/api/v1/orders/{cart.id}/"
    refused = alice.client.post(f"{api}submit/")
    assert refused.status_code == 422
    (blocked,) = refused.json()["blocked"]
    assert (blocked["budget"], blocked["room"], blocked["missing"]) == (budget, "500.00", "140.00")
    assert blocked["renews_on"] == "2027-01-01"
    preview = alice.client.get("/api/v1/orders/cart/preview/").json()
    assert preview["blocked"] == [blocked]
    assert preview["charged_on"] == "2026-11-24"
    waits = alice.client.post(f"{api}wait/")
    assert (waits.status_code, waits.json()["status"]) == (200, "WAITING")
    asked = alice.client.post(
        f"{api}ask-for-room/", {"reason": "The depot."}, content_type="application/json"
    )
    assert asked.status_code == 200
    wait = alice.client.get(f"{api}wait/").json()
    assert wait["place"] == 1
    assert [one["amount"] for one in wait["increases"]] == ["140.00"]
    back = alice.client.post(f"{api}stop-waiting/")
    assert back.status_code == 200
    assert status_of(market, cart) == "DRAFT"
    changed = alice.client.patch(
        "/api/v1/orders/cart/", {"wanted_on": "2026-12-24"}, content_type="application/json"
    )
    assert changed.json()["wanted_on"] == "2026-12-24"


def test_those_who_keep_the_books_read_what_the_checks_found(market: Market) -> None:
    with market.scope():
        order = market.cart(("drill", 2))
        services.submit_requisition(actor=market.actor("Alice"), requisition_id=order.id, now=LATER)
        Requisition.objects.filter(id=order.id).update(status="REJECTED")
        check = services.check_ledger(actor=market.actor("Dana"), now=LATER)
    dana = Browser(market, "Dana")
    root = f"/{market.organization.slug}/budgets/ledger-checks/"
    page = text(dana.client.get(root))
    assert "2 off" in page
    page = text(dana.client.get(f"{root}{check.id}/"))
    assert f"{order.number} should have nothing set aside" in page
    listed = dana.client.get("/api/v1/budgets/ledger-checks/").json()
    assert [one["found"] for one in listed["results"]] == [2]
    found = dana.client.get(f"/api/v1/budgets/ledger-checks/{check.id}/").json()
    assert len(found["findings"]) == 2
