"""Editing an order that waits: which approvals stand, who is asked again, and what is told."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from approvals import selectors as approvals
from approvals import services as deciding
from approvals.models import ApprovalRequest, Decision, RequestEvent, StageSeat
from approvals.routing import PolicyDocument, Tier, Tolerances
from approvals.services import Verdict, VerdictCode
from budgets.models import LedgerEntry
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.orders import selectors, services
from procurement.orders.models import Requisition, RequisitionLine
from procurement.orders.services import SubmitOutcome, SubmitVerdict
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, system
from tests.factories.orders import SUPERVISOR, TYPICAL, Market, make_market

pytestmark = pytest.mark.django_db

DIRECTOR, FINANCE = TYPICAL.tiers[-1].stages
LATER = NOW + timedelta(hours=2)


def in_turn(**more: Any) -> PolicyDocument:
    """A policy that asks the supervisor, then the director, then finance."""
    tiers = (Tier(None, (SUPERVISOR, DIRECTOR, FINANCE)),)
    return replace(TYPICAL, tiers=tiers, tolerances=Tolerances(**more))


def submitted(market: Market, *lines: tuple[str, int]) -> Requisition:
    cart = market.cart(*lines)
    submit(market, cart)
    return cart


def submit(market: Market, order: Requisition, by: str = "Alice") -> SubmitVerdict:
    """Submit, and hold the preview to what comes of it."""
    actor = market.actor(by)
    foreseen = selectors.preview(actor, selectors.draft_of(actor, order.id), now=LATER)
    verdict = services.submit_requisition(actor=actor, requisition_id=order.id, now=LATER)
    assert verdict.assessment is not None
    assert verdict.assessment.carried == foreseen.carried
    assert (verdict.outcome is SubmitOutcome.PLACED) is foreseen.needs_nobody
    return verdict


def pending(order: Requisition) -> ApprovalRequest:
    return ApprovalRequest.objects.get(subject_id=order.id, status="PENDING")


def approve(market: Market, order: Requisition, name: str) -> None:
    request = pending(order)
    seat = StageSeat.objects.filter(
        request=request, membership=market.people[name], asked_at__isnull=False
    ).get(closed_at__isnull=True)
    verdict = deciding.decide(
        actor=market.actor(name),
        seat_id=seat.id,
        choice="APPROVE",
        comment="Fine by me.",
        content_hash=request.content_hash,
        channel="APP",
        now=NOW,
    )
    assert verdict.is_decided


def edited(market: Market, order: Requisition) -> Requisition:
    return services.reopen(actor=market.actor("Alice"), requisition_id=order.id, now=LATER)


def change(market: Market, order: Requisition, item: str, **values: Any) -> None:
    """Change a line's quantity or justification through the service, its price behind its back."""
    line = RequisitionLine.objects.get(requisition=order, item=market.items[item])
    price = values.pop("unit_price", None)
    if price is not None:
        RequisitionLine.objects.filter(id=line.id).update(
            unit_price=Decimal(price), amount=Decimal(price) * line.quantity
        )
    if values:
        services.change_line(actor=market.actor("Alice"), line_id=line.id, now=LATER, **values)


def asked(order: Requisition) -> set[str]:
    seats = StageSeat.objects.filter(
        request=pending(order), asked_at__isnull=False, closed_at__isnull=True
    )
    return {seat.membership.user.name for seat in seats.select_related("membership__user")}


def mails_to(market: Market, name: str) -> list[OutboxMessage]:
    address = market.people[name].user.email
    return list(OutboxMessage.objects.filter(recipient=address).order_by("id"))


def rederives(order: Requisition) -> bool:
    requests = ApprovalRequest.objects.filter(subject_id=order.id)
    found = requests.select_related("policy_version__policy__group")
    return all(approvals.agrees(one, one.stages.all()) for one in found)


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


def publish_again(market: Market, document: PolicyDocument) -> None:
    deciding.publish_policy(
        actor=system(market.organization),
        group=market.root,
        name="Purchases",
        document=document,
        reason="Less to ask",
        accepted="Engineering has no supervisor yet.",
        now=LATER,
    )


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
