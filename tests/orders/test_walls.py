"""What the database itself refuses, whoever places an order."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from approvals.models import ApprovalRequest
from procurement.orders import selectors
from procurement.orders.models import Requisition
from procurement.orders.services.placement import place_order
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market, make_market
from tests.orders.test_submission import decide, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@dataclass
class Waiting:
    """An order of Alice's that waits for Bob."""

    market: Market
    order: Requisition

    def place(self) -> None:
        """Place it, as code would that has forgotten to ask whether it may."""
        draft = selectors.load_draft(self.order.id).draft
        with transaction.atomic():
            place_order(
                actor=system(self.market.organization), draft=draft, on=date(2026, 11, 24), now=NOW
            )


@pytest.fixture
def waiting() -> Waiting:
    market = make_market()
    with market.scope():
        order = market.cart(("drill", 4))
        submit(market, order)
    return Waiting(market, order)


def test_an_order_that_waits_for_approval_cannot_be_placed(waiting: Waiting) -> None:
    with waiting.market.scope(), pytest.raises(IntegrityError, match="has not been approved"):
        waiting.place()


@pytest.mark.parametrize("ending", ["REJECTED", "WITHDRAWN", "EXPIRED"])
def test_a_request_that_has_ended_otherwise_places_nothing(waiting: Waiting, ending: str) -> None:
    with waiting.market.scope():
        if ending == "REJECTED":
            decide(waiting.market, "Bob", "REJECT", "Not this year.")
        else:
            ApprovalRequest.objects.update(status=ending, closed_at=NOW)
        with pytest.raises(IntegrityError, match="has not been approved"):
            waiting.place()


def test_an_approval_of_other_content_places_nothing(waiting: Waiting) -> None:
    with waiting.market.scope():
        Requisition.objects.filter(id=waiting.order.id).update(content_hash="0" * 64)
        with pytest.raises(IntegrityError, match="has not been approved"):
            decide(waiting.market, "Bob", "APPROVE")


def test_no_order_is_called_placed_that_has_no_purchase_order(waiting: Waiting) -> None:
    with (
        waiting.market.scope(),
        pytest.raises(IntegrityError, match="by its purchase orders"),
        transaction.atomic(),
    ):
        Requisition.objects.filter(id=waiting.order.id).update(status="PLACED")


def test_an_approved_order_is_placed(waiting: Waiting) -> None:
    with waiting.market.scope():
        decide(waiting.market, "Bob", "APPROVE")
        assert Requisition.objects.get(id=waiting.order.id).status == "PLACED"
