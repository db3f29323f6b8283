"""Orders that a budget stops: they wait, and go on by themselves in the order of their age."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from accounts.models import RoleGrant
from budgets.models import BudgetIncrease, BudgetPeriod, LedgerEntry
from catalogs.models import CatalogItem
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.orders import selectors, services
from procurement.orders.models import Requisition
from procurement.orders.selectors.verification import mismatches
from procurement.orders.services import SubmitOutcome
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, make_member
from tests.factories.orders import Market, make_market
from tests.orders.waiting import asked_for, proceed, raise_cap, status_of, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.database]

# The order and its lines, its surroundings (four), its increases (two), who is before it.
WAIT_QUERIES = 9
MINUTE = timedelta(minutes=1)
NEXT_QUARTER = datetime.combine(date(2027, 1, 4), NOW.timetz())


@pytest.fixture
def market() -> Market:
    """Facilities may use $500 a quarter."""
    return make_market(cap="500.00")


def test_a_stopped_order_says_which_budget_what_is_left_and_who_can_help(market: Market) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        verdict = services.submit_requisition(
            actor=market.actor("Alice"), requisition_id=cart.id, now=NOW
        )
        assert verdict.outcome is SubmitOutcome.REFUSED
        (blocked,) = verdict.judged.blocked
        assert (blocked.title, blocked.period) == ("Facilities", "Q4 2026")
        assert blocked.room == Decimal(500)
        assert (blocked.takes, blocked.missing) == (Decimal(640), Decimal(140))
        assert blocked.renews_on == date(2027, 1, 1)
        assert blocked.can_be_raised
        assert blocked.keepers == ("Dana Finance",)


def test_a_waiting_order_holds_nothing_and_goes_on_once_there_is_room(market: Market) -> None:
    with market.scope():
        order = waiting(market, ("drill", 4))
        assert (order.status, order.waiting_since) == ("WAITING", NOW)
        assert order.charged_on == NOW.date()
        assert not LedgerEntry.objects.filter(document_id=order.id).exists()
        assert proceed(market) == []
        raise_cap(market, "700.00")
        assert proceed(market) == [order.number]
        assert status_of(order) == "PENDING"
        assert order.waiting_since is None
        period = BudgetPeriod.objects.get(
            budget__group=market.groups["Facilities"], starts_on=date(2026, 10, 1)
        )
        assert period.reserved == Decimal("640.00")
        (mail,) = OutboxMessage.objects.filter(template="waiting_order")
        assert mail.recipient == market.people["Alice"].user.email
        assert "went on" in mail.context["heading"]
        actions = AuditEvent.objects.filter(subject_id=order.id).values_list("action", flat=True)
        assert {"requisition.waits", "requisition.proceeded"} <= set(actions)
        assert "requisition.refused" not in actions
        assert proceed(market) == []


def test_the_oldest_goes_first_and_younger_ones_that_fit_pass_one_that_does_not(
    market: Market,
) -> None:
    with market.scope():
        big = waiting(market, ("tablet", 1))
        middle = waiting(market, ("drill", 4), since=NOW + MINUTE)
        last = waiting(market, ("drill", 5), since=NOW + 2 * MINUTE)
        raise_cap(market, "1400.00")
        late = NOW + 3 * MINUTE
        assert proceed(market, late) == [big.number]
        assert status_of(middle) == status_of(last) == "WAITING"
        waits = selectors.wait_of(last, now=late)
        assert waits.place == 2
        assert [one.missing for one in waits.blocked] == [Decimal(760)]
        # 1,360 of 2,050 are taken: the middle one fits, the last one does not any more.
        raise_cap(market, "2050.00")
        assert proceed(market, late) == [middle.number]
        assert status_of(last) == "WAITING"


def test_what_waits_until_the_budget_renews_counts_in_the_new_period(market: Market) -> None:
    with market.scope():
        first = market.cart(("drill", 3))
        services.submit_requisition(actor=market.actor("Alice"), requisition_id=first.id, now=NOW)
        order = waiting(market, ("drill", 2))
        assert proceed(market) == []
        assert proceed(market, NEXT_QUARTER) == [order.number]
        assert status_of(order) == "PENDING"
        assert order.charged_on == date(2027, 1, 4)
        entry = LedgerEntry.objects.get(
            document_id=order.id, period__budget__group=market.groups["Facilities"]
        )
        assert entry.period.starts_on == date(2027, 1, 1)


def test_an_order_that_meets_something_else_goes_back_to_the_cart_with_the_reason(
    market: Market,
) -> None:
    with market.scope():
        order = waiting(market, ("drill", 4))
        CatalogItem.objects.filter(id=market.items["drill"].id).update(is_active=False)
        raise_cap(market, "700.00")
        assert proceed(market) == []
        assert status_of(order) == "DRAFT"
        (mail,) = OutboxMessage.objects.filter(template="waiting_order")
        assert mail.context["news"] == "BACK"
        assert "not offered any more" in mail.context["reasons"][0]


def test_an_order_of_somebody_who_may_not_buy_any_more_waits_and_its_stand_in_is_told_once(
    market: Market,
) -> None:
    with market.scope():
        order = waiting(market, ("drill", 4))
        Requisition.objects.filter(id=order.id).update(owner=market.people["Bob"])
        RoleGrant.objects.filter(membership=market.people["Alice"]).delete()
        raise_cap(market, "700.00")
        assert proceed(market) == []
        assert proceed(market, NOW + MINUTE) == []
        assert status_of(order) == "WAITING"
        (mail,) = OutboxMessage.objects.filter(template="waiting_order")
        assert (mail.context["news"], mail.recipient) == (
            "STUCK",
            market.people["Bob"].user.email,
        )


def test_a_waiting_order_can_be_taken_back_edited_or_cancelled(market: Market) -> None:
    with market.scope():
        alice = market.actor("Alice")
        order = waiting(market, ("drill", 4))
        with pytest.raises(Conflict, match="goes on by itself"):
            services.submit_requisition(actor=alice, requisition_id=order.id, now=NOW)
        with pytest.raises(NotFound):
            services.stop_waiting(actor=market.actor("Bob"), requisition_id=order.id, now=NOW)
        services.reopen(actor=alice, requisition_id=order.id, now=NOW)
        assert status_of(order) == "DRAFT"
        assert order.waiting_since is None
        services.wait_for_room(actor=alice, requisition_id=order.id, now=NOW)
        services.cancel_requisition(actor=alice, requisition_id=order.id, now=NOW)
        assert status_of(order) == "CANCELLED"
        raise_cap(market, "700.00")
        assert proceed(market) == []


def test_only_what_lacks_room_and_nothing_else_can_wait(market: Market) -> None:
    with market.scope():
        alice = market.actor("Alice")
        fits = market.cart(("drill", 1))
        with pytest.raises(Conflict, match="room for it by now"):
            services.wait_for_room(actor=alice, requisition_id=fits.id, now=NOW)
        services.cancel_requisition(actor=alice, requisition_id=fits.id, now=NOW)
        unexplained = market.cart(("torque", 6))
        with pytest.raises(DomainError, match="A few more words"):
            services.wait_for_room(actor=alice, requisition_id=unexplained.id, now=NOW)


def test_who_leaves_hands_a_waiting_order_over_to_somebody_who_can_ask_in_their_own_name(
    market: Market,
) -> None:
    with market.scope():
        pat = make_member(
            market.organization, market.groups["Field Service"], "Pat Next", "REQUISITIONER"
        )
        market.people["Pat"] = pat
        order, increase = asked_for(market, ("drill", 4))
        accounts.suspend_member(
            actor=market.actor("Adam"),
            membership=market.people["Alice"],
            successor=pat,
            reason="Left",
            now=NOW,
        )
        assert status_of(order) == "WAITING"
        assert (order.requester_id, order.owner_id) == (market.people["Alice"].id, pat.id)
        raise_cap(market, "700.00")
        assert proceed(market) == []
        stuck = OutboxMessage.objects.get(template="waiting_order")
        assert (stuck.recipient, stuck.context["news"]) == (pat.user.email, "STUCK")
        services.stop_waiting(actor=market.actor("Pat"), requisition_id=order.id, now=NOW)
        increase.refresh_from_db()
        assert increase.status == BudgetIncrease.Status.WITHDRAWN
        verdict = services.submit_requisition(
            actor=market.actor("Pat"), requisition_id=order.id, now=NOW
        )
        assert verdict.outcome is SubmitOutcome.SUBMITTED


def test_what_keeps_an_order_waiting_is_read_in_few_queries(
    market: Market, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with market.scope():
        order, _ = asked_for(market, ("drill", 4), ("glasses", 1))
        order = Requisition.objects.get(id=order.id)
        with django_assert_num_queries(WAIT_QUERIES):
            wait = selectors.wait_of(order, now=NOW)
        assert (len(wait.increases), wait.place) == (1, 1)
        with django_assert_num_queries(3):
            assert list(mismatches(today=NOW.date())) == []
