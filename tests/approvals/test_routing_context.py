"""What routing is told of limits and owners, in as many queries as before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from approvals import selectors, services
from approvals.routing import ApproverKind, ApproverSpec, Seats
from approvals.selectors import RoutingContext
from tests.factories.accounts import NOW, Company, make_member, seat, system
from tests.factories.approvals import publish, stage, through
from tests.factories.owners import GLOVES, SOFTWARE, own, person, seat_of_group

pytestmark = [pytest.mark.django_db, pytest.mark.database]

OWNER = ApproverSpec(ApproverKind.CATEGORY_OWNER)


def context_of(company: Company, requester: str = "Alice") -> RoutingContext:
    with CaptureQueriesContext(connection) as queries:
        context = selectors.routing_context(
            company.groups["Field Service"].path, company.people[requester].id, NOW
        )
    assert len(queries) == 2
    return context


def seats_of(company: Company, requester: str = "Alice") -> Seats:
    return context_of(company, requester).seats


def ask_owners(company: Company) -> None:
    publish(company, through(stage(OWNER)), reason="Owners agree", now=NOW)


def limit(company: Company, name: str, amount: Decimal | None) -> None:
    services.set_approval_limit(
        actor=system(company.organization),
        membership=company.people[name],
        amount=amount,
        now=NOW,
    )


def test_everybody_who_is_named_comes_with_their_limit(company: Company) -> None:
    limit(company, "Bob", Decimal("1000.00"))
    limit(company, "Erin", None)
    limit(company, "Tom", Decimal(5))
    bob, erin, dana = (company.people[name].id for name in ("Bob", "Erin", "Dana"))
    seats = seats_of(company)
    assert seats.limits == {bob: Decimal("1000.00"), erin: None}
    assert dana in seats.people, "who has no limit is known all the same"


def test_a_limit_that_has_ended_does_not_count(company: Company) -> None:
    limit(company, "Bob", Decimal("1000.00"))
    services.end_approval_limit(
        actor=system(company.organization), membership=company.people["Bob"], now=NOW
    )
    assert seats_of(company).limits == {}


def test_the_chain_of_managers_leads_twelve_up_each_with_their_limit(company: Company) -> None:
    above = company.people["Erin"]
    chain = []
    for number in range(14):
        above = make_member(
            company.organization, company.root, f"Manager{number} Above", manager=above
        )
        chain.append(above)
    company.people["Zed"] = make_member(
        company.organization, company.root, "Zed Below", manager=above
    )
    company.people["Top"] = chain[2]
    limit(company, "Top", Decimal("50000.00"))
    seats = seats_of(company, "Zed")
    assert seats.manager_chain == tuple(one.id for one in reversed(chain[2:]))
    assert len(seats.manager_chain) == 12
    assert seats.limits == {chain[2].id: Decimal("50000.00")}


def test_owners_on_the_path_are_told_by_code_and_group(company: Company) -> None:
    ask_owners(company)
    facilities, engineering = company.groups["Facilities"], company.groups["Engineering"]
    own(company, seat_of_group("director", company.root))
    own(company, person(company.people["Tom"]), facilities, GLOVES)
    own(company, person(company.people["Dana"]), engineering, GLOVES)
    seats = seats_of(company)
    assert seats.category_owners == {
        (SOFTWARE.code, company.root.id): (company.people["Erin"].id,),
        (GLOVES.code, facilities.id): (company.people["Tom"].id,),
    }
    assert company.people["Tom"].id in seats.people


def test_owners_are_read_only_where_a_policy_asks_for_them(company: Company) -> None:
    own(company, person(company.people["Tom"]))
    assert seats_of(company).category_owners == {}
    further = selectors.routing_context(
        company.groups["Field Service"].path,
        company.people["Alice"].id,
        NOW,
        further=(stage(OWNER),),
    )
    assert further.seats.category_owners == {
        (SOFTWARE.code, company.root.id): (company.people["Tom"].id,)
    }


def test_a_seat_aside_of_the_path_owns_for_everybody(company: Company) -> None:
    ask_owners(company)
    engineering = company.groups["Engineering"]
    nia = make_member(company.organization, engineering, "Nia Planner")
    seat(company.organization, "supervisor", engineering, nia)
    own(company, seat_of_group("supervisor", engineering))
    seats = seats_of(company)
    assert seats.category_owners == {(SOFTWARE.code, company.root.id): (nia.id,)}
    assert seats.people[nia.id].name == "Nia Planner"
    assert ("supervisor", engineering.id) not in seats.positions


def test_a_deputy_and_then_the_group_above_answer_for_an_owner_who_cannot(
    company: Company,
) -> None:
    ask_owners(company)
    admin, facilities = system(company.organization), company.groups["Facilities"]
    bob, tom, erin = (company.people[name] for name in ("Bob", "Tom", "Erin"))
    position = seat(company.organization, "supervisor", company.root, erin)
    own(company, seat_of_group("supervisor", facilities))
    key = (SOFTWARE.code, company.root.id)
    accounts.fill_position(
        actor=admin, position=position, group=facilities, membership=tom, is_deputy=True, now=NOW
    )
    assert seats_of(company).category_owners[key] == (bob.id,)
    assert seats_of(company, "Bob").category_owners[key] == (tom.id,), "Bob asks for himself"
    later = NOW + timedelta(days=1)
    for leaving in (bob, tom):
        accounts.suspend_member(
            actor=company.actor("Adam"), membership=leaving, reason="Left", now=later
        )
    assert seats_of(company).category_owners[key] == (erin.id,)


def test_an_owner_who_can_never_be_asked_is_told_so_that_it_can_be_said_why(
    company: Company,
) -> None:
    ask_owners(company)
    own(company, person(company.people["Alice"]))
    seats = seats_of(company)
    assert seats.category_owners == {
        (SOFTWARE.code, company.root.id): (company.people["Alice"].id,)
    }


def test_the_editor_offers_managers_up_to_the_limit_and_category_owners(company: Company) -> None:
    titles = [spec.title for spec in selectors.seat_choices(company.root)]
    first = titles.index("Manager")
    assert titles[first : first + 3] == ["Manager", "Managers up to the limit", "Category owner"]
