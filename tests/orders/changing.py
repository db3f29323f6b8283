"""An order that waits, and what people do to it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from approvals import selectors as approvals
from approvals import services as deciding
from approvals.models import ApprovalRequest, StageSeat
from approvals.routing import PolicyDocument, Tier, Tolerances
from procurement.orders import selectors, services
from procurement.orders.models import Requisition, RequisitionLine
from procurement.orders.services import SubmitOutcome, SubmitVerdict
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, system
from tests.factories.orders import SUPERVISOR, TYPICAL, Market

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
