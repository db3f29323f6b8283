"""Requests under way, when the tree or the people in it change."""

import pytest

from accounts import dependents
from accounts import services as accounts
from accounts.effects import EffectKind, MemberChange, MemberChangeKind
from approvals.models import ApprovalRequest, StageSeat
from approvals.selectors import agrees
from procurement.core.clock import local_date
from procurement.orders.models import Requisition
from procurement.orders.services import submit_requisition
from tests.factories.accounts import NOW, make_member, seat, system
from tests.factories.approvals import FINANCE, publish, stage, through
from tests.factories.changes import move
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    return make_market()


def waiting_order(market: Market) -> Requisition:
    cart = market.cart(("drill", 4))
    submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
    cart.refresh_from_db()
    return cart


def asked(requisition: Requisition) -> list[str]:
    seats = StageSeat.objects.filter(
        request__subject_id=requisition.id, asked_at__isnull=False, closed_at__isnull=True
    ).select_related("membership__user")
    return [one.membership.user.name for one in seats]


def test_a_moved_group_is_asked_of_whoever_sits_above_it_now(market: Market) -> None:
    with market.scope():
        engineering = market.groups["Engineering"]
        nia = make_member(market.organization, engineering, "Nia Planner")
        seat(market.organization, "supervisor", engineering, nia)
        order = waiting_order(market)
        assert asked(order) == ["Bob Supervisor"]
        effects = move(market, market.groups["Field Service"], engineering)
        assert asked(order) == ["Nia Planner"]
        (rerouted,) = [one for one in effects if one.kind is EffectKind.REQUEST_REROUTED]
        assert "Nia Planner is asked instead of Bob Supervisor." in rerouted.sentence
        request = ApprovalRequest.objects.select_related("policy_version__policy__group").get()
        assert agrees(request, request.stages.all()), "its facts still lead to the same stages"


def test_a_move_that_changes_nobody_above_asks_nobody_anew(market: Market) -> None:
    with market.scope():
        order = waiting_order(market)
        before = list(StageSeat.objects.values_list("id", "asked_at"))
        effects = move(market, market.groups["Field Service"], market.groups["Workplace"])
        assert asked(order) == ["Bob Supervisor"]
        assert list(StageSeat.objects.values_list("id", "asked_at")) == before
        assert not [one for one in effects if one.kind is EffectKind.REQUEST_REROUTED]


def test_where_nobody_could_sit_whoever_was_asked_stays_so(market: Market) -> None:
    with market.scope():
        order = waiting_order(market)
        effects = move(market, market.groups["Field Service"], market.root)
        assert asked(order) == ["Bob Supervisor"]
        assert not [one for one in effects if one.kind is EffectKind.REQUEST_REROUTED]


def test_ending_access_asks_the_next_in_line_and_says_so(market: Market) -> None:
    with market.scope():
        seat(market.organization, "supervisor", market.root, market.people["Erin"])
        order = waiting_order(market)
        effects = accounts.preview_suspension(
            actor=market.actor("Adam"), membership=market.people["Bob"], now=NOW
        )
        assert asked(order) == ["Bob Supervisor"], "a preview changes nothing"
        assert [one.sentence for one in effects if one.kind is EffectKind.REQUEST_REROUTED] == [
            f"{order.number}, Supervisor: Erin Director is asked instead of Bob Supervisor."
        ]
        accounts.suspend_member(
            actor=market.actor("Adam"), membership=market.people["Bob"], reason="Left", now=NOW
        )
        assert asked(order) == ["Erin Director"]


def test_a_seat_that_changes_hands_takes_its_requests_along(market: Market) -> None:
    with market.scope():
        order = waiting_order(market)
        bob = market.people["Bob"]
        seat(market.organization, "supervisor", market.groups["Facilities"], market.people["Tom"])
        change = MemberChange(MemberChangeKind.ROLES, bob.id, "Bob Supervisor", bob.group_id)
        dependents.follow_member_change(actor=system(market.organization), change=change, now=NOW)
        assert asked(order) == ["Tom Technician"]


def test_policies_are_named_that_start_and_cease_to_count(market: Market) -> None:
    with market.scope():
        effects = move(market, market.groups["Field Service"], market.groups["Engineering"])
        told = [one.sentence for one in effects if one.kind is EffectKind.APPROVAL_CHANGED]
        assert not [one for one in told if " to decide for " in one], "the root's counts all along"
        assert all("Nobody answers for Supervisor in Field Service" in one for one in told), told


def test_seats_that_policies_ask_are_told_with_the_policy(market: Market) -> None:
    with market.scope():
        demands = {
            (one.position_code, one.group_id, one.because)
            for one in dependents.seats_relied_on(now=NOW)
        }
        because = "the policy “Purchases”"
        assert demands == {
            ("supervisor", market.root.id, because),
            ("director", market.root.id, because),
        }


def test_a_group_with_a_policy_of_its_own_relies_on_the_seats_of_that_one(market: Market) -> None:
    with market.scope():
        facilities = market.groups["Facilities"]
        publish(market, through(stage(FINANCE)), facilities)
        ends = {
            one.position_code: one.ends_on
            for one in dependents.seats_relied_on(now=NOW)
            if one.group_id == market.root.id
        }
        assert ends == dict.fromkeys(("supervisor", "director"), frozenset({facilities.id}))


def test_the_tree_shows_policy_budget_and_rules_of_a_group_and_where_they_come_from(
    market: Market,
) -> None:
    with market.scope():
        field, facilities = market.groups["Field Service"], market.groups["Facilities"]
        found = dependents.at_a_glance(
            actor=market.actor("Adam"),
            paths={one.id: one.path for one in (field, facilities)},
            on=local_date(NOW, market.organization.time_zone),
            now=NOW,
        )
        own = {glance.kind: glance for glance in found[facilities.id]}
        inherited = {glance.kind: glance for glance in found[field.id]}
        assert own["policy"].inherited_from == "Northwind Works"
        assert own["budget"].inherited_from == ""
        assert own["budget"].detail == "$0.00 of $100,000.00"
        assert inherited["budget"].inherited_from == "Facilities"
        assert inherited["rules"].detail.endswith("from above")
