import pytest
from django.test import Client

from accounts.web import org_reverse
from tests.factories.accounts import Company, make_company, make_member

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def company() -> Company:
    return make_company()


def page(client: Client, company: Company, who: str, name: str, **kwargs: object) -> str:
    client.force_login(company.people[who].user, backend=BACKEND)
    response = client.get(org_reverse(company.organization, name, **kwargs))
    assert response.status_code == 200
    return response.content.decode()


def group_page(client: Client, company: Company, who: str, group: str) -> str:
    return page(client, company, who, "accounts:group", group_id=company.groups[group].id)


def test_a_seat_that_a_group_does_not_fill_says_which_group_answers(
    client: Client, company: Company
) -> None:
    html = group_page(client, company, "Adam", "Field Service")
    assert "Answered by Facilities" in html
    assert "Answered by Northwind Works" in html


def test_a_seat_that_nobody_fills_is_marked_vacant(client: Client, company: Company) -> None:
    html = group_page(client, company, "Adam", "Engineering")
    assert "Vacant" in html
    assert "seat-vacant" in html


def test_roles_from_above_say_where_they_come_from(client: Client, company: Company) -> None:
    html = group_page(client, company, "Adam", "Field Service")
    assert "Alice Requester" in html
    assert "Tom Technician" in html
    assert "Inherited from Facilities" in html
    assert "Inherited from Northwind Works" in html


def test_a_role_granted_here_to_somebody_at_home_elsewhere_is_shown(
    client: Client, company: Company
) -> None:
    with company.scope():
        make_member(
            company.organization,
            company.groups["Engineering"],
            "Vera Visitor",
            "FINANCE",
            on=company.groups["Workplace"],
        )
    assert "Vera Visitor" in group_page(client, company, "Adam", "Workplace")


def test_only_those_who_may_change_a_group_are_offered_to(client: Client, company: Company) -> None:
    offered = group_page(client, company, "Adam", "Field Service")
    withheld = group_page(client, company, "Alice", "Field Service")
    for words in ("Add a person", "Grant a role", "End access", "Fill the seat", "New group"):
        assert words in offered
        assert words not in withheld


def test_crumbs_lead_only_to_groups_that_the_reader_may_see(
    client: Client, company: Company
) -> None:
    html = group_page(client, company, "Alice", "Field Service")
    facilities = org_reverse(
        company.organization, "accounts:group", group_id=company.groups["Facilities"].id
    )
    assert "<li>Facilities</li>" in html
    assert f'href="{facilities}"' not in html


def test_the_tree_marks_the_group_that_is_looked_at(client: Client, company: Company) -> None:
    html = group_page(client, company, "Adam", "Workplace")
    address = org_reverse(
        company.organization, "accounts:group", group_id=company.groups["Workplace"].id
    )
    assert f'href="{address}" aria-current="page"' in html


def test_a_form_keeps_what_was_entered_and_says_what_is_wrong(
    client: Client, company: Company
) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    address = org_reverse(
        company.organization, "accounts:add-member", group_id=company.groups["Workplace"].id
    )
    response = client.post(address, {"name": "Nia Planner", "email": "nope", "role": "FINANCE"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="Nia Planner"' in html
    assert 'id="id_email_error"' in html


def test_ending_access_lists_what_it_changes_before_it_does(
    client: Client, company: Company
) -> None:
    bob = company.people["Bob"]
    page(client, company, "Adam", "accounts:suspend-member", membership_id=bob.id)
    address = org_reverse(company.organization, "accounts:suspend-member", membership_id=bob.id)
    html = client.post(address, {"reason": "Left"}).content.decode()
    assert "What this changes" in html
    assert "Bob Supervisor is shut out with their next request" in html
    assert "Confirm: end Bob Supervisor’s access" in html


def test_what_roles_may_do_is_a_table_of_all_of_them(client: Client, company: Company) -> None:
    html = page(client, company, "Alice", "accounts:roles")
    for words in ("Administrator", "Requisitioner", "Place orders", "Read the audit trail"):
        assert words in html


def test_home_opens_for_somebody_without_any_role(client: Client, company: Company) -> None:
    html = page(client, company, "Bob", "home")
    assert "Nothing waits for you" in html
    assert "Facilities" in html
    assert "What do you need?" not in html


def test_home_offers_the_catalog_to_those_who_buy(client: Client, company: Company) -> None:
    html = page(client, company, "Alice", "home")
    assert "What do you need?" in html
    assert "You have not ordered yet" in html


def test_the_navigation_holds_only_what_one_may_open(client: Client, company: Company) -> None:
    bob = page(client, company, "Bob", "home")
    adam = page(client, company, "Adam", "home")
    assert "Audit trail" not in bob
    assert "Approvals" in bob
    assert "Groups" in adam


def test_no_page_of_groups_carries_inline_style_or_script(client: Client, company: Company) -> None:
    for html in (
        group_page(client, company, "Adam", "Facilities"),
        page(client, company, "Adam", "home"),
        page(client, company, "Adam", "accounts:roles"),
    ):
        assert " style=" not in html
        assert "<style" not in html
        assert "<script>" not in html
        assert " onclick=" not in html
