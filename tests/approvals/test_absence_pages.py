"""Pages and API of absences, as people and administrators meet them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import AbsenceFeed, Delegation
from tests.factories.absences import away
from tests.factories.accounts import NOW, Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.web]

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW, tick=False):
        yield make_company()


def browser(company: Company, name: str) -> Client:
    client = Client()
    client.force_login(company.people[name].user, backend=_BACKEND)
    return client


def at(company: Company, tail: str = "") -> str:
    return f"/{company.organization.slug}/approvals/absence/{tail}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def call(company: Company, name: str, method: str, tail: str = "", **options: Any) -> Any:
    return browser(company, name).generic(
        method,
        f"/api/v1/approvals/absences/{tail}",
        content_type="application/json",
        headers={"X-Organization": company.organization.slug},
        **options,
    )


def filled(company: Company, **changed: Any) -> dict[str, Any]:
    return {
        "deputy": company.people["Tom"].id,
        "starts_on": "2026-11-25",
        "ends_on": "2026-12-03",
        "up_to": "",
        "reason": "Holiday",
        **changed,
    }


def only(company: Company) -> Delegation:
    with company.scope():
        return Delegation.objects.get()


def test_somebody_sets_their_own_absence_and_ends_it(company: Company) -> None:
    client = browser(company, "Bob")
    assert "Nobody decides for you" in text(client.get(at(company)))
    response = client.post(
        at(company, "set/"), filled(company, groups=[company.groups["Facilities"].id], up_to="500")
    )
    assert response.status_code == 302
    delegation = only(company)
    # Days of New York: five hours behind.
    assert delegation.starts_at == datetime(2026, 11, 25, 5, tzinfo=UTC)
    assert delegation.ends_at == datetime(2026, 12, 4, 5, tzinfo=UTC)
    page = text(client.get(at(company)))
    for words in ("Tom Technician", "Wed, Nov 25 – Thu, Dec 3", "Facilities", "$500.00", "To come"):
        assert words in page, words
    assert "Bob Supervisor" in text(browser(company, "Tom").get(at(company)))
    assert client.post(at(company, f"{delegation.id}/end/")).status_code == 302
    assert only(company).ended_at == NOW
    assert "Nobody decides for you" in text(client.get(at(company)))


def test_a_preset_fills_the_days(company: Company) -> None:
    page = text(browser(company, "Bob").get(at(company, "set/")))
    assert "?starts_on=2026-11-30&amp;ends_on=2026-12-06" in page
    filled_in = browser(company, "Bob").get(
        at(company, "set/?starts_on=2026-11-30&ends_on=2026-12-06")
    )
    assert 'value="2026-11-30"' in filled_in.content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ends_on": "2026-11-24"}, "The last day comes before the first."),
        ({"starts_on": "2026-11-20", "ends_on": "2026-11-21"}, "This time is over"),
        ({"deputy": ""}, "Choose a person"),
        ({"up_to": "-3"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(
    company: Company, changed: dict[str, Any], sentence: str
) -> None:
    response = browser(company, "Bob").post(at(company, "set/"), filled(company, **changed))
    assert response.status_code == 422
    page = text(response)
    assert sentence in page
    assert "Holiday" in page


def test_nobody_stands_in_for_themselves(company: Company) -> None:
    response = browser(company, "Bob").post(
        at(company, "set/"), filled(company, deputy=company.people["Bob"].id)
    )
    assert "Nobody stands in for themselves" in text(response)


def test_a_colleague_is_found_by_somebody_without_a_role(company: Company) -> None:
    client = browser(company, "Bob")
    shown = client.post(
        at(company, "set/"), filled(company, deputy="", deputy_q="techn", find_person="deputy")
    )
    assert "Tom Technician" in text(shown)
    find = reverse("accounts:find-people", kwargs={"organization_slug": company.organization.slug})
    assert client.get(f"{find}?field=deputy&deputy_q=tom").status_code == 403
    found = client.get(f"{find}?field=deputy&deputy_q=tom&as=colleague")
    assert "Tom Technician" in text(found)


def test_an_administrator_sets_and_ends_it_for_others(company: Company) -> None:
    client = browser(company, "Adam")
    form = filled(company, membership=company.people["Bob"].id)
    assert client.post(at(company, "all/set/"), form).status_code == 302
    page = text(client.get(at(company, "all/")))
    for words in ("Bob Supervisor", "Tom Technician", "Adam Administrator"):
        assert words in page, words
    assert "No absence is like that" in text(client.get(at(company, "all/?q=erin")))
    client.post(at(company, f"{only(company).id}/end/"))
    assert "Nobody is away" in text(client.get(at(company, "all/")))
    assert "Bob Supervisor" in text(client.get(at(company, "all/?past=on")))


def test_everybodys_absences_are_not_for_everybody(company: Company) -> None:
    for name in ("Bob", "Dana", "Alice"):
        assert browser(company, name).get(at(company, "all/")).status_code == 403
        assert browser(company, name).get(at(company, "all/set/")).status_code == 403
        assert call(company, name, "GET", "?of=all").status_code == 403


def test_nobody_ends_the_absence_of_somebody_else(company: Company) -> None:
    with company.scope():
        delegation = away(company, "Bob", "Tom")
    for name in ("Tom", "Erin"):
        assert browser(company, name).post(at(company, f"{delegation.id}/end/")).status_code == 404
        assert call(company, name, "DELETE", f"{delegation.id}/").status_code == 404
    assert only(company).ended_at is None


def test_the_list_takes_as_many_statements_for_many_as_for_one(company: Company) -> None:
    client = browser(company, "Adam")

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(at(company, "all/"))
        return len(caught)

    with company.scope():
        away(company, "Bob", "Tom", groups=[company.groups["Facilities"]])
    client.get(at(company, "all/"))
    one = statements()
    with company.scope():
        for name in ("Erin", "Dana", "Alice"):
            away(company, name, "Tom", groups=[company.groups["Facilities"]])
    assert statements() == one


def test_the_api_sets_lists_and_ends(company: Company) -> None:
    made = call(
        company,
        "Bob",
        "POST",
        data=(
            f'{{"deputy": "{company.people["Tom"].id}", "starts_at": "2026-11-25T00:00:00Z",'
            f' "ends_at": "2026-12-04T00:00:00Z", "up_to": "500.00",'
            f' "groups": ["{company.groups["Facilities"].id}"]}}'
        ),
    )
    assert made.status_code == 201, made.content
    absence = made.json()
    assert (absence["deputy_name"], absence["up_to"], absence["warning"]) == (
        "Tom Technician",
        "500.00",
        "",
    )
    assert [one["name"] for one in absence["groups"]] == ["Facilities"]
    for name, of in (("Bob", "own"), ("Tom", "to_me"), ("Adam", "all")):
        assert call(company, name, "GET", f"?of={of}").json()["total"] == 1, name
    assert call(company, "Tom", "GET").json()["total"] == 0
    assert call(company, "Bob", "DELETE", f"{absence['id']}/").status_code == 204
    assert call(company, "Bob", "GET").json()["total"] == 0


def test_the_api_refuses_beside_the_field(company: Company) -> None:
    answer = call(
        company,
        "Bob",
        "POST",
        data=(
            f'{{"deputy": "{company.people["Bob"].id}", "starts_at": "2026-11-25T00:00:00Z",'
            ' "ends_at": "2026-12-04T00:00:00Z"}'
        ),
    )
    assert answer.status_code == 400
    assert "deputy" in str(answer.json())


def test_somebody_has_their_calendar_read_and_ends_it(company: Company) -> None:
    client = browser(company, "Bob")
    form = {"name": "Mine", "url": "http://calendar.example/secret.ics", "deputy": ""}
    refused = client.post(at(company, "calendars/add/"), form)
    assert refused.status_code == 422
    assert "has to begin with https" in text(refused)
    form["url"] = "https://calendar.example/secret.ics"
    assert client.post(at(company, "calendars/add/"), form).status_code == 302
    page = text(client.get(at(company)))
    assert "calendar.example" in page
    assert "secret.ics" not in page
    with company.scope():
        feed = AbsenceFeed.objects.get()
    end = at(company, f"calendars/{feed.id}/end/")
    assert browser(company, "Adam").post(end).status_code == 404
    assert client.post(end).status_code == 302
    assert "No calendar is read" in text(client.get(at(company)))


def test_the_organizations_calendar_is_its_administrators(company: Company) -> None:
    client = browser(company, "Adam")
    form = {"name": "Everybody", "url": "https://calendar.example/all.ics", "deputy": ""}
    add = at(company, "all/calendars/add/")
    assert client.post(add, form).status_code == 302
    with company.scope():
        feed = AbsenceFeed.objects.get()
        AbsenceFeed.objects.update(
            last_error="The calendar's server answers 404.",
            unmatched=[{"title": "Party", "starts_at": NOW.isoformat(), "why": "Nobody here."}],
        )
    page = text(client.get(at(company, "all/")))
    for words in ("Everybody", "answers 404", "1 event set no absence", "Party"):
        assert words in page, words
    for name in ("Bob", "Dana"):
        other = browser(company, name)
        assert other.post(add, form).status_code == 403
        assert other.post(at(company, f"calendars/{feed.id}/end/")).status_code == 404
