"""Appealing a rejection: who hears it, what stands, and what follows."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Q

from accounts.models import Membership
from approvals.models import ApprovalRequest, Decision, Delegation, RequestEvent, StageSeat
from approvals.routing import ApproverSpec, Mode, PolicyDocument, StageSpec, Tier
from approvals.selectors import rederivations
from approvals.services import decide as decide_in_seat
from approvals.services import hand_over, reseat_requests
from approvals.services.seating import reseat_anew
from budgets.fiscal import PeriodKind
from budgets.services import set_budget
from catalogs.guidance import Effect
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.orders import services
from procurement.orders.models import PurchaseOrder, Requisition
from procurement.orders.services import AppealOutcome
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, system
from tests.factories.approvals import DIRECTOR, FINANCE
from tests.factories.approvals import SUPERVISOR as SUPERVISOR_SEAT
from tests.factories.catalogs import make_rule
from tests.factories.orders import TYPICAL, Market, make_market
from tests.orders.test_submission import decide, facilities_period, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WHY = "The spare one is out for repair until January."
NO = "There is a spare one at the depot."


@pytest.fixture
def market() -> Market:
    market = make_market()
    with market.scope():
        Membership.objects.filter(id=market.people["Bob"].id).update(manager=market.people["Tom"])
    return market


def sent_through(*stages: StageSpec) -> Market:
    """Return a company whose every order goes through these stages."""
    document: PolicyDocument = replace(TYPICAL, tiers=(Tier(None, stages),))
    return make_market(document=document)


def stage(*approvers: ApproverSpec, mode: Mode = Mode.ALL, name: str = "") -> StageSpec:
    return StageSpec(name or "Stage", mode, approvers)


def rejected(market: Market, by: str = "Bob", agreed: tuple[str, ...] = ()) -> Requisition:
    """Return an order of Alice's for $640.00, agreed to by some and rejected by somebody."""
    order = market.cart(("drill", 4))
    submit(market, order)
    for name in agreed:
        decide(market, name, "APPROVE", "Fine.")
    decide(market, by, "REJECT", NO)
    order.refresh_from_db()
    assert order.status == "REJECTED"
    return order


def appeal(
    market: Market, order: Requisition, reason: str = WHY, by: str = "Alice"
) -> services.AppealVerdict:
    return services.appeal(actor=market.actor(by), requisition_id=order.id, reason=reason, now=NOW)


def asked_now() -> list[str]:
    seats = StageSeat.objects.filter(asked_at__isnull=False, closed_at__isnull=True)
    return sorted(seat.membership.user.name for seat in seats.select_related("membership__user"))


