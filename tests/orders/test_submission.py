"""From the cart to the purchase order, through every gate in between."""

from decimal import Decimal

import pytest

from accounts.models import Organization
from approvals import services as approvals
from approvals.models import ApprovalRequest, StageSeat
from budgets.models import BudgetPeriod, LedgerEntry
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.orders import selectors, services
from procurement.orders.models import PurchaseOrder, Requisition
from procurement.orders.services import SubmitOutcome
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

REASON = "Panel fitting at the depot asks for a recorded torque."


@pytest.fixture
def market() -> Market:
    return make_market()


def submit(market: Market, cart: Requisition, by: str = "Alice") -> services.SubmitVerdict:
    return services.submit_requisition(actor=market.actor(by), requisition_id=cart.id, now=NOW)


def facilities_period(market: Market) -> BudgetPeriod:
    return BudgetPeriod.objects.get(
        budget__group=market.groups["Facilities"], starts_on__lte=NOW, ends_on__gte=NOW
    )


def decide(market: Market, name: str, choice: str, comment: str = "") -> approvals.Verdict:
    seat = StageSeat.objects.get(
        membership=market.people[name], asked_at__isnull=False, closed_at__isnull=True
    )
    return approvals.decide(
        actor=market.actor(name),
        seat_id=seat.id,
        choice=choice,
        comment=comment,
        content_hash=seat.content_hash,
        channel="APP",
        now=NOW,
    )


def test_a_small_order_is_placed_at_once(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 3))
        verdict = submit(market, cart)
        assert verdict.outcome is SubmitOutcome.PLACED
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.PLACED
        (placed,) = PurchaseOrder.objects.all()
        assert placed.total == Decimal("60.00")
        assert placed.number == "PO-2026-0001"
        period = facilities_period(market)
        assert (period.reserved, period.committed) == (Decimal(0), Decimal("60.00"))


def test_a_medium_order_waits_for_the_supervisor_and_reserves_every_ancestors_budget(
    market: Market,
) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        assert submit(market, cart).outcome is SubmitOutcome.SUBMITTED
        asked = StageSeat.objects.select_related("membership__user").get()
        assert asked.membership.user.name == "Bob Supervisor"
        assert facilities_period(market).reserved == Decimal("640.00")
        assert LedgerEntry.objects.filter(document_id=cart.id, kind="RESERVE").count() == 2
        (mail,) = OutboxMessage.objects.filter(template="decision_request")
        assert mail.recipient == asked.membership.user.email


def test_approval_places_the_order_and_commits_its_budget(market: Market) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        submit(market, cart)
        decide(market, "Bob", "APPROVE")
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.PLACED
        period = facilities_period(market)
        assert (period.reserved, period.committed) == (Decimal(0), Decimal("640.00"))
        assert OutboxMessage.objects.filter(
            template="purchase_order", recipient="orders@halden.example"
        ).exists()


def test_a_large_order_goes_on_to_director_and_finance(market: Market) -> None:
    with market.scope():
        cart = market.cart(("tablet", 3), ("drill", 4), ("glasses", 4))
        assert selectors.draft_of(market.actor("Alice")).total == Decimal("4800.00")
        submit(market, cart)
        decide(market, "Erin", "APPROVE")
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.PENDING
        decide(market, "Dana", "APPROVE")
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.PLACED
        suppliers = PurchaseOrder.objects.filter(requisition=cart)
        assert sorted(order.total for order in suppliers) == [Decimal(720), Decimal(4080)]


