"""Pages and API of a period's life, of transfers and of how budgets run."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from budgets.models import BudgetPeriod, BudgetSettings, BudgetTransfer, Earmark, FiscalYearRule
from procurement.core.ids import new_id
from tests.factories.accounts import Company, make_member, signed_in
from tests.factories.budgets import TODAY, make_budget, make_document, reserve

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.web,
    pytest.mark.usefixtures("clock_stands"),
]


def running(company: Company, group: str, cap: int = 1000) -> BudgetPeriod:
    with company.scope():
        budget = make_budget(company.organization, company.groups[group], cap)
        return BudgetPeriod.objects.get(budget=budget, starts_on__lte=TODAY, ends_on__gte=TODAY)


def address(company: Company, path: str) -> str:
    return f"/{company.organization.slug}/budgets/{path}"


def text(response: Any) -> str:
    return str(response.content.decode())


def api(client: Client, company: Company, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(
        f"/api/v1/budgets/{path}",
        data=body or {},
        content_type="application/json",
        headers={"X-Organization": company.organization.slug},
    )


def test_a_period_is_frozen_and_taken_up_from_its_ledger(world: Company) -> None:
    period = running(world, "Facilities")
    client = signed_in(world, "Dana")
    ledger = address(world, f"{period.id}/")
    assert f"{ledger}freeze/" in text(client.get(ledger))
    missing = client.post(f"{ledger}freeze/", {"reason": ""})
    assert missing.status_code == 422
    assert "Say why, for the record." in text(missing)
    assert client.post(f"{ledger}freeze/", {"reason": "Audit"}).status_code == 302
    page = text(client.get(ledger))
    assert "Take it up again" in page
    assert f"{ledger}freeze/" not in page
    again = client.post(f"{ledger}freeze/", {"reason": "Audit"})
    assert again.status_code == 422
    assert "Only a period that is open can be frozen." in text(again)
    client.post(f"{ledger}thaw/", {"reason": "Done"})
    assert "Take it up again" not in text(client.get(ledger))


def test_closing_shows_what_stands_there_and_where_it_goes_before_it_is_done(
    world: Company,
) -> None:
    period = running(world, "Facilities")
    with world.scope():
        reserve(world.organization, world.groups["Facilities"], 300, make_document("R-2026-0418"))
    client = signed_in(world, "Dana")
    where = address(world, f"{period.id}/close/")
    page = text(client.get(where))
    assert "R-2026-0418" in page
    assert "Open orders of $300.00 move on to Q1 2027" in page
    assert client.post(where, {"reason": "Books are done"}).status_code == 302
    page = text(client.get(address(world, f"{period.id}/")))
    assert "Reopen for late invoices" in page
    with world.scope():
        heir = BudgetPeriod.objects.get(budget_id=period.budget_id, code="2027-Q1")
        assert heir.reserved == 300


def test_a_form_sent_twice_adjusts_once(world: Company) -> None:
    period = running(world, "Facilities")
    client = signed_in(world, "Dana")
    where = address(world, f"{period.id}/adjust/")
    sent = {"amount": "25.00", "reason": "Booked elsewhere", "reference": str(new_id())}
    for _ in range(2):
        assert client.post(where, sent).status_code == 302
    too_much = client.post(where, sent | {"amount": "5,000.00", "reference": str(new_id())})
    assert too_much.status_code == 422
    assert "Only $975.00 is left" in text(too_much)
    assert "Booked elsewhere" in text(too_much)
    with world.scope():
        period.refresh_from_db()
        assert period.spent == 25


def test_room_is_set_aside_listed_with_its_days_and_given_back(world: Company) -> None:
    period = running(world, "Facilities")
    client = signed_in(world, "Dana")
    where = address(world, f"{period.id}/earmarks/")
    assert "Nothing is set aside" in text(client.get(where))
    client.post(
        f"{where}new/",
        {
            "purpose": "Winter tyres",
            "amount": "80.00",
            "expires_on": "2026-11-27",
            "reference": str(new_id()),
        },
    )
    page = text(client.get(where))
    assert "Winter tyres" in page
    assert "3 days left" in page
    with world.scope():
        earmark = Earmark.objects.get()
    client.post(address(world, f"earmarks/{earmark.id}/release/"))
    assert "Given back" in text(client.get(where))


def test_a_neighbour_is_asked_and_answers_on_the_page_of_the_transfer(world: Company) -> None:
    taker, giver = running(world, "Field Service"), running(world, "Workplace")
    with world.scope():
        groups = world.groups
        for group, name in (("Field Service", "Fiona Field"), ("Workplace", "Walter Works")):
            world.people[name] = make_member(world.organization, groups[group], name, Role.FINANCE)
    fiona, walter = signed_in(world, "Fiona Field"), signed_in(world, "Walter Works")
    where = address(world, f"{taker.id}/transfer/")
    assert "Workplace, Q4 2026" in text(fiona.get(where))
    asked = fiona.post(
        where,
        {
            "giver": str(giver.id),
            "amount": "300.00",
            "reason": "A pump broke",
            "reference": str(new_id()),
        },
    )
    assert asked.status_code == 302
    with world.scope():
        transfer = BudgetTransfer.objects.get()
    page = address(world, f"transfers/{transfer.id}/")
    own = text(fiona.get(page))
    assert "Give the room" not in own
    assert "Ask for it no longer" in own
    assert "Workplace: " not in own
    theirs = text(walter.get(page))
    assert "A pump broke" in theirs
    assert "Give the room" in theirs
    unsaid = walter.post(page, {"decision": "refuse", "answer": ""})
    assert unsaid.status_code == 422
    assert walter.post(page, {"decision": "agree", "answer": "Good luck"}).status_code == 302
    assert "Transferred" in text(fiona.get(address(world, "transfers/")))
    with world.scope():
        taker.refresh_from_db()
        assert taker.cap == 1300
    assert signed_in(world, "Alice").get(page).status_code == 404


def test_the_calendar_is_looked_at_before_it_is_set(world: Company) -> None:
    running(world, "Facilities")
    client = signed_in(world, "Dana")
    where = address(world, "settings/calendar/")
    assert "can begin on Jan 1, 2027" in text(client.get(where)).replace("Fri, ", "")
    given = {
        "pattern": "MONTHS",
        "start_month": "4",
        "weekday": "0",
        "year_end": "NEAREST",
        "named_for": "ENDS",
        "from_on": "2027-01-01",
    }
    shown = client.post(where, given | {"preview": "1"})
    assert shown.status_code == 200
    assert "Q1 FY2028" in text(shown)
    with world.scope():
        assert not FiscalYearRule.objects.exists()
    early = client.post(where, given | {"from_on": "2026-12-01"})
    assert early.status_code == 422
    assert "Jan 1, 2027 at the earliest" in text(early)
    assert client.post(where, given).status_code == 302
    settings = text(client.get(address(world, "settings/")))
    assert "begins on the first of April" in settings
    assert "Q1 FY2028" in settings
    weeks = text(client.get(where, {"preset": "weeks"}))
    assert "P01" in weeks


def test_settings_are_saved_on_the_page_and_are_nobodys_below_the_root(world: Company) -> None:
    client = signed_in(world, "Dana")
    where = address(world, "settings/")
    given = {
        "charged_on": "DELIVERY",
        "close_after_days": "20",
        "transfers_expire_after_days": "7",
    }
    assert client.post(where, given).status_code == 302
    assert client.post(where, given | {"close_after_days": "400"}).status_code == 422
    assert client.post(where, given | {"transfers_expire_after_days": ""}).status_code == 422
    with world.scope():
        chosen = BudgetSettings.objects.get()
        assert (chosen.close_after_days, chosen.transfers_expire_after_days) == (20, 7)
        local = make_member(
            world.organization, world.groups["Facilities"], "Fiona Field", Role.FINANCE
        )
        world.people["Fiona"] = local
    assert signed_in(world, "Fiona").get(where).status_code == 403


def test_the_api_does_the_same(world: Company) -> None:
    period, giver = running(world, "Facilities"), running(world, "Engineering")
    dana = signed_in(world, "Dana")
    frozen = api(dana, world, "post", f"periods/{period.id}/freeze/", {"reason": "Audit"})
    assert frozen.json()["status"] == "FROZEN"
    api(dana, world, "post", f"periods/{period.id}/thaw/", {"reason": "Done"})
    reference = str(new_id())
    body = {"amount": "40.00", "reason": "Booked elsewhere", "reference": reference}
    for _ in range(2):
        adjusted = api(dana, world, "post", f"periods/{period.id}/adjustments/", body)
    assert adjusted.json()["spent"] == "40.00"
    earmark = {"purpose": "Tyres", "amount": "10.00", "expires_on": "2026-12-01"}
    made = api(dana, world, "post", f"periods/{period.id}/earmarks/", earmark)
    assert made.status_code == 201
    listed = api(dana, world, "get", f"periods/{period.id}/earmarks/").json()
    assert [one["purpose"] for one in listed["earmarks"]] == ["Tyres"]
    assert api(dana, world, "delete", f"earmarks/{made.json()['id']}/").json()["released_at"]
    transfer = {"giver": str(giver.id), "taker": str(period.id), "amount": "5.00", "reason": "Pump"}
    assert api(dana, world, "post", "transfers/", transfer).json()["status"] == "DONE"
    assert api(dana, world, "get", "transfers/").json()["total"] == 1
    closing = api(dana, world, "get", f"periods/{period.id}/close/").json()
    assert (closing["is_possible"], closing["moves_to"]["code"]) == (True, "2027-Q1")
    api(dana, world, "post", f"periods/{period.id}/close/", {"reason": "Early"})
    late = api(dana, world, "post", f"periods/{period.id}/reopen/", {"reason": "Late"})
    assert late.json()["status"] == "REOPENED"
    calendar = api(dana, world, "get", "fiscal-calendar/").json()
    assert calendar["rules"][0]["from_on"] is None
    assert date.fromisoformat(calendar["first_possible"]) == date(2027, 4, 1)
    early = api(dana, world, "put", "fiscal-calendar/", {"start_month": 4, "from_on": "2026-12-01"})
    assert early.status_code == 400
    settings = {"charged_on": "DELIVERY", "close_after_days": None}
    saved = settings | {"transfers_expire_after_days": 14}
    assert api(dana, world, "put", "settings/", settings).json() == saved
