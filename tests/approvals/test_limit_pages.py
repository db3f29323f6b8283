"""Pages, files and API of approval limits, as administrators meet them."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import services
from approvals.models import ApprovalLimit
from procurement.core.files import BYTE_ORDER_MARK
from tests.factories.accounts import NOW, Company, make_company, make_member, system

pytestmark = [pytest.mark.django_db, pytest.mark.web]

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(days=3)):
        company = make_company()
        limit(company, "Bob", Decimal("1000.00"))
        limit(company, "Erin", None)
        yield company


def limit(company: Company, name: str, amount: Decimal | None, after: int = 0) -> None:
    with company.scope():
        services.set_approval_limit(
            actor=system(company.organization),
            membership=company.people[name],
            amount=amount,
            now=NOW + timedelta(days=after),
        )


def adam(company: Company) -> Client:
    browser = Client()
    browser.force_login(company.people["Adam"].user, backend=_BACKEND)
    return browser


def at(company: Company, tail: str = "") -> str:
    return f"/{company.organization.slug}/approvals/limits/{tail}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def call(company: Company, method: str, tail: str = "", **options: Any) -> Any:
    return adam(company).generic(
        method,
        f"/api/v1/approvals/limits/{tail}",
        headers={"X-Organization": company.organization.slug},
        content_type="application/json",
        **options,
    )


def current(company: Company, name: str) -> list[Decimal | None]:
    with company.scope():
        found = ApprovalLimit.objects.filter(
            membership=company.people[name], until__isnull=True
        ).values_list("amount", flat=True)
        return list(found)


def test_the_list_shows_who_may_agree_up_to_what(company: Company) -> None:
    page = text(adam(company).get(at(company)))
    assert "Bob Supervisor" in page
    assert "$1,000.00" in page
    assert "Any amount" in page
    assert "1–2 of 2 limits" in page


def test_the_list_is_searched_and_kept_for_a_day_of_the_past(company: Company) -> None:
    browser = adam(company)
    assert "Erin" not in text(browser.get(at(company), {"q": "bob"}))
    limit(company, "Bob", Decimal("7000.00"), after=2)
    assert "$7,000.00" in text(browser.get(at(company)))
    past = text(browser.get(at(company), {"at": "2026-11-25"}))
    assert "$1,000.00" in past
    assert "As they were at the end of Wed, Nov 25, 2026." in past
    coming = browser.get(at(company), {"at": "2027-01-01"})
    assert coming.status_code == 422
    assert "a day of the past" in text(coming)
    assert "No limit is like that" in text(browser.get(at(company), {"q": "zoe"}))


def test_an_empty_list_says_what_a_limit_is_for() -> None:
    company = make_company()
    assert "Nobody has a limit yet" in text(adam(company).get(at(company)))


def test_the_list_takes_as_many_queries_for_many_people_as_for_few(company: Company) -> None:
    browser = adam(company)
    browser.get(at(company))
    with CaptureQueriesContext(connection) as few:
        browser.get(at(company))
    with company.scope():
        for number in range(30):
            company.people[f"P{number}"] = make_member(
                company.organization, company.root, f"P{number} Many"
            )
    for number in range(30):
        limit(company, f"P{number}", Decimal(number))
    with CaptureQueriesContext(connection) as many:
        page = browser.get(at(company))
    assert "1–25 of 32 limits" in text(page)
    assert len(many) == len(few) <= 15


def test_a_limit_is_set_changed_and_ended_on_its_pages(company: Company) -> None:
    browser = adam(company)
    tom = str(company.people["Tom"].id)
    shown = text(browser.get(at(company, "set/"), {"membership": str(company.people["Bob"].id)}))
    assert 'value="1000.00"' in shown
    assert "Change a limit" in shown
    sent = browser.post(at(company, "set/"), {"membership": tom, "amount": "250.50"})
    assert sent.status_code == 302
    assert current(company, "Tom") == [Decimal("250.50")]
    browser.post(at(company, "set/"), {"membership": tom, "is_unlimited": "on"})
    assert current(company, "Tom") == [None]
    history = text(browser.get(at(company, f"{tom}/")))
    assert "$250.50" in history
    assert "In force" in history
    assert browser.post(at(company, f"{tom}/end/")).status_code == 302
    assert current(company, "Tom") == []


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(
    company: Company,
) -> None:
    browser = adam(company)
    tom = str(company.people["Tom"].id)
    nothing = browser.post(at(company, "set/"), {"membership": tom})
    assert nothing.status_code == 422
    assert "Enter an amount, or tick that any is fine." in text(nothing)
    both = browser.post(
        at(company, "set/"), {"membership": tom, "amount": "5", "is_unlimited": "on"}
    )
    assert "Leave the amount empty where any is fine." in text(both)
    assert 'value="5"' in text(both)
    looking = browser.post(
        at(company, "set/"), {"amount": "77", "membership_q": "tom", "find_person": "membership"}
    )
    assert looking.status_code == 200
    assert 'value="77"' in text(looking)
    assert "Tom Technician" in text(looking)


def test_nobody_sets_their_own_limit_on_a_page(company: Company) -> None:
    browser = adam(company)
    own = str(company.people["Adam"].id)
    refused = browser.post(at(company, "set/"), {"membership": own, "amount": "5"})
    assert refused.status_code == 422
    assert "Nobody sets their own limit" in text(refused)
    page = text(browser.get(at(company, f"{own}/")))
    assert "This is your own limit" in page
    assert "Set a limit</a>" not in page
    after = browser.post(at(company, f"{own}/end/"), follow=True)
    assert "Nobody sets their own limit" in text(after)


def test_the_file_holds_what_the_list_shows(company: Company) -> None:
    file = adam(company).get(at(company, "csv/"), {"q": "facilities"})
    content = file.getvalue()
    assert content.startswith(BYTE_ORDER_MARK)
    head, *lines = content.decode("utf-8-sig").splitlines()
    assert head == "Name,Address,Job title,Group,Manager,Agrees up to,Since,Until"
    (line,) = lines
    assert line.startswith("Bob Supervisor,")
    assert ",Facilities,,1000.00,2026-11-24 10:00:00-05:00," in line


def test_the_policies_page_leads_to_limits_for_those_who_keep_them(company: Company) -> None:
    page = text(adam(company).get(f"/{company.organization.slug}/approvals/policies/"))
    assert "Approval limits" in page
    assert "Category owners" in page
    alice = Client()
    alice.force_login(company.people["Alice"].user, backend=_BACKEND)
    seen = text(alice.get(f"/{company.organization.slug}/approvals/policies/"))
    assert "Approval limits" not in seen


def test_the_trail_leads_to_a_limit(company: Company) -> None:
    page = text(adam(company).get(f"/{company.organization.slug}/audit/"))
    bob = company.people["Bob"].id
    assert at(company, f"{bob}/") in page


def test_the_api_lists_sets_tells_and_ends(company: Company) -> None:
    tom = company.people["Tom"].id
    listed = call(company, "GET").json()
    assert [(one["name"], one["amount"]) for one in listed["limits"]] == [
        ("Bob Supervisor", "1000.00"),
        ("Erin Director", None),
    ]
    assert call(company, "PUT", f"{tom}/", data='{"amount": "12.50"}').json()["amount"] == "12.50"
    assert call(company, "PUT", f"{tom}/", data='{"amount": null}').json()["amount"] is None
    history = call(company, "GET", f"{tom}/").json()
    assert [one["amount"] for one in history] == [None, "12.50"]
    assert call(company, "DELETE", f"{tom}/").status_code == 204
    assert current(company, "Tom") == []
    assert call(company, "PUT", f"{tom}/", data="{}").status_code == 400
    past = call(company, "GET", "?at=2026-11-20").json()
    assert past["total"] == 0
    own = company.people["Adam"].id
    assert call(company, "PUT", f"{own}/", data='{"amount": "1"}').status_code == 400
