from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.factories.accounts import NOW, Company, make_company

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROOT = "/api/v1/accounts/training/"
PAGE = {
    "title": "Guided buying",
    "body": "Take what is preferred.",
    "links": [{"kind": "VIDEO", "label": "Clip", "url": "https://v.example/1", "seconds": 90}],
}
TERMS = {
    "roles": ["REQUISITIONER"],
    "before_buying": True,
    "every_months": 12,
    "required_from": "2026-11-24",
}


class Caller:
    """Somebody who calls the API of their organization."""

    def __init__(self, company: Company, who: str) -> None:
        self.client = Client()
        self.client.force_login(company.people[who].user, backend=BACKEND)
        self.headers: dict[str, Any] = {"X-Organization": company.organization.slug}

    def get(self, path: str = "") -> Any:
        return self.client.get(ROOT + path, headers=self.headers)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return getattr(self.client, method)(
            ROOT + path, data=body or {}, content_type="application/json", headers=self.headers
        )


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW):
        yield make_company()


@pytest.fixture
def adam(company: Company) -> Caller:
    return Caller(company, "Adam")


@pytest.fixture
def alice(company: Company) -> Caller:
    return Caller(company, "Alice")


def test_a_page_goes_its_way_through_the_api(adam: Caller, alice: Caller) -> None:
    created = adam.send("post", "pages/", PAGE)
    assert created.status_code == 201
    assert (created.json()["slug"], created.json()["version"]) == ("guided-buying", 1)
    assert adam.send("put", "pages/guided-buying/requirement/", TERMS).json() == TERMS
    (own,) = alice.get().json()["training"]
    assert (own["is_due"], own["is_blocking"], own["due_on"]) == (True, True, "2026-11-24")
    (due,) = adam.get("due/").json()["due"]
    assert (due["name"], due["since"]) == ("Alice Requester", "2026-11-24")
    assert alice.get("pages/guided-buying/").json()["links"] == PAGE["links"]
    read = alice.send("post", "pages/guided-buying/acknowledgements/", {"version": 1})
    assert (read.status_code, read.json()["version"]) == (201, 1)
    (own,) = alice.get().json()["training"]
    assert (own["is_due"], own["due_on"], own["blocks_on"]) == (False, "2027-11-24", "2027-12-24")
    assert adam.get("due/").json()["total"] == 0


def test_an_edit_is_a_new_version_and_an_older_one_is_neither_edited_nor_acknowledged(
    adam: Caller, alice: Caller
) -> None:
    adam.send("post", "pages/", PAGE)
    revision = PAGE | {"body": "Second", "place": 0, "after": 1}
    assert adam.send("put", "pages/guided-buying/", revision).json()["version"] == 2
    assert adam.send("put", "pages/guided-buying/", revision).status_code == 409
    late = alice.send("post", "pages/guided-buying/acknowledgements/", {"version": 1})
    assert late.status_code == 409


def test_a_link_that_will_not_do_is_refused_with_its_reason(adam: Caller) -> None:
    long = {"kind": "VIDEO", "label": "Clip", "url": "https://v.example/1", "seconds": 200}
    answer = adam.send("post", "pages/", PAGE | {"links": [long]})
    assert answer.status_code == 400
    assert "3 minutes (180 seconds) at most" in answer.content.decode()


def test_pages_are_archived_restored_and_required_no_longer(adam: Caller, alice: Caller) -> None:
    adam.send("post", "pages/", PAGE)
    adam.send("put", "pages/guided-buying/requirement/", TERMS)
    assert adam.send("delete", "pages/guided-buying/requirement/").status_code == 204
    (kept,) = adam.get("pages/").json()["training"]
    assert kept["requirement"] is None
    gone = adam.send("put", "pages/guided-buying/archived/", {"is_archived": True})
    assert gone.json()["is_archived"] is True
    assert alice.get("pages/guided-buying/").status_code == 404
    back = adam.send("put", "pages/guided-buying/archived/", {"is_archived": False})
    assert back.json()["is_archived"] is False


def test_the_due_list_is_narrowed_to_a_group(adam: Caller, alice: Caller, company: Company) -> None:
    adam.send("post", "pages/", PAGE)
    adam.send("put", "pages/guided-buying/requirement/", TERMS)
    assert adam.get(f"due/?group={company.groups['Facilities'].id}").json()["total"] == 1
    assert adam.get(f"due/?group={company.groups['Engineering'].id}").json()["total"] == 0
    assert adam.get("due/?group=nonsense").status_code == 404
    assert alice.get("due/").status_code == 403
