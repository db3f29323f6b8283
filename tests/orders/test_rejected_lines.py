"""Lines rejected out of an order: what goes on with the rest."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from approvals import services as deciding
from approvals.models import ApprovalRequest, Decision, RequestEvent, StageSeat
from approvals.services import Verdict, VerdictCode
from budgets.models import LedgerEntry
from procurement.core.errors import Conflict, DomainError
from procurement.orders import selectors
from procurement.orders.models import Requisition, RequisitionLine
from tests.factories.orders import TYPICAL, Market, make_market
from tests.orders.changing import (
    LATER,
    approve,
    asked,
    in_turn,
    mails_to,
    pending,
    publish_again,
    rederives,
    submitted,
)

pytestmark = pytest.mark.django_db

# Rejecting single lines


def reject(market: Market, order: Requisition, name: str, *items: str, **more: Any) -> Verdict:
    request = pending(order)
    seat = StageSeat.objects.filter(
        request=request, membership=market.people[name], asked_at__isnull=False
    ).get(closed_at__isnull=True)
    given = {"reason": "We have enough of them.", "content_hash": request.content_hash, **more}
    return deciding.reject_lines(
        actor=market.actor(name),
        seat_id=seat.id,
        keys=[str(market.items[item].id) for item in items],
        channel="APP",
        now=LATER,
        **given,
    )


def held(market: Market, order: Requisition) -> set[Decimal]:
    found = LedgerEntry.objects.filter(document_id=order.id).values("period_id")
    return set(found.annotate(held=Sum("delta_reserved")).values_list("held", flat=True))


def test_a_rejected_line_is_gone_and_the_rest_goes_on_with_what_was_agreed_to() -> None:
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 5))
        former = pending(order)
        approve(market, order, "Bob")
        verdict = reject(market, order, "Erin", "glasses")
        assert verdict.is_decided
        assert verdict.sentence == "You rejected Safety glasses and approved the rest."
        request = pending(order)
        assert request.follows_id == former.id
        assert {
            (one.membership.user.name, one.carried_from_id is not None)
            for one in Decision.objects.filter(request=request)
        } == {("Bob Supervisor", True), ("Erin Director", False)}
        assert asked(order) == {"Dana Finance"}
        own = Decision.objects.get(request=request, carried_from=None)
        assert (own.comment, own.content_hash) == ("Without Safety glasses.", request.content_hash)
        order.refresh_from_db()
        assert (order.status, order.total) == ("PENDING", Decimal("480.00"))
        assert order.content_hash == request.content_hash
        assert held(market, order) == {Decimal("480.00")}
        (line,) = selectors.rejected_lines_of(order)
        assert (line.title, line.amount, line.reason, line.request_id) == (
            "Safety glasses",
            Decimal("100.00"),
            "We have enough of them.",
            former.id,
        )
        assert rederives(order)
        assert len(mails_to(market, "Erin")) == 1
        (told,) = [one for one in mails_to(market, "Alice") if one.template == "lines_rejected"]
        assert told.context["waiting_for"] == "Dana Finance"
        event = RequestEvent.objects.get(kind="LINES_REJECTED")
        assert event.text == "Safety glasses: We have enough of them."
        approve(market, order, "Dana")
        order.refresh_from_db()
        assert order.status == "PLACED"
        (placed,) = selectors.purchase_orders_of(order)
        assert placed.total == Decimal("480.00")


def test_the_last_approver_rejects_a_line_and_the_rest_is_placed() -> None:
    market = make_market()
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 5))
        verdict = reject(market, order, "Bob", "glasses")
        assert verdict.sentence == "You rejected Safety glasses. The rest is approved."
        order.refresh_from_db()
        assert order.status == "PLACED"
        (told,) = [one for one in mails_to(market, "Alice") if one.template == "lines_rejected"]
        assert told.context["is_approved"]
        assert rederives(order)


def test_a_rest_that_policy_asks_nobody_about_is_placed() -> None:
    market = make_market()
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 2))
        reject(market, order, "Bob", "drill")
        order.refresh_from_db()
        assert (order.status, order.total) == ("PLACED", Decimal("40.00"))
        latest = ApprovalRequest.objects.get(subject_id=order.id, status="APPROVED")
        assert not latest.stages.exists()


def test_all_lines_none_or_unknown_ones_cannot_be_rejected_and_a_reason_is_needed() -> None:
    market = make_market()
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 2))
        with pytest.raises(DomainError, match="reject the whole instead"):
            reject(market, order, "Bob", "drill", "glasses")
        with pytest.raises(DomainError, match="Choose the lines"):
            reject(market, order, "Bob")
        with pytest.raises(DomainError, match="Choose the lines"):
            reject(market, order, "Bob", "tablet")
        assert reject(market, order, "Bob", "drill", reason=" ").code is VerdictCode.COMMENT_NEEDED
        stale = reject(market, order, "Bob", "drill", content_hash="0" * 64)
        assert stale.code is VerdictCode.OVERTAKEN
        order.refresh_from_db()
        assert order.total == Decimal("520.00")


def test_nobody_rejects_lines_in_somebody_elses_seat() -> None:
    market = make_market()
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 2))
        seat = StageSeat.objects.get(request=pending(order))
        verdict = deciding.reject_lines(
            actor=market.actor("Erin"),
            seat_id=seat.id,
            keys=[str(market.items["drill"].id)],
            reason="No.",
            content_hash=seat.content_hash,
            channel="APP",
            now=LATER,
        )
        assert verdict.code is VerdictCode.NOT_YOURS
        assert RequisitionLine.objects.filter(requisition=order).count() == 2


def test_a_rest_that_cannot_go_on_leaves_the_order_as_it_was() -> None:
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 2))
        publish_again(market, replace(TYPICAL, currency="EUR"))
        with pytest.raises(Conflict, match="What is left cannot go on"), transaction.atomic():
            reject(market, order, "Bob", "drill")
        order.refresh_from_db()
        assert (order.status, order.total) == ("PENDING", Decimal("520.00"))
        assert held(market, order) == {Decimal("520.00")}
