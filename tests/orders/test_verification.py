"""What orders hold on their budgets, held against what they should."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from approvals import services as approvals
from approvals.models import StageSeat
from budgets import services as budgets
from budgets.models import LedgerCheck
from budgets.movements import Document
from procurement.audit.models import AuditEvent
from procurement.core.ids import new_id
from procurement.orders import services
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import Requisition, RequisitionLine
from procurement.orders.selectors import charges_of
from procurement.orders.selectors.verification import mismatches
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, system
from tests.factories.budgets import covering_of
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    return make_market()


def submitted(market: Market, *lines: tuple[str, int]) -> Requisition:
    order = market.cart(*lines)
    services.submit_requisition(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)
    return order


def found() -> list[str]:
    return [one.what for one in mismatches(today=NOW.date())]


def test_orders_that_came_by_every_way_hold_what_they_should(market: Market) -> None:
    with market.scope():
        submitted(market, ("glasses", 3))
        waits = submitted(market, ("drill", 3), ("glasses", 2))
        seat = StageSeat.objects.select_related("request").get(closed_at=None)
        approvals.reject_lines(
            actor=market.actor("Bob"),
            seat_id=seat.id,
            keys=[seat.request.summary["lines"][1]["key"]],
            reason="We have some.",
            content_hash=seat.request.content_hash,
            channel="APP",
            now=NOW,
        )
        back = submitted(market, ("drill", 2))
        services.reopen(actor=market.actor("Alice"), requisition_id=back.id, now=NOW)
        services.submit_requisition(actor=market.actor("Alice"), requisition_id=back.id, now=NOW)
        gone = submitted(market, ("drill", 1))
        services.withdraw(actor=market.actor("Alice"), requisition_id=gone.id, now=NOW)
        assert {waits.status, gone.status} == {"DRAFT"}  # as they were read
        assert found() == []


def test_what_an_order_holds_and_should_not_is_found_with_both_figures(market: Market) -> None:
    with market.scope():
        order = submitted(market, ("drill", 4))
        Requisition.objects.filter(id=order.id).update(status="REJECTED")
        first, second = found()
        assert f"{order.number} should have nothing set aside (rejected)" in first
        assert "it holds $640.00 reserved" in first
        assert second == first


def test_an_order_on_its_way_that_holds_too_little_or_nothing_is_found(market: Market) -> None:
    with market.scope():
        order = submitted(market, ("drill", 4))
        line = RequisitionLine.objects.get(requisition=order)
        RequisitionLine.objects.filter(id=line.id).update(amount=Decimal("650.00"))
        assert all("should have $650.00 reserved (pending)" in one for one in found())
        RequisitionLine.objects.filter(id=line.id).update(amount=line.amount)
        assert found() == []
        document = Document(SUBJECT_KIND, order.id, order.number, NOW.date())
        budgets.release(actor=system(market.organization), document=document, now=NOW)
        assert len(found()) == 2


def test_an_order_that_never_reserved_is_found_on_every_budget_above_it(market: Market) -> None:
    with market.scope():
        cart = market.cart(("drill", 4))
        Requisition.objects.filter(id=cart.id).update(
            status="PENDING",
            submitted_at=NOW + timedelta(minutes=1),
            charged_on=NOW.date(),
            total=Decimal("640.00"),
        )
        assert [one.partition("; ")[2] for one in found()] == ["it holds nothing"] * 2


def test_a_reservation_without_an_order_is_found(market: Market) -> None:
    with market.scope():
        order = submitted(market, ("drill", 4))
        stray = Document(SUBJECT_KIND, new_id(), "R-2026-9999", NOW.date())
        budgets.reserve(
            actor=system(market.organization),
            covering=covering_of(market.groups["Field Service"]),
            charges=charges_of([order.id])[order.id],
            document=stray,
            now=NOW,
        )
        assert all(one.startswith("R-2026-9999 is no order any more") for one in found())
        assert len(found()) == 2


def test_an_increase_whose_order_waits_no_more_is_found(market: Market) -> None:
    small = make_market("Small Works", cap="500.00")
    with small.scope():
        order = small.cart(("drill", 4))
        services.ask_for_room(
            actor=small.actor("Alice"), requisition_id=order.id, reason="The depot.", now=NOW
        )
        assert found() == []
        Requisition.objects.filter(id=order.id).update(status="DRAFT")
        (one,) = found()
        assert one == (
            f"an increase of $140.00 waits for a decision, and {order.number} does not wait for "
            "it (draft)"
        )


def test_the_check_is_kept_and_keepers_are_told_of_what_it_finds(market: Market) -> None:
    clock = system(market.organization)
    with market.scope():
        order = submitted(market, ("drill", 4))
        held = services.check_ledger(actor=clock, now=NOW)
        assert (held.found, held.documents, held.findings) == (0, 1, [])
        assert not OutboxMessage.objects.filter(template="ledger_check").exists()
        Requisition.objects.filter(id=order.id).update(status="REJECTED")
        off = services.check_ledger(actor=clock, now=NOW)
        assert off.found == 2
        assert order.number in off.findings[0]["sentence"]
        told = OutboxMessage.objects.filter(template="ledger_check")
        assert {mail.recipient for mail in told} == {
            market.people[name].user.email for name in ("Dana", "Adam")
        }
        assert AuditEvent.objects.filter(action="ledger.checked").count() == 2


def test_each_night_at_three_the_ledger_is_checked_once(market: Market) -> None:
    clock = system(market.organization)
    with market.scope():
        zone = market.organization.time_zone
        assert zone == "America/New_York"
        three = datetime.fromisoformat("2026-11-25T08:10:00+00:00")
        assert services.check_ledger_nightly(actor=clock, now=NOW) is None
        assert services.check_ledger_nightly(actor=clock, now=three) is not None
        assert services.check_ledger_nightly(actor=clock, now=three + timedelta(minutes=40)) is None
        assert LedgerCheck.objects.get().is_scheduled
