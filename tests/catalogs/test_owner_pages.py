"""Pages, files and API of category owners, as administrators meet them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Position
from approvals.models import CategoryOwner
from approvals.services import OwnedCategory
from procurement.core.files import BYTE_ORDER_MARK
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.catalogs import Shop, make_category, make_shop, open_shop
from tests.factories.owners import own, person, seat_of_group

pytestmark = [pytest.mark.django_db, pytest.mark.web]

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TABLETS = OwnedCategory("43211509", "Tablets")
CASES = OwnedCategory("43212000", "Cases")


@pytest.fixture
def shop() -> Iterator[Shop]:
    with time_machine.travel(NOW + timedelta(days=3)):
        shop = open_shop()
        company = shop.company
        with company.scope():
            own(company, seat_of_group("director", company.root), category=TABLETS)
            own(company, person(company.people["Bob"]), company.groups["Facilities"], CASES)
        yield shop


def adam(shop: Shop) -> Client:
    browser = Client()
    browser.force_login(shop.company.people["Adam"].user, backend=_BACKEND)
    return browser


def at(shop: Shop, tail: str = "") -> str:
    return f"/{shop.company.organization.slug}/catalog/owners/{tail}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def call(shop: Shop, method: str, tail: str = "", **options: Any) -> Any:
    return adam(shop).generic(
        method,
        f"/api/v1/catalog/owners/{tail}",
        headers={"X-Organization": shop.company.organization.slug},
        content_type="application/json",
        **options,
    )


def current(company: Company) -> list[tuple[str, str, str]]:
    with company.scope():
        owners = CategoryOwner.objects.current().select_related(
            "group", "position", "seat_group", "membership__user"
        )
        return sorted((one.category_name, one.group.name, one.title) for one in owners)


def form(shop: Shop, **changes: str) -> dict[str, str]:
    engineering = str(shop.company.groups["Engineering"].id)
    with shop.company.scope():
        position = str(Position.objects.get(code="director").id)
    return {
        "category": "Tablets",
        "group": engineering,
        "kind": "SEAT",
        "position": position,
        "seat_group": "",
        "membership": "",
        **changes,
    }


def test_the_list_shows_who_owns_what_and_who_answers(shop: Shop) -> None:
    page = text(adam(shop).get(at(shop)))
    assert page.index("Cases") < page.index("Tablets")
    assert "Director of Northwind Works" in page
    assert "Erin Director" in page
    assert "1–2 of 2 owners" in page


def test_for_a_group_it_shows_what_is_inherited_and_from_where(shop: Shop) -> None:
    page = text(adam(shop).get(at(shop), {"of": "field service"}))
    assert "Inherited from Northwind Works" in page
    assert "Inherited from Facilities" in page
    assert "?owner=" not in page, "what is inherited is changed where it was named"
    engineering = text(adam(shop).get(at(shop), {"of": "Engineering"}))
    assert "Cases" not in engineering
    wrong = adam(shop).get(at(shop), {"of": "Nowhere"})
    assert wrong.status_code == 422
    assert "No group of yours has the name or code “Nowhere”." in text(wrong)
    assert 'value="Nowhere"' in text(wrong)


def test_the_list_is_searched_and_kept_for_a_day_of_the_past(shop: Shop) -> None:
    company = shop.company
    with company.scope():
        own(company, person(company.people["Tom"]), category=TABLETS, now=NOW + timedelta(days=2))
    browser = adam(shop)
    now = text(browser.get(at(shop), {"q": "tablets"}))
    assert "Tom Technician" in now
    assert "Bob Supervisor" not in now
    past = text(browser.get(at(shop), {"at": "2026-11-25"}))
    assert "Director of Northwind Works" in past
    assert "Tom Technician" not in past
    assert "End<span" not in past
    assert browser.get(at(shop), {"at": "2027-01-01"}).status_code == 422
    assert "No owner is like that" in text(browser.get(at(shop), {"q": "paint"}))


def test_an_empty_list_says_what_an_owner_is_for() -> None:
    company = make_company()
    with company.scope():
        shop = make_shop(company)
    assert "No category has an owner yet" in text(adam(shop).get(at(shop)))


def test_the_list_takes_as_many_queries_for_many_owners_as_for_few(shop: Shop) -> None:
    browser, company = adam(shop), shop.company
    browser.get(at(shop))
    with CaptureQueriesContext(connection) as few:
        browser.get(at(shop))
    with company.scope():
        for number in range(30):
            category = OwnedCategory(f"C-{number}", f"Category {number}")
            own(company, seat_of_group("supervisor", company.groups["Facilities"]), None, category)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(at(shop))
    assert "1–25 of 32 owners" in text(page)
    assert len(many) == len(few) <= 16


def test_a_seat_and_a_person_are_named_and_ended_on_the_pages(shop: Shop) -> None:
    browser, company = adam(shop), shop.company
    facilities = str(company.groups["Facilities"].id)
    assert browser.post(at(shop, "name/"), form(shop)).status_code == 302
    sent = form(shop, category="43212000", seat_group=facilities)
    assert browser.post(at(shop, "name/"), sent).status_code == 302
    tom = str(company.people["Tom"].id)
    sent = form(shop, category="Consumer tablets", kind="PERSON", membership=tom)
    assert browser.post(at(shop, "name/"), sent).status_code == 302
    assert current(company) == [
        ("Cases", "Engineering", "Director of Facilities"),
        ("Cases", "Facilities", "Bob Supervisor"),
        ("Consumer tablets", "Engineering", "Tom Technician"),
        ("Tablets", "Engineering", "Director of Engineering"),
        ("Tablets", "Northwind Works", "Director of Northwind Works"),
    ]
    with company.scope():
        named = CategoryOwner.objects.current().get(membership=company.people["Tom"])
    shown = text(browser.get(at(shop, "name/"), {"owner": str(named.id)}))
    assert "Change an owner" in shown
    assert 'value="CONSUMER-TABLETS"' in shown
    assert "Tom Technician" in shown
    assert browser.post(at(shop, f"{named.id}/end/")).status_code == 302
    assert "Consumer tablets" not in {name for name, _, _ in current(company)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": "Elephants"}, "No category has the code or name “Elephants”."),
        ({"position": ""}, "Choose a seat."),
        ({"kind": "PERSON"}, "Choose a person."),
        ({"group": ""}, "Choose a group"),
    ],
)
def test_what_is_missing_stands_beside_its_field(
    shop: Shop, changes: dict[str, str], words: str
) -> None:
    sent = adam(shop).post(at(shop, "name/"), form(shop, **changes))
    assert sent.status_code == 422
    assert words in text(sent)
    assert len(current(shop.company)) == 2


def test_looking_for_a_person_loses_nothing_that_was_typed(shop: Shop) -> None:
    typed = {**form(shop, category="Cases"), "membership_q": "tom", "find_person": "membership"}
    shown = adam(shop).post(at(shop, "name/"), typed)
    assert shown.status_code == 200
    assert 'value="Cases"' in text(shown)
    assert "Tom Technician" in text(shown)


def test_nobody_names_themselves(shop: Shop) -> None:
    own_id = str(shop.company.people["Adam"].id)
    sent = adam(shop).post(at(shop, "name/"), form(shop, kind="PERSON", membership=own_id))
    assert sent.status_code == 422
    assert "Nobody names themselves" in text(sent)


def test_the_file_holds_what_the_list_shows(shop: Shop) -> None:
    file = adam(shop).get(at(shop, "csv/"), {"of": "Field Service"})
    content = file.getvalue()
    assert content.startswith(BYTE_ORDER_MARK)
    head, *lines = content.decode("utf-8-sig").splitlines()
    assert head.startswith("Category,Category name,Holds for,Inherited from,Owner,Who answers")
    assert [line.split(",")[:6] for line in lines] == [
        ["43212000", "Cases", "Facilities", "Facilities", "Bob Supervisor", "Bob Supervisor"],
        [
            "43211509",
            "Tablets",
            "Northwind Works",
            "Northwind Works",
            "Director of Northwind Works",
            "Erin Director",
        ],
    ]


def test_the_api_lists_names_and_ends(shop: Shop) -> None:
    company = shop.company
    listed = call(shop, "GET").json()
    assert listed["total"] == 2
    assert [(one["category"], one["owner"]) for one in listed["owners"]] == [
        ("43212000", "Bob Supervisor"),
        ("43211509", "Director of Northwind Works"),
    ]
    tablets = listed["owners"][1]
    assert (tablets["position"], tablets["member"]) == ("director", None)
    assert tablets["answer"]["name"] == "Erin Director"
    field_service = company.groups["Field Service"].id
    inherited = call(shop, "GET", f"?group={field_service}").json()["owners"]
    assert [one["inherited_from"] for one in inherited] == ["Facilities", "Northwind Works"]
    body = f'{{"category": "Cases", "group": "{field_service}", "position": "supervisor"}}'
    made = call(shop, "POST", data=body)
    assert made.status_code == 201
    assert made.json()["owner"] == "Supervisor of Field Service"
    assert made.json()["answer"]["answered_by"] == "Facilities"
    assert call(shop, "DELETE", f"{made.json()['id']}/").status_code == 204
    assert len(current(company)) == 2
    assert call(shop, "GET", "?at=2026-11-20").json()["total"] == 0
    assert call(shop, "GET", "?at=2027-11-20").status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        '"category": "Elephants", "position": "supervisor"',
        '"category": "Cases", "position": "emperor"',
        '"category": "Cases", "member": "00000000-0000-0000-0000-000000000001"',
        '"category": "Cases"',
    ],
)
def test_the_api_refuses_what_it_does_not_know(shop: Shop, wrong: str) -> None:
    group = shop.company.root.id
    answer = call(shop, "POST", data=f'{{"group": "{group}", {wrong}}}')
    assert answer.status_code == 400
    assert len(current(shop.company)) == 2


def test_a_category_keeps_the_name_that_it_had(shop: Shop) -> None:
    with shop.company.scope():
        make_category(shop.company, CASES.code, "Sleeves and cases")
    page = text(adam(shop).get(at(shop)))
    assert "Sleeves" not in page


def test_groups_whose_policy_is_kept_are_found_while_somebody_types(shop: Shop) -> None:
    found = adam(shop).get(
        f"/{shop.company.organization.slug}/groups/find/",
        {"field": "group", "may": "manage_policies", "group_q": "engin"},
    )
    assert found.status_code == 200
    assert "Engineering" in text(found)
    assert "Workplace" not in text(found)
