"""Changing an order while it is decided: one outcome, and a loser who is told so.

The controls take the lock away and show what it is for.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import QuerySet

from approvals import services as deciding
from approvals.models import ApprovalRequest, Decision, StageSeat
from approvals.routing import Tier
from approvals.services import Verdict, acting
from approvals.services import deciding as deciding_room
from budgets.models import LedgerEntry
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict
from procurement.orders import services
from procurement.orders.models import RejectedLine, Requisition, RequisitionLine
from procurement.orders.services import SubmitOutcome
from tests.concurrency.test_decisions import at_once
from tests.factories.accounts import NOW
from tests.factories.orders import SUPERVISOR, TYPICAL, Market, make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

DIRECTOR, FINANCE = TYPICAL.tiers[-1].stages
EITHER = replace(
    TYPICAL,
    tiers=(Tier(None, (SUPERVISOR, replace(DIRECTOR, beside=True))),),
)


def waiting(market: Market) -> Requisition:
    with market.scope():
        cart = market.cart(("drill", 3), ("glasses", 5))
        verdict = services.submit_requisition(
            actor=market.actor("Alice"), requisition_id=cart.id, now=NOW
        )
        assert verdict.outcome is SubmitOutcome.SUBMITTED
    return cart


def editing(market: Market, order: Requisition) -> Callable[[], str]:
    with market.scope():
        alice = market.actor("Alice")

    def edit() -> str:
        try:
            services.reopen(actor=alice, requisition_id=order.id, now=NOW)
        except Conflict:
            return "TOO_LATE"
        return "EDITED"

    return edit


def approving(market: Market, order: Requisition, name: str) -> Callable[[], str]:
    with market.scope():
        actor = market.actor(name)
        seat = StageSeat.objects.get(request__subject_id=order.id, membership=market.people[name])

    def approve() -> str:
        return deciding.decide(
            actor=actor,
            seat_id=seat.id,
            choice="APPROVE",
            comment="",
            content_hash=seat.content_hash,
            channel="APP",
            now=NOW,
        ).code.value

    return approve


def rejecting(market: Market, order: Requisition, name: str, item: str) -> Callable[[], Verdict]:
    with market.scope():
        actor = market.actor(name)
        seat = StageSeat.objects.get(request__subject_id=order.id, membership=market.people[name])

    def reject() -> Verdict:
        return deciding.reject_lines(
            actor=actor,
            seat_id=seat.id,
            keys=[str(market.items[item].id)],
            reason="Enough of them.",
            content_hash=seat.content_hash,
            channel="APP",
            now=NOW,
        )

    return reject


def without_lock(patch: pytest.MonkeyPatch, room: Any, meet: Callable[[], object]) -> None:
    """Take the lock off requests in one room; whoever has read first meets the others."""
    here = threading.local()

    def read(rows: "QuerySet[Any, Any]") -> Sequence[Any]:
        found = list(rows)
        if not getattr(here, "has_met", False):
            here.has_met = True
            meet()
        return found

    patch.setattr(room, "lock", read)


@pytest.mark.parametrize("round_number", range(5))
def test_an_order_is_placed_or_taken_back_and_nobody_deadlocks(round_number: int) -> None:
    market = make_market()
    order = waiting(market)
    outcome = tuple(at_once(market, editing(market, order), approving(market, order, "Bob")))
    assert outcome in {("EDITED", "OVERTAKEN"), ("TOO_LATE", "DECIDED")}
    with market.scope():
        status = Requisition.objects.get(id=order.id).status
        assert status == {"EDITED": "DRAFT", "TOO_LATE": "PLACED"}[outcome[0]]
        decided = AuditEvent.objects.filter(action="approval.decided").count()
        assert (decided, Decision.objects.count()) == ((0, 0) if status == "DRAFT" else (1, 1))
        assert AuditEvent.objects.filter(action="requisition.reopened").count() == 1 - decided


def test_without_the_lock_whoever_decides_an_edited_order_is_told_what_is_not_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = make_market()
    order = waiting(market)
    edit, approve = editing(market, order), approving(market, order, "Bob")
    without_lock(monkeypatch, deciding_room, lambda: at_once(market, edit))
    assert at_once(market, approve) == ["SETTLED"]  # “Somebody else has answered”: nobody has
    with market.scope():
        assert Requisition.objects.get(id=order.id).status == "DRAFT"


@pytest.mark.parametrize("round_number", range(5))
def test_of_two_who_reject_lines_at_once_one_counts_and_the_other_is_told(
    round_number: int,
) -> None:
    market = make_market(document=EITHER)
    order = waiting(market)
    verdicts = at_once(
        market,
        rejecting(market, order, "Bob", "drill"),
        rejecting(market, order, "Erin", "glasses"),
    )
    assert sorted(one.code.value for one in verdicts) == ["DECIDED", "OVERTAKEN"]
    with market.scope():
        assert RejectedLine.objects.count() == 1
        assert RequisitionLine.objects.filter(requisition=order).count() == 1
        pending = ApprovalRequest.objects.get(status="PENDING")
        (line,) = RequisitionLine.objects.filter(requisition=order)
        assert pending.amount == line.amount
        held = {
            sum(
                (one.delta_reserved for one in LedgerEntry.objects.filter(period=period)),
                Decimal(0),
            )
            for period in LedgerEntry.objects.filter(document_id=order.id).values_list(
                "period", flat=True
            )
        }
        assert held == {line.amount}
        assert AuditEvent.objects.filter(action="requisition.lines_rejected").count() == 1


def test_without_the_lock_the_second_to_reject_a_line_gets_an_error_for_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    market = make_market(document=EITHER)
    order = waiting(market)
    work = (
        rejecting(market, order, "Bob", "drill"),
        rejecting(market, order, "Erin", "glasses"),
    )
    both_have_read = threading.Barrier(2)
    without_lock(monkeypatch, acting, lambda: both_have_read.wait(timeout=30))
    with pytest.raises(DatabaseError):
        at_once(market, *work)


@pytest.mark.parametrize("round_number", range(3))
def test_an_approval_against_a_rejected_line_counts_for_what_was_shown(round_number: int) -> None:
    market = make_market(document=EITHER)
    order = waiting(market)
    approve = approving(market, order, "Bob")
    reject = rejecting(market, order, "Erin", "glasses")
    approved, rejected = at_once(market, approve, lambda: reject().code.value)
    assert (approved, rejected) in {("DECIDED", "DECIDED"), ("OVERTAKEN", "DECIDED")}
    with market.scope():
        order.refresh_from_db()
        # Bob's approval of more stands for less; without it, he is asked about what is left.
        assert order.status == ("PLACED" if approved == "DECIDED" else "PENDING")


@pytest.mark.parametrize("round_number", range(3))
def test_a_double_submit_of_an_edited_order_carries_each_approval_once(round_number: int) -> None:
    market = make_market(document=EITHER)
    order = waiting(market)
    approve, edit = approving(market, order, "Bob"), editing(market, order)
    with market.scope():
        assert (approve(), edit()) == ("DECIDED", "EDITED")
        alice = market.actor("Alice")

    def submit() -> SubmitOutcome:
        return services.submit_requisition(actor=alice, requisition_id=order.id, now=NOW).outcome

    outcomes = at_once(market, submit, submit)
    assert sorted(outcomes) == [SubmitOutcome.ALREADY, SubmitOutcome.SUBMITTED]
    with market.scope():
        assert Decision.objects.filter(carried_from__isnull=False).count() == 1
