"""What is asked for a waiting order: agreed to or refused, by one or by several."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from approvals import services as approvals
from approvals.models import StageSeat
from budgets.models import Budget, BudgetIncrease
from procurement.core.errors import DomainError
from procurement.orders import selectors, services
from procurement.orders.models import Requisition
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, system
from tests.factories.budgets import make_budget
from tests.factories.orders import Market, make_market
from tests.orders.waiting import asked_for, proceed, raise_cap, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def market() -> Market:
    """Facilities may use $500 a quarter."""
    return make_market(cap="500.00")


def answer(market: Market, increase: BudgetIncrease, choice: str, comment: str = "") -> None:
    seat = StageSeat.objects.get(stage__request__subject_id=increase.id, closed_at=None)
    approvals.decide(
        actor=market.actor("Dana"),
        seat_id=seat.id,
        choice=choice,
        comment=comment,
        content_hash=seat.content_hash,
        channel="APP",
        now=NOW,
    )


def test_an_approved_increase_lets_its_order_go_on(market: Market) -> None:
    with market.scope():
        order, increase = asked_for(market, ("drill", 4))
        assert increase.amount == Decimal("140.00")
        assert (increase.document_id, increase.document_label) == (order.id, order.number)
        assert status_of(order) == "WAITING"
        answer(market, increase, "APPROVE")
        assert proceed(market) == [order.number]
        assert status_of(order) == "PENDING"


def test_a_refused_increase_takes_its_order_back_to_the_cart_and_says_why(market: Market) -> None:
    with market.scope():
        order, increase = asked_for(market, ("drill", 4))
        answer(market, increase, "REJECT", "Not this quarter.")
        clock = system(market.organization)
        assert services.stop_refused(actor=clock, increase_id=increase.id, now=NOW)
        assert not services.stop_refused(actor=clock, increase_id=increase.id, now=NOW)
        assert status_of(order) == "DRAFT"
        mail = OutboxMessage.objects.get(template="waiting_order")
        assert (
            "Dana Finance refused the increase of Facilities, Q4 2026"
            in (mail.context["reasons"][0])
        )
        assert "Not this quarter." in mail.context["reasons"][0]


def asked_for_twice(market: Market) -> tuple[Requisition, BudgetIncrease, BudgetIncrease]:
    """Have an order wait for an increase of Facilities, and for one of the root's budget."""
    make_budget(market.organization, market.root, 500)
    order = market.cart(("drill", 4))
    asked = services.ask_for_room(
        actor=market.actor("Alice"),
        requisition_id=order.id,
        reason="The depot reopens.",
        now=NOW,
    )
    by_group = {one.period.budget.group_id: one for one in asked}
    return order, by_group[market.groups["Facilities"].id], by_group[market.root.id]


def told_of(order: Requisition) -> list[tuple[str, list[str]]]:
    """Return what mails about an order said, the oldest first."""
    mails = OutboxMessage.objects.filter(template="waiting_order", context__number=order.number)
    return [(one.context["news"], one.context["reasons"]) for one in mails.order_by("id")]


REFUSED = "Dana Finance refused the increase of Facilities, Q4 2026: “Not this quarter.”"


def test_one_of_two_increases_refused_is_told_at_once_while_the_order_waits_for_the_other(
    market: Market,
) -> None:
    with market.scope():
        order, refused, _ = asked_for_twice(market)
        answer(market, refused, "REJECT", "Not this quarter.")
        clock = system(market.organization)
        for _ in range(2):
            assert not services.stop_refused(actor=clock, increase_id=refused.id, now=NOW)
        assert proceed(market) == []
        assert status_of(order) == "WAITING"
        renews = "Facilities, Q4 2026 begins anew on Jan 1, 2027."
        assert told_of(order) == [("PARTLY", [REFUSED, renews])]
        (refusal,) = selectors.wait_of(order, now=NOW).refusals
        assert (refusal.sentence, refusal.renews_on) == (REFUSED, date(2027, 1, 1))


def test_a_refusal_whose_job_was_lost_is_told_as_the_queue_is_looked_at(market: Market) -> None:
    with market.scope():
        order, refused, _ = asked_for_twice(market)
        answer(market, refused, "REJECT", "Not this quarter.")
        for _ in range(2):
            assert proceed(market) == []
        assert [news for news, _ in told_of(order)] == ["PARTLY"]
        assert status_of(order) == "WAITING"


def test_an_order_that_lacks_a_refused_increase_comes_back_once_the_other_is_approved(
    market: Market,
) -> None:
    with market.scope():
        order, refused, other = asked_for_twice(market)
        answer(market, refused, "REJECT", "Not this quarter.")
        answer(market, other, "APPROVE")
        assert proceed(market) == []
        assert status_of(order) == "DRAFT"
        ((news, reasons),) = told_of(order)
        assert (news, reasons[0]) == ("REFUSED", REFUSED)
        assert proceed(market) == []


def test_an_order_comes_back_whichever_of_its_increases_is_decided_first(market: Market) -> None:
    with market.scope():
        order, refused, other = asked_for_twice(market)
        answer(market, other, "APPROVE")
        assert proceed(market) == []
        assert status_of(order) == "WAITING"
        answer(market, refused, "REJECT", "Not this quarter.")
        clock = system(market.organization)
        assert services.stop_refused(actor=clock, increase_id=refused.id, now=NOW)
        assert status_of(order) == "DRAFT"


def test_a_refused_increase_does_not_count_once_there_is_room_without_it(market: Market) -> None:
    with market.scope():
        order, refused, other = asked_for_twice(market)
        answer(market, refused, "REJECT", "Not this quarter.")
        raise_cap(market, "700.00")
        answer(market, other, "APPROVE")
        assert proceed(market) == [order.number]


def test_asking_again_for_what_was_refused_has_the_order_wait_for_the_new_answer(
    market: Market,
) -> None:
    with market.scope():
        order, refused, other = asked_for_twice(market)
        answer(market, refused, "REJECT", "Not this quarter.")
        again = services.ask_for_room(
            actor=market.actor("Alice"),
            requisition_id=order.id,
            reason="It cannot wait.",
            now=NOW + MINUTE,
        )
        assert other.id in {one.id for one in again}
        assert selectors.wait_of(order, now=NOW + MINUTE).refusals == ()
        answer(market, other, "APPROVE")
        assert proceed(market, NOW + MINUTE) == []
        assert status_of(order) == "WAITING"


def test_taking_a_waiting_order_back_withdraws_what_was_asked_for_it(market: Market) -> None:
    with market.scope():
        order, increase = asked_for(market, ("drill", 4))
        services.stop_waiting(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)
        increase.refresh_from_db()
        assert increase.status == BudgetIncrease.Status.WITHDRAWN


def test_less_than_what_is_missing_cannot_be_asked_for(market: Market) -> None:
    with market.scope():
        order = market.cart(("drill", 4))
        budget = Budget.objects.get(group=market.groups["Facilities"])
        with pytest.raises(DomainError, match=r"less than \$140.00 more") as refused:
            services.ask_for_room(
                actor=market.actor("Alice"),
                requisition_id=order.id,
                wishes=[services.Wish(budget.id, Decimal("100.00"))],
                reason="The depot reopens.",
                now=NOW,
            )
        assert refused.value.field == f"amount-{budget.id}"
        assert status_of(order) == "DRAFT"
