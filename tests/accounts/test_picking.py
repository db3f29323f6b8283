import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import selectors
from accounts.models import PositionHolder, RoleGrant
from accounts.selectors import find_members
from accounts.web import org_reverse
from tests.factories.accounts import Company, make_company, make_member

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def grants(company: Company) -> str:
    return org_reverse(
        company.organization, "accounts:grant-role", group_id=company.groups["Workplace"].id
    )


def test_a_person_is_found_by_parts_of_name_and_address_in_any_order(company: Company) -> None:
    with company.scope():
        for query in ("bob", "visor BOB", "bob. supervisor", "  Supervisor   "):
            found = find_members(company.actor("Adam"), query)
            assert [person.name for person in found.people] == ["Bob Supervisor"]
            assert not found.has_more


def test_a_search_is_one_query_and_shows_the_first_with_a_hint_of_more(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        for number in range(12):
            make_member(company.organization, company.root, f"Zoe Number {number:02}")
        adam = company.actor("Adam")
        with django_assert_num_queries(1):
            found = find_members(adam, "zoe number")
    assert [person.name for person in found.people] == [f"Zoe Number {n:02}" for n in range(8)]
    assert found.has_more


def test_those_who_manage_nobody_find_nobody(company: Company) -> None:
    with company.scope():
        assert find_members(company.actor("Alice"), "bob").people == ()


def test_whoever_has_no_access_is_not_on_offer(company: Company) -> None:
    with company.scope():
        bob = company.people["Bob"]
        bob.status = "SUSPENDED"
        bob.save()
        assert find_members(company.actor("Adam"), "bob").people == ()
        assert selectors.picked_member(company.actor("Adam"), bob.id) is None


def test_searching_without_a_script_shows_the_form_again_with_what_was_typed(
    adam: Client, company: Company
) -> None:
    typed = {"membership_q": "tom", "role": "FINANCE", "find_person": "membership"}
    response = adam.post(grants(company), typed)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Tom Technician" in html
    assert "Bob Supervisor" not in html
    assert 'value="FINANCE" selected' in html
    assert 'value="tom"' in html
    with company.scope():
        assert not RoleGrant.objects.filter(group=company.groups["Workplace"]).exists()


def test_whoever_was_chosen_stays_chosen_while_the_search_goes_on(
    adam: Client, company: Company
) -> None:
    tom = company.people["Tom"]
    find = org_reverse(company.organization, "accounts:find-people")
    query = {"field": "membership", "membership_q": "bob", "membership": str(tom.id)}
    html = adam.get(find, query).content.decode()
    assert f'value="{tom.id}" checked' in html
    assert "Bob Supervisor" in html
    assert "<html" not in html


def test_a_form_without_a_person_says_how_to_choose_one(adam: Client, company: Company) -> None:
    response = adam.post(grants(company), {"role": "FINANCE", "membership_q": "dana"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "search for a part of their name" in html
    assert "Dana Finance" in html


def test_a_search_that_finds_nobody_says_what_to_do(adam: Client, company: Company) -> None:
    html = adam.post(
        grants(company), {"membership_q": "nobody <b>", "find_person": "membership"}
    ).content.decode()
    assert "nobody &lt;b&gt;" in html
    assert "Check the spelling" in html


def test_a_chosen_person_is_given_the_role(adam: Client, company: Company) -> None:
    tom = company.people["Tom"]
    response = adam.post(grants(company), {"membership": str(tom.id), "role": "FINANCE"})
    assert response.status_code == 302
    with company.scope():
        assert RoleGrant.objects.filter(membership=tom, role="FINANCE").exists()


def test_the_page_says_who_fills_a_seat_since_when_and_who_is_the_deputy(
    adam: Client, company: Company
) -> None:
    facilities, tom = company.groups["Facilities"], company.people["Tom"]
    seats = org_reverse(company.organization, "accounts:fill-position", group_id=facilities.id)
    with company.scope():
        position = selectors.positions().get(code="supervisor")
    sent = {"position": str(position.id), "is_deputy": "yes", "membership": str(tom.id)}
    shown = adam.post(seats, sent)
    assert shown.status_code == 200
    assert "Tom Technician becomes deputy Supervisor of Facilities." in shown.content.decode()
    seen = shown.context["seen"]
    with company.scope():
        assert not PositionHolder.objects.current().filter(is_deputy=True).exists()
    assert adam.post(seats, {**sent, "seen": seen}).status_code == 302
    with company.scope():
        assert PositionHolder.objects.current().get(is_deputy=True).membership_id == tom.id
    page = org_reverse(company.organization, "accounts:group", group_id=facilities.id)
    html = adam.get(page).content.decode()
    assert "Fills the seat here since" in html
    assert "Deputy: Tom Technician since" in html
    assert "Change deputy" in html


def test_where_the_holder_has_no_access_the_deputy_answers(company: Company) -> None:
    facilities = company.groups["Facilities"]
    with company.scope():
        position = selectors.positions().get(code="supervisor")
        PositionHolder.objects.create(
            organization_id=company.organization.id,
            position=position,
            group=facilities,
            membership=company.people["Tom"],
            is_deputy=True,
            since=PositionHolder.objects.earliest("since").since,
        )
        company.people["Bob"].status = "SUSPENDED"
        company.people["Bob"].save()
        below = selectors.seat_overview(company.groups["Field Service"])
        (state,) = [state for state in below if state.code == "supervisor"]
        assert state.answer is not None
        assert (state.answer.person.name, state.answer.is_deputy) == ("Tom Technician", True)
        assert state.answered_by == "Facilities"