def test_the_next_in_line_is_asked_with_what_was_said_on_both_sides(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        verdict = appeal(market, order)
        assert verdict.outcome is AppealOutcome.APPEALED
        order.refresh_from_db()
        assert (order.status, order.closed_at) == ("PENDING", None)
        assert asked_now() == ["Tom Technician"]
        seat = StageSeat.objects.get(closed_at__isnull=True)
        assert seat.origin == "APPEAL"
        assert seat.why == (
            f"Bob Supervisor rejected this: “{NO}” Alice Requester appeals: “{WHY}” "
            "You are Bob Supervisor’s manager."
        )
        mails = OutboxMessage.objects.filter(template="decision_request")
        assert market.people["Tom"].user.email in {mail.recipient for mail in mails}
        request = ApprovalRequest.objects.get(status="PENDING")
        assert request.expires_at is not None
        assert facilities_period(market).reserved == order.total


def test_an_appeal_that_is_granted_places_the_order(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        decide(market, "Tom", "APPROVE", "Fair point.")
        order.refresh_from_db()
        assert order.status == "PLACED"
        assert PurchaseOrder.objects.get().total == order.total
        period = facilities_period(market)
        assert (period.reserved, period.committed) == (Decimal(0), order.total)


def test_an_appeal_that_is_rejected_is_final_for_this_content(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        decide(market, "Tom", "REJECT", "Bob is right.")
        order.refresh_from_db()
        assert order.status == "REJECTED"
        assert facilities_period(market).reserved == 0
        with pytest.raises(Conflict, match="appealed once"):
            appeal(market, order)
        again = services.reopen(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)
        submit(market, again)
        assert asked_now() == ["Bob Supervisor"]
        decide(market, "Bob", "REJECT", NO)
        assert appeal(market, order).outcome is AppealOutcome.APPEALED


def test_stages_that_had_passed_stay_agreed_to_and_later_ones_follow_as_before() -> None:
    market = sent_through(
        stage(SUPERVISOR_SEAT, name="First"),
        stage(FINANCE, name="Second"),
        stage(DIRECTOR, name="Third"),
    )
    with market.scope():
        order = rejected(market, by="Dana", agreed=("Bob",))
        appeal(market, order)
        assert asked_now() == ["Adam Administrator"]
        request = ApprovalRequest.objects.get(status="PENDING")
        former = request.follows
        assert former is not None
        assert former.status == "REJECTED"
        assert (request.facts, request.content_hash) == (former.facts, former.content_hash)
        assert request.policy_version_id == former.policy_version_id
        carried = Decision.objects.get(request=request)
        assert (carried.membership, carried.choice) == (market.people["Bob"], "APPROVE")
        assert carried.carried_from == Decision.objects.get(request=former, choice="APPROVE")
        assert [(one.name, one.status) for one in request.stages.order_by("number")] == [
            ("First", "APPROVED"),
            ("Second", "OPEN"),
            ("Third", "WAITING"),
        ]
        assert not [one for one in rederivations() if one.differences]
        decide(market, "Adam", "APPROVE")
        assert asked_now() == ["Erin Director"]
        decide(market, "Erin", "APPROVE")
        order.refresh_from_db()
        assert order.status == "PLACED"


def test_where_both_must_agree_who_has_agreed_is_not_asked_again() -> None:
    market = sent_through(stage(DIRECTOR, FINANCE))
    with market.scope():
        order = rejected(market, by="Dana", agreed=("Erin",))
        appeal(market, order)
        assert asked_now() == ["Adam Administrator"]
        decide(market, "Adam", "APPROVE")
        order.refresh_from_db()
        assert order.status == "PLACED"


def test_where_one_is_enough_no_peer_undoes_the_rejection() -> None:
    market = sent_through(stage(DIRECTOR, FINANCE, mode=Mode.ANY))
    with market.scope():
        order = rejected(market, by="Dana")
        appeal(market, order)
        assert asked_now() == ["Adam Administrator"]


def test_where_nobody_is_above_an_appeal_is_refused_with_the_way_out() -> None:
    market = sent_through(stage(FINANCE))
    with market.scope():
        order = rejected(market, by="Dana")
        Membership.objects.filter(id=market.people["Adam"].id).update(status="SUSPENDED")
        with pytest.raises(Conflict, match="Nobody above Dana Finance is left"):
            appeal(market, order)
        order.refresh_from_db()
        assert order.status == "REJECTED"
        assert facilities_period(market).reserved == 0


def test_a_budget_that_has_no_room_any_more_refuses_an_appeal_on_record(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        set_budget(
            actor=system(market.organization),
            group=market.groups["Field Service"],
            kind=PeriodKind.QUARTER,
            cap=order.total / 2,
            now=NOW,
        )
        verdict = appeal(market, order)
        assert verdict.outcome is AppealOutcome.REFUSED
        assert [one.code for one in verdict.refusals] == ["BUDGET"]
        order.refresh_from_db()
        assert order.status == "REJECTED"
        event = AuditEvent.objects.get(action="requisition.refused")
        assert "Field Service" in event.reason


def test_rules_that_have_changed_since_ask_for_a_new_submit(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        make_rule(market, Effect.PREFER, market.items["drill"])
        verdict = appeal(market, order)
        assert verdict.outcome is AppealOutcome.REFUSED
        assert "has changed since" in verdict.refusals[0].sentence


def test_an_appeal_needs_a_reason_and_an_order_of_ones_own_that_was_rejected(
    market: Market,
) -> None:
    with market.scope():
        order = rejected(market)
        with pytest.raises(DomainError) as refusal:
            appeal(market, order, reason="  ")
        assert refusal.value.field == "reason"
        with pytest.raises(NotFound):
            appeal(market, order, by="Dana")
        cart = market.cart(("drill", 1))
        with pytest.raises(Conflict):
            appeal(market, cart)


def test_a_second_click_changes_nothing(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        assert appeal(market, order).outcome is AppealOutcome.ALREADY
        assert AuditEvent.objects.filter(action="approval.appealed").count() == 1
        assert AuditEvent.objects.filter(action="requisition.appealed").count() == 1
        event = RequestEvent.objects.get(kind="APPEALED")
        assert (event.by, event.text) == (market.people["Alice"], WHY)


def test_when_who_hears_it_leaves_the_next_above_does_and_never_whoever_rejected(
    market: Market,
) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        Membership.objects.filter(id=market.people["Tom"].id).update(status="SUSPENDED")
        assert reseat_requests(actor=system(market.organization), now=NOW) == 1
        assert asked_now() == ["Adam Administrator"]
        assert StageSeat.objects.get(closed_at__isnull=True).origin == "APPEAL"
        decide(market, "Adam", "APPROVE")
        order.refresh_from_db()
        assert order.status == "PLACED"


def test_seats_that_are_worked_out_anew_leave_an_appeal_with_whom_it_is(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        assert reseat_anew(actor=system(market.organization), among=Q(), now=NOW) == []
        assert asked_now() == ["Tom Technician"]


def test_an_appeal_is_not_handed_to_whoever_rejected(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        seat = StageSeat.objects.get(closed_at__isnull=True)
        with pytest.raises(DomainError, match="has rejected what is appealed"):
            hand_over(
                actor=market.actor("Tom"),
                seat_id=seat.id,
                to_id=market.people["Bob"].id,
                reason="You know it better.",
                now=NOW,
            )


def test_whoever_rejected_does_not_stand_in_for_who_hears_the_appeal(market: Market) -> None:
    with market.scope():
        order = rejected(market)
        appeal(market, order)
        Delegation.objects.create(
            organization_id=market.organization.id,
            membership=market.people["Tom"],
            deputy=market.people["Bob"],
            starts_at=NOW - timedelta(days=1),
            ends_at=NOW + timedelta(days=3),
            source="SELF",
            set_by="Tom Technician",
            created_at=NOW,
        )
        seat = StageSeat.objects.get(closed_at__isnull=True)
        verdict = decide_in_seat(
            actor=market.actor("Bob"),
            seat_id=seat.id,
            choice="REJECT",
            comment=NO,
            content_hash=seat.content_hash,
            channel="APP",
            now=NOW,
        )
        assert not verdict.is_decided