def test_rejection_gives_the_budget_back_and_the_order_can_be_edited_and_resubmitted(
    market: Market,
) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        submit(market, cart)
        decide(market, "Bob", "REJECT", "Two are enough for now.")
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.REJECTED
        assert facilities_period(market).reserved == Decimal(0)
        again = services.reopen(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        line = again.lines.get()
        services.change_line(
            actor=market.actor("Alice"), line_id=line.id, quantity=Decimal(2), now=NOW
        )
        assert submit(market, again).outcome is SubmitOutcome.SUBMITTED
        assert facilities_period(market).reserved == Decimal("320.00")
        statuses = ApprovalRequest.objects.values_list("status", flat=True)
        assert sorted(statuses) == ["PENDING", "REJECTED"]


def test_withdrawing_ends_the_request_and_gives_the_budget_back(market: Market) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        submit(market, cart)
        services.withdraw(
            actor=market.actor("Alice"), requisition_id=cart.id, reason="Found one.", now=NOW
        )
        assert facilities_period(market).reserved == Decimal(0)
        assert ApprovalRequest.objects.get().status == "WITHDRAWN"


def test_an_order_over_the_remaining_budget_is_refused_with_the_budget_named() -> None:
    market = make_market(cap="500.00")
    with market.scope():
        cart = market.cart(("drill", 4))
        verdict = submit(market, cart)
        assert verdict.outcome is SubmitOutcome.REFUSED
        assert verdict.assessment is not None
        (refusal,) = verdict.assessment.refusals
        assert refusal.code == "BUDGET"
        assert "Facilities, Q4 2026" in refusal.sentence
        assert "Only $500.00 left of $500.00" in refusal.sentence
        assert "Dana Finance" in refusal.sentence
        cart.refresh_from_db()
        assert cart.status == Requisition.Status.DRAFT
        assert not ApprovalRequest.objects.exists()
        assert AuditEvent.objects.filter(action="requisition.refused").count() == 1


def test_a_restricted_line_needs_a_justification_and_asks_one_more_approver(
    market: Market,
) -> None:
    with market.scope():
        cart = market.cart(("torque", 1))
        refused = submit(market, cart)
        assert refused.outcome is SubmitOutcome.REFUSED
        services.change_line(
            actor=market.actor("Alice"),
            line_id=cart.lines.get().id,
            justification=REASON,
            now=NOW,
        )
        assert submit(market, cart).outcome is SubmitOutcome.SUBMITTED
        assert StageSeat.objects.get().membership == market.people["Bob"]


def test_a_blocked_line_is_refused_unless_its_rule_allows_a_justified_exception(
    market: Market,
) -> None:
    with market.scope():
        radio = market.cart(("radio", 1), justification=REASON)
        assert submit(market, radio).outcome is SubmitOutcome.REFUSED
        services.remove_line(actor=market.actor("Alice"), line_id=radio.lines.get().id, now=NOW)
        exception = market.cart(("consumer", 1), justification=REASON)
        assert submit(market, exception).outcome is SubmitOutcome.SUBMITTED


def test_submitting_twice_changes_nothing_the_second_time(market: Market) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        submit(market, cart)
        assert submit(market, cart).outcome is SubmitOutcome.ALREADY
        assert ApprovalRequest.objects.count() == 1
        assert facilities_period(market).reserved == Decimal("640.00")


def test_preview_and_submit_are_the_same_judgement(market: Market) -> None:
    with market.scope():
        cart = market.cart(("tablet", 2), ("torque", 1), justification=REASON)
        actor = market.actor("Alice")
        preview = selectors.preview(actor, selectors.draft_of(actor), now=NOW)
        verdict = submit(market, cart)
        assert verdict.assessment == preview


def test_an_order_without_a_policy_is_refused_rather_than_waved_through() -> None:
    market = make_market()
    with market.scope():
        cart = market.cart(("glasses", 1))
        actor = market.actor("Alice")
        draft = selectors.draft_of(actor)
        around = selectors.surroundings_of(
            actor, draft, on=NOW.date(), time_zone="UTC", now=NOW.replace(year=2020)
        )
        assert around.policies == ()
        verdict = services.submit_requisition(
            actor=actor, requisition_id=cart.id, now=NOW.replace(year=2020)
        )
        assert verdict.outcome is SubmitOutcome.REFUSED


def test_the_empty_cart_is_refused(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 1))
        services.remove_line(actor=market.actor("Alice"), line_id=cart.lines.get().id, now=NOW)
        verdict = submit(market, cart)
        assert verdict.assessment is not None
        assert [refusal.code for refusal in verdict.assessment.refusals] == ["EMPTY"]


def test_nobody_submits_or_fills_somebody_elses_cart(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 1))
        with pytest.raises(NotFound):
            submit(market, cart, by="Adam")
        with pytest.raises(NotFound):
            services.change_line(
                actor=market.actor("Adam"),
                line_id=cart.lines.get().id,
                quantity=Decimal(9),
                now=NOW,
            )


def test_who_may_not_place_orders_cannot_open_a_cart(market: Market) -> None:
    with market.scope(), pytest.raises(DomainError, match="Requisitioner"):
        market.cart(("glasses", 1), by="Dana")


def test_a_cart_cannot_be_moved_to_a_group_one_may_not_buy_for(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 1))
        with pytest.raises((NotAllowed, NotFound)):
            services.change_cart(
                actor=market.actor("Alice"),
                requisition_id=cart.id,
                group_id=market.groups["Engineering"].id,
                note="",
                wanted_on=None,
                now=NOW,
            )


def test_a_submitted_order_cannot_be_changed(market: Market) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        line = cart.lines.get()
        submit(market, cart)
        with pytest.raises((Conflict, NotFound)):
            services.change_line(
                actor=market.actor("Alice"), line_id=line.id, quantity=Decimal(1), now=NOW
            )


def test_the_same_item_twice_adds_up_in_one_line(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 1), ("glasses", 2))
        assert cart.lines.get().quantity == Decimal(3)


@pytest.mark.parametrize("quantity", ["0", "-1", "100001"])
def test_a_quantity_out_of_range_is_refused_beside_its_field(market: Market, quantity: str) -> None:
    with market.scope(), pytest.raises(DomainError) as refusal:
        services.add_to_cart(
            actor=market.actor("Alice"),
            item_id=market.items["glasses"].id,
            quantity=Decimal(quantity),
            now=NOW,
        )
    assert refusal.value.field == "quantity"


@pytest.mark.parametrize(("above", "asks"), [("479.99", True), ("480.00", False), (None, False)])
def test_the_mail_says_when_the_link_alone_is_not_enough(
    market: Market, *, above: str | None, asks: bool
) -> None:
    Organization.objects.filter(id=market.organization.id).update(sign_in_above=above)
    with market.scope():
        submit(market, market.cart(("drill", 3)))
        message = OutboxMessage.objects.get(template="decision_request")
    assert message.context["summary"]["asks_to_sign_in"] is asks
