"""Devices turned on, listed, ended and renewed through the page and the API."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import selectors
from tests.accounts.devices import API, BACKEND, ONE, PHONE, TWO, subscribe
from tests.factories.accounts import Company, make_company
from tests.factories.devices import make_device
from tests.push_service import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Company:
    return make_company()


class Caller:
    """Somebody of the cast at a browser."""

    def __init__(self, company: Company, who: str) -> None:
        self.client = Client(enforce_csrf_checks=False)
        self.client.force_login(company.people[who].user, backend=BACKEND)
        self.headers: dict[str, Any] = {
            "X-Organization": company.organization.slug,
            "User-Agent": PHONE,
        }

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return getattr(self.client, method)(
            path, data=body or {}, content_type="application/json", headers=self.headers
        )


def as_json(browser: Browser) -> dict[str, Any]:
    told = browser.subscription
    return {
        "endpoint": told.endpoint,
        "expirationTime": None,
        "keys": {"p256dh": told.p256dh, "auth": told.auth},
    }


def test_a_browser_turns_itself_on_and_off_by_the_api(company: Company) -> None:
    bob = Caller(company, "Bob")
    made = bob.send("post", API, as_json(Browser(ONE)))
    assert made.status_code == 201
    assert made.json()["name"] == "Chrome on Android"
    listed = bob.send("get", API).json()
    assert [one["id"] for one in listed["devices"]] == [made.json()["id"]]
    assert len(listed["public_key"]) == 87
    assert Caller(company, "Adam").send("get", API).json()["devices"] == []
    assert Caller(company, "Adam").send("delete", f"{API}{made.json()['id']}/").status_code == 404
    assert bob.send("delete", f"{API}{made.json()['id']}/").status_code == 204
    assert bob.send("get", API).json()["devices"] == []


def test_an_address_inside_is_a_problem_with_its_place(company: Company) -> None:
    answer = Caller(company, "Bob").send("post", API, as_json(Browser("https://10.0.0.1/x")))
    assert answer.status_code == 400
    assert "public internet" in answer.json()["detail"]


def test_the_page_lists_devices_without_their_addresses_in_one_query(
    company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        make_device(company.people["Bob"])
        make_device(company.people["Bob"], "https://push.example/send/two")
    bob = Caller(company, "Bob").client
    page = f"/{company.organization.slug}/notifications/devices/"
    bob.get(page)
    with django_assert_max_num_queries(12):
        html = bob.get(page).content.decode()
    assert html.count("Chrome on Android") >= 2
    assert "push.example" not in html
    assert "data-push-device" in html


def test_the_page_ends_a_device_and_tries_one(company: Company) -> None:
    with company.scope():
        device = make_device(company.people["Bob"])
    bob = Caller(company, "Bob").client
    page = f"/{company.organization.slug}/notifications/devices/"
    assert "on its way" in bob.post(f"{page}{device.id}/try/", follow=True).content.decode()
    ended = bob.post(f"{page}{device.id}/end/", follow=True).content.decode()
    assert "shows no notifications any more" in ended
    assert "No device shows your notifications" in ended


def test_a_browser_that_renews_itself_is_followed_where_it_was_on(company: Company) -> None:
    with company.scope():
        subscribe(company, "Bob")
    bob = Caller(company, "Bob")
    allowed = bob.client.get("/push/renew/")
    assert set(allowed.json()) == {"public_key", "token"}
    assert "no-store" in allowed["Cache-Control"]
    body = {**as_json(Browser(TWO)), "old_endpoint": ONE}
    assert bob.send("post", "/push/renew/", body).json() == {"renewed": 1}
    assert bob.send("post", "/push/renew/", body).json() == {"renewed": 0}
    with company.scope():
        (device,) = selectors.own_devices(company.actor("Bob"))
        assert (device.endpoint, device.label) == (TWO, "Chrome on Android")


def test_nobody_elses_subscription_can_be_renewed(company: Company) -> None:
    with company.scope():
        subscribe(company, "Bob")
    body = {**as_json(Browser(TWO)), "old_endpoint": ONE}
    assert Caller(company, "Erin").send("post", "/push/renew/", body).json() == {"renewed": 0}
    assert Client().get("/push/renew/").status_code == 401
    assert Caller(company, "Bob").send("post", "/push/renew/", {}).status_code == 400
    with company.scope():
        assert len(selectors.own_devices(company.actor("Bob"))) == 1


def test_a_forged_post_renews_nothing(company: Company) -> None:
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(company.people["Bob"].user, backend=BACKEND)
    assert forger.post("/push/renew/", {}, content_type="application/json").status_code == 403
    token = forger.get("/push/renew/").json()["token"]
    answer = forger.post(
        "/push/renew/", {}, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 400


def test_renewing_to_an_address_inside_changes_nothing(company: Company) -> None:
    with company.scope():
        subscribe(company, "Bob")
    body = {**as_json(Browser("https://127.0.0.1/x")), "old_endpoint": ONE}
    assert Caller(company, "Bob").send("post", "/push/renew/", body).json() == {"renewed": 0}
    with company.scope():
        (device,) = selectors.own_devices(company.actor("Bob"))
        assert device.endpoint == ONE
