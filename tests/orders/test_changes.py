"""Editing an order that waits: which approvals stand, who is asked again, and what is told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from approvals import services as deciding
from approvals.models import ApprovalRequest, Decision, RequestEvent
from approvals.routing import Tier
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, NotFound
from procurement.orders import selectors, services
from procurement.orders.models import RequisitionLine
from procurement.orders.services import SubmitOutcome
from tests.factories.accounts import NOW
from tests.factories.orders import SUPERVISOR, TYPICAL, make_market
from tests.orders.changing import (
    LATER,
    approve,
    asked,
    change,
    edited,
    in_turn,
    mails_to,
    pending,
    publish_again,
    rederives,
    submit,
    submitted,
)

pytestmark = pytest.mark.django_db


def test_an_approval_stands_where_less_is_asked_for_and_the_next_in_turn_goes_on() -> None:
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3), ("glasses", 5))
        first = pending(order)
        approve(market, order, "Bob")
        told_before = len(mails_to(market, "Bob"))
        edited(market, order)
        change(market, order, "drill", quantity=Decimal(2))
        verdict = submit(market, order)
        assert verdict.outcome is SubmitOutcome.SUBMITTED
        request = pending(order)
        assert (request.follows_id, request.follows_as) == (first.id, "CHANGE")
        kept = Decision.objects.get(request=request)
        root = Decision.objects.get(request=first)
        assert (kept.carried_from_id, kept.decided_at) == (root.id, root.decided_at)
        assert kept.carried_because == (
            "Policy lets it stand; since then, the quantity of Cordless drill 18 V is 2 instead "
            "of 3."
        )
        assert kept.content_hash == request.content_hash != root.content_hash
        assert asked(order) == {"Erin Director"}
        assert len(mails_to(market, "Bob")) == told_before
        assert [one.status for one in request.stages.order_by("number")] == [
            "APPROVED",
            "OPEN",
            "WAITING",
        ]
        event = RequestEvent.objects.get(request=request, kind="CARRIED")
        assert event.about_id == market.people["Bob"].id
        carried = AuditEvent.objects.get(action="approval.carried")
        assert carried.reason == "Bob Supervisor’s approval stands."
        assert rederives(order)
        first.refresh_from_db()
        assert first.status == "SUPERSEDED"


def test_whoever_has_not_agreed_to_this_is_asked_again_and_told_why() -> None:
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3))
        approve(market, order, "Bob")
        edited(market, order)
        change(market, order, "drill", unit_price="166.40")
        verdict = submit(market, order)
        assert verdict.assessment is not None
        assert verdict.assessment.carried is not None
        assert verdict.assessment.carried.sentences == (
            "Bob Supervisor is asked again: the price of Cordless drill 18 V is up 4 %.",
        )
        assert asked(order) == {"Bob Supervisor"}
        why = mails_to(market, "Bob")[-1].context["why"]
        assert why.startswith(
            "You approved this before; since then, the price of Cordless drill 18 V is up 4 %. "
        )
        assert not Decision.objects.filter(request=pending(order)).exists()


def test_a_price_may_go_up_as_far_as_policy_lets_it_but_not_step_by_step_beyond() -> None:
    market = make_market(document=in_turn(price_up_percent=Decimal(2)))
    with market.scope():
        order = submitted(market, ("drill", 3))
        approve(market, order, "Bob")
        for price, stands in (("161.50", True), ("163.00", True), ("164.50", False)):
            edited(market, order)
            change(market, order, "drill", unit_price=price)
            submit(market, order)
            assert (asked(order) == {"Erin Director"}) is stands
        assert ApprovalRequest.objects.filter(subject_id=order.id).count() == 4
        assert rederives(order)


def test_whoever_is_asked_now_and_has_not_agreed_is_asked_whoever_has_agreed_before() -> None:
    market = make_market()
    with market.scope():
        order = submitted(market, ("drill", 10), ("glasses", 5))
        approve(market, order, "Erin")
        edited(market, order)
        # Below the director's tier the supervisor is asked, who has not agreed to anything.
        services.remove_line(
            actor=market.actor("Alice"),
            line_id=RequisitionLine.objects.get(requisition=order, item=market.items["glasses"]).id,
            now=LATER,
        )
        verdict = submit(market, order)
        assert verdict.outcome is SubmitOutcome.SUBMITTED
        assert asked(order) == {"Dana Finance"}
        edited(market, order)
        change(market, order, "drill", quantity=Decimal(1))
        assert submit(market, order).outcome is SubmitOutcome.SUBMITTED
        assert asked(order) == {"Bob Supervisor"}


def test_with_every_approval_given_an_unchanged_order_needs_nobody_and_is_placed() -> None:
    """Withdrawn while the last one was asked, and of a policy that asks less by now."""
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3))
        approve(market, order, "Bob")
        services.withdraw(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)
        publish_again(market, replace(TYPICAL, tiers=(Tier(None, (SUPERVISOR,)),)))
        edited(market, order)
        verdict = submit(market, order)
        assert verdict.outcome is SubmitOutcome.PLACED
        order.refresh_from_db()
        assert order.status == "PLACED"
        request = ApprovalRequest.objects.get(subject_id=order.id, status="APPROVED")
        assert [one.status for one in request.stages.all()] == ["APPROVED"]
        assert Decision.objects.get(request=request).carried_because == "Nothing has changed since."
        assert rederives(order)


def test_what_an_order_waits_for_is_given_back_while_it_is_edited() -> None:
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3))
        former = pending(order)
        edited(market, order)
        former.refresh_from_db()
        order.refresh_from_db()
        assert (former.status, order.status, order.revision) == ("SUPERSEDED", "DRAFT", 2)
        covered = selectors.preview(
            market.actor("Alice"), selectors.draft_of(market.actor("Alice"), order.id), now=LATER
        ).effects
        assert {one.covering.reserved for one in covered} == {Decimal(0)}


def test_an_approver_whom_somebody_added_is_asked_again_whatever_is_edited() -> None:
    market = make_market(document=in_turn())
    with market.scope():
        order = submitted(market, ("drill", 3))
        deciding.add_approver(
            actor=market.actor("Bob"),
            request_id=pending(order).id,
            member_id=market.people["Tom"].id,
            reason="He knows these drills.",
            now=NOW,
        )
        approve(market, order, "Bob")
        edited(market, order)
        change(market, order, "drill", quantity=Decimal(2))
        submit(market, order)
        assert asked(order) == {"Tom Technician"}
        stage = pending(order).stages.get(step=None)
        assert stage.added_by_id == market.people["Bob"].id
        assert rederives(order)


def test_a_placed_order_cannot_be_edited_and_somebody_elses_is_not_found() -> None:
    market = make_market()
    with market.scope():
        order = submitted(market, ("glasses", 1))
        with pytest.raises(Conflict):
            edited(market, order)
        other = submitted(market, ("drill", 3))
        with pytest.raises(NotFound):
            services.reopen(actor=market.actor("Bob"), requisition_id=other.id, now=LATER)
