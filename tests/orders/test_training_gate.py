"""Training that has to be read before anything is bought."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.models import Role, TrainingPage
from accounts.training import GRACE
from procurement.audit.models import AuditEvent
from procurement.core.clock import local_date
from procurement.orders import selectors, services
from procurement.orders.models import Requisition
from procurement.orders.services import SubmitOutcome
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def market() -> Iterator[Market]:
    with time_machine.travel(NOW):
        yield make_market()


def require(market: Market, *roles: str, before_buying: bool = True) -> TrainingPage:
    actor = system(market.organization)
    page = accounts.create_training_page(
        actor=actor, title="Guided buying", body="Take what is preferred.", now=NOW
    )
    accounts.require_training(
        actor=actor,
        page=page,
        roles=roles or [Role.REQUISITIONER],
        before_buying=before_buying,
        every_months=12,
        required_from=local_date(NOW, market.organization.time_zone),
        now=NOW,
    )
    return page


def read(market: Market, page: TrainingPage) -> None:
    accounts.acknowledge_training(actor=market.actor("Alice"), page=page, number=1, now=NOW)


def submit(market: Market, cart: Requisition, now: datetime = NOW) -> services.SubmitVerdict:
    return services.submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=now)


def codes(market: Market, now: datetime = NOW) -> list[str]:
    actor = market.actor("Alice")
    assessment = selectors.preview(actor, selectors.draft_of(actor), now=now)
    return [refusal.code for refusal in assessment.refusals]


def test_who_has_not_read_what_comes_first_is_refused_with_the_page_and_it_is_on_record(
    market: Market,
) -> None:
    with market.scope():
        page = require(market)
        cart = market.cart(("glasses", 1))
        assert codes(market) == ["TRAINING"]
        verdict = submit(market, cart)
        assert verdict.outcome is SubmitOutcome.REFUSED
        assert verdict.assessment is not None
        (refusal,) = verdict.assessment.refusals
        assert refusal.sentence == "Read “Guided buying” first, under Training."
        assert refusal.training == page.slug
        event = AuditEvent.objects.get(action="requisition.refused")
        assert event.after is not None
        assert event.after["refusals"][0]["code"] == "TRAINING"
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.DRAFT
        read(market, page)
        assert codes(market) == []
        assert submit(market, cart).outcome is SubmitOutcome.PLACED


@pytest.mark.parametrize("before_buying", [True, False])
def test_what_is_asked_of_other_roles_or_not_before_buying_stands_in_nobodys_way(
    market: Market, *, before_buying: bool
) -> None:
    with market.scope():
        require(
            market,
            Role.FINANCE if before_buying else Role.REQUISITIONER,
            before_buying=before_buying,
        )
        assert submit(market, market.cart(("glasses", 1))).outcome is SubmitOutcome.PLACED


def test_an_anniversary_leaves_thirty_days_before_it_stands_in_the_way(market: Market) -> None:
    with market.scope():
        read(market, require(market))
        market.cart(("glasses", 1))
        anniversary = NOW + timedelta(days=365)
        assert "TRAINING" not in codes(market, anniversary)
        assert "TRAINING" not in codes(market, anniversary + GRACE - timedelta(days=1))
        assert "TRAINING" in codes(market, anniversary + GRACE)


def test_the_page_that_is_archived_or_required_no_longer_stands_in_nobodys_way(
    market: Market,
) -> None:
    with market.scope():
        page = require(market)
        market.cart(("glasses", 1))
        accounts.archive_training_page(actor=system(market.organization), page=page, now=NOW)
        assert codes(market) == []


def test_asking_for_training_costs_a_submit_not_one_query_more(market: Market) -> None:
    with market.scope():
        without = _queries_of_a_submit(market)
        read(market, require(market))
        assert _queries_of_a_submit(market) == without


def _queries_of_a_submit(market: Market) -> int:
    actor, cart = market.actor("Alice"), market.cart(("glasses", 1))
    with CaptureQueriesContext(connection) as captured:
        services.submit_requisition(actor=actor, requisition_id=cart.id, now=NOW)
    return len(captured)


def test_the_cart_leads_to_the_page_and_the_api_names_it(market: Market) -> None:
    with market.scope():
        page = require(market)
        market.cart(("glasses", 1))
    client = Client()
    client.force_login(market.people["Alice"].user, backend=BACKEND)
    slug = market.organization.slug
    html = client.get(f"/{slug}/orders/cart/").content.decode()
    assert f'<a href="/{slug}/training/{page.slug}/">Read “Guided buying” first' in html
    headers = {"X-Organization": slug}
    answer = client.get("/api/v1/orders/cart/preview/", headers=headers).json()
    assert answer["is_submittable"] is False
    assert answer["refusals"] == [
        {
            "code": "TRAINING",
            "sentence": "Read “Guided buying” first, under Training.",
            "line": None,
            "training": page.slug,
        }
    ]
