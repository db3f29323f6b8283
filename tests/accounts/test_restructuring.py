"""Moving, merging, archiving and restoring groups, whatever the order in which it happens."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.effects import Effect, EffectKind, fingerprint
from accounts.models import (
    Membership,
    OrgGroup,
    PositionHolder,
    Role,
    RoleGrant,
    RoleLimit,
)
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.orders import selectors as orders
from procurement.orders.models import Requisition
from procurement.orders.services import submit_requisition
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_company,
    make_group,
    make_member,
    seat,
    system,
)
from tests.factories.changes import LATER, later
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

_serial = count()


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def market() -> Market:
    return make_market()


def fresh(group: OrgGroup) -> OrgGroup:
    return OrgGroup.objects.get(id=group.id)


def heads(effects: list[Effect], kind: EffectKind) -> list[str]:
    return [effect.sentence for effect in effects if effect.kind is kind]


def test_a_move_takes_everything_below_along(company: Company) -> None:
    facilities, engineering = company.groups["Facilities"], company.groups["Engineering"]
    with company.scope():
        adam = company.actor("Adam")
        effects = services.move_group(actor=adam, group=facilities, target=engineering, now=LATER)
        field = fresh(company.groups["Field Service"])
        assert field.path == [company.root.id, engineering.id, facilities.id, field.id]
        assert heads(effects, EffectKind.GROUP_CHANGED) == [
            "Facilities stands below Engineering instead of Northwind Works, with 3 groups in all."
        ]
        event = AuditEvent.objects.get(action="group.moved")
        assert event.before == {"parent": "Northwind Works"}
        assert event.after == {"parent": "Engineering", "groups": 3}


def test_powers_seats_and_limits_that_change_are_told_once_a_person_and_not_once_a_group(
    company: Company,
) -> None:
    with company.scope():
        engineering = company.groups["Engineering"]
        nia = make_member(company.organization, engineering, "Nia Planner", Role.TECHNICIAN)
        seat(company.organization, "supervisor", engineering, nia)
        RoleLimit.objects.create(
            organization_id=company.organization.id,
            group=engineering,
            role=Role.REQUISITIONER,
            amount=Decimal("500.00"),
            set_at=NOW,
        )
        effects = services.preview_move(
            actor=company.actor("Adam"),
            group=company.groups["Field Service"],
            target=engineering,
            now=LATER,
        )
        assert heads(effects, EffectKind.POWER_GAINED) == [
            "Nia Planner becomes Technician of Field Service."
        ]
        assert heads(effects, EffectKind.POWER_LOST) == [
            "Tom Technician ceases to be Technician of Field Service."
        ]
        assert heads(effects, EffectKind.SEAT_CHANGED) == [
            "Supervisor of Field Service: Nia Planner answers instead of Bob Supervisor."
        ]
        assert heads(effects, EffectKind.LIMIT_CHANGED) == [
            "Orders of the role Requisitioner in Field Service: up to $500.00 instead of no limit."
        ]


@pytest.mark.parametrize(
    ("group", "target", "words"),
    [
        ("Northwind Works", "Facilities", "The whole organization cannot be moved"),
        ("Facilities", "Field Service", "stands below it; choose another place"),
        ("Facilities", "Facilities", "is Facilities itself"),
        ("Field Service", "Facilities", "stands below Facilities already"),
    ],
)
def test_what_would_be_no_tree_is_refused_with_a_way_out(
    company: Company, group: str, target: str, words: str
) -> None:
    named = {**company.groups, "Northwind Works": company.root}
    with company.scope(), pytest.raises(DomainError, match=words):
        services.move_group(
            actor=company.actor("Adam"), group=named[group], target=named[target], now=LATER
        )


def test_a_name_that_is_taken_at_the_target_is_told(company: Company) -> None:
    with company.scope():
        make_group(company.organization, company.groups["Engineering"], "Workplace")
        with pytest.raises(DomainError, match="Engineering already has “Workplace”; rename"):
            services.move_group(
                actor=company.actor("Adam"),
                group=company.groups["Workplace"],
                target=company.groups["Engineering"],
                now=LATER,
            )


def test_only_who_shapes_both_places_can_move_a_group(company: Company) -> None:
    with company.scope():
        facilities = company.groups["Facilities"]
        head = make_member(company.organization, facilities, "Hana Head", Role.ADMINISTRATOR)
        with pytest.raises(NotAllowed):
            services.move_group(
                actor=actor_of(head),
                group=company.groups["Workplace"],
                target=company.groups["Engineering"],
                now=LATER,
            )


@pytest.mark.parametrize("carry_out", [services.move_group, services.merge_group])
def test_who_shapes_a_group_alone_cannot_take_it_out_from_below_its_parent(
    company: Company, carry_out: Callable[..., list[Effect]]
) -> None:
    with company.scope():
        field, engineering = company.groups["Field Service"], company.groups["Engineering"]
        head = make_member(company.organization, field, "Hana Head", Role.ADMINISTRATOR)
        services.grant_role(
            actor=system(company.organization),
            membership=head,
            group=engineering,
            role=Role.ADMINISTRATOR,
            now=NOW,
        )
        with pytest.raises(NotAllowed):
            carry_out(actor=actor_of(head), group=field, target=engineering, now=LATER)
        assert fresh(field).parent_id == company.groups["Facilities"].id


def test_a_change_that_is_not_the_one_that_was_shown_is_not_made(company: Company) -> None:
    with company.scope():
        adam = company.actor("Adam")
        names: dict[str, Any] = {
            "group": company.groups["Workplace"],
            "target": company.groups["Engineering"],
        }
        seen = fingerprint(services.preview_move(actor=adam, now=LATER, **names))
        make_member(
            company.organization, company.groups["Engineering"], "Vera Visitor", Role.FINANCE
        )
        with pytest.raises(Conflict, match="not what you were shown"):
            services.move_group(actor=adam, seen=seen, now=LATER, **names)


def test_a_merge_takes_people_roles_seats_and_groups_over_and_keeps_the_orders_in_view(
    market: Market,
) -> None:
    with market.scope():
        adam, facilities = market.actor("Adam"), market.groups["Facilities"]
        engineering = market.groups["Engineering"]
        ellen = make_member(market.organization, engineering, "Ellen Engineer", Role.TECHNICIAN)
        cart = market.cart(("glasses", 1))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        effects = services.merge_group(
            actor=adam, group=facilities, target=engineering, reason="One team now", now=LATER
        )
        merged = fresh(facilities)
        assert (merged.is_active, merged.merged_into_id) == (False, engineering.id)
        assert merged.path == [market.root.id, engineering.id, facilities.id]
        field = fresh(market.groups["Field Service"])
        assert field.path == [market.root.id, engineering.id, field.id]
        tom = market.people["Tom"]
        assert Membership.objects.get(id=tom.id).group_id == engineering.id
        holds = RoleGrant.objects.in_force(LATER).filter(membership=tom)
        assert [grant.group_id for grant in holds] == [engineering.id]
        supervisor = PositionHolder.objects.current().get(position__code="supervisor")
        assert (supervisor.group_id, supervisor.membership_id) == (
            engineering.id,
            market.people["Bob"].id,
        )
        assert "Tom Technician becomes Technician of Engineering." in heads(
            effects, EffectKind.POWER_GAINED
        )
        gained = heads(effects, EffectKind.POWER_GAINED)
        assert "Ellen Engineer becomes Technician of 3 groups." in gained
        seen = orders.visible_orders(later(ellen))
        assert cart.id in {order.id for order in seen}


def test_a_role_that_was_to_end_still_ends_after_a_merge(company: Company) -> None:
    with company.scope():
        field, engineering = company.groups["Field Service"], company.groups["Engineering"]
        tom, until = company.people["Tom"], NOW + timedelta(days=30)
        services.grant_role(
            actor=system(company.organization),
            membership=tom,
            group=field,
            role=Role.ADMINISTRATOR,
            ends_at=until,
            now=NOW,
        )
        services.merge_group(
            actor=company.actor("Adam"), group=field, target=engineering, now=LATER
        )
        carried = RoleGrant.objects.get(membership=tom, group=engineering)
        assert (carried.role, carried.ends_at) == (Role.ADMINISTRATOR, until)


def test_the_more_generous_limit_counts_after_a_merge_and_is_told(company: Company) -> None:
    with company.scope():
        adam, alice = company.actor("Adam"), company.people["Alice"]
        field, engineering = company.groups["Field Service"], company.groups["Engineering"]
        for group, limit in ((field, "900.00"), (engineering, "500.00")):
            services.grant_role(
                actor=system(company.organization),
                membership=alice,
                group=group,
                role=Role.REQUISITIONER,
                spending_limit=Decimal(limit),
                now=NOW,
            )
        shown = services.preview_merge(actor=adam, group=field, target=engineering, now=LATER)
        services.merge_group(
            actor=adam, group=field, target=engineering, seen=fingerprint(shown), now=LATER
        )
        assert heads(shown, EffectKind.LIMIT_CHANGED) == [
            "Alice Requester, Requisitioner of Engineering: up to $900.00 instead of up to $500.00."
        ]
        held = RoleGrant.objects.in_force(LATER).filter(membership=alice, group=engineering)
        assert [grant.spending_limit for grant in held] == [Decimal("900.00")]
        assert later(alice).order_limit([engineering.id], None) == Decimal("900.00")


def test_a_cart_of_a_merged_group_is_for_the_one_that_took_it_over(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 1))
        services.merge_group(
            actor=market.actor("Adam"),
            group=market.groups["Field Service"],
            target=market.groups["Workplace"],
            now=LATER,
        )
        assert Requisition.objects.get(id=cart.id).group_id == market.groups["Workplace"].id


def test_an_archived_group_orders_nothing_and_its_people_belong_above(market: Market) -> None:
    with market.scope():
        field, facilities = market.groups["Field Service"], market.groups["Facilities"]
        cart = market.cart(("glasses", 1))
        effects = services.archive_group(actor=market.actor("Adam"), group=field, now=NOW)
        assert Membership.objects.get(id=market.people["Alice"].id).group_id == facilities.id
        assert any("cannot be submitted any more" in one.sentence for one in effects)
        services.grant_role(
            actor=system(market.organization),
            membership=market.people["Alice"],
            group=facilities,
            role=Role.REQUISITIONER,
            now=NOW,
        )
        verdict = submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        assert verdict.assessment is not None
        assert [refusal.code for refusal in verdict.assessment.refusals] == ["GROUP"]
        assert "Field Service is archived" in verdict.assessment.refusals[0].sentence


def test_a_group_outside_its_days_is_not_offered_to_buyers_and_its_cart_says_why(
    market: Market,
) -> None:
    with market.scope():
        alice, field = market.actor("Alice"), market.groups["Field Service"]
        cart = market.cart(("glasses", 1))
        services.change_group(
            actor=market.actor("Adam"),
            group=field,
            name=field.name,
            code=field.code,
            kind=field.kind,
            ends_on=NOW.date() - timedelta(days=1),
            now=NOW,
        )
        assert orders.buying_groups(alice, on=NOW.date()) == []
        offered = orders.buying_groups(alice, on=NOW.date(), chosen=field.id)
        assert [group.id for group in offered] == [field.id]
        verdict = submit_requisition(actor=alice, requisition_id=cart.id, now=NOW)
        assert verdict.assessment is not None
        assert "Field Service ended on Nov 23, 2026" in verdict.assessment.refusals[0].sentence
        market.people["Ben"] = make_member(
            market.organization, field, "Ben Buyer", Role.REQUISITIONER
        )
        with pytest.raises(DomainError, match="is open today"):
            market.cart(("glasses", 1), by="Ben")


@pytest.mark.parametrize("change", ["move", "archive"])
def test_orders_stay_in_view_of_those_above(market: Market, change: str) -> None:
    with market.scope():
        adam, field = market.actor("Adam"), market.groups["Field Service"]
        cart = market.cart(("glasses", 1))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        if change == "move":
            services.move_group(
                actor=adam, group=field, target=market.groups["Engineering"], now=LATER
            )
        else:
            services.archive_group(actor=adam, group=field, now=LATER)
        seen = orders.visible_orders(later(market.people["Dana"]))
        assert cart.id in {order.id for order in seen}


def test_a_restored_group_is_open_with_what_was_closed_beside_it(company: Company) -> None:
    with company.scope():
        adam = company.actor("Adam")
        services.archive_group(actor=adam, group=company.groups["Workplace"], now=NOW)
        services.archive_group(actor=adam, group=company.groups["Facilities"], now=LATER)
        services.restore_group(actor=adam, group=company.groups["Facilities"], now=LATER)
        states = dict(OrgGroup.objects.values_list("name", "is_active"))
        assert states["Facilities"]
        assert states["Field Service"]
        assert not states["Workplace"], "it had been closed before, for a reason of its own"


def test_no_more_queries_for_a_large_branch_than_for_a_small_one(company: Company) -> None:
    with company.scope():
        adam, workplace = company.actor("Adam"), company.groups["Workplace"]
        with CaptureQueriesContext(connection) as small:
            services.preview_move(
                actor=adam, group=workplace, target=company.groups["Engineering"], now=LATER
            )
        for number in range(30):
            make_group(company.organization, workplace, f"Desk {number}")
        with CaptureQueriesContext(connection) as large:
            services.preview_move(
                actor=adam, group=workplace, target=company.groups["Engineering"], now=LATER
            )
        assert len(large) == len(small)


# Any sequence of changes, against a recomputation in plain Python
