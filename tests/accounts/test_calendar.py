"""Keeping the working calendar: by its services, on its page and through the API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.models import CalendarDay, WorkingCalendar
from accounts.services import OwnDay, WorkingHours
from accounts.web import org_reverse
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BAVARIA = WorkingHours((1, 2, 3, 4), time(8), time(16, 30), "DE", "BY")
OUTING = OwnDay(date(2026, 7, 3), "Company outing")


@pytest.fixture
def outside(db: None) -> Company:
    return make_company()


@pytest.fixture
def company(outside: Company) -> Iterator[Company]:
    with outside.scope():
        yield outside


def change(
    company: Company, hours: WorkingHours = BAVARIA, *, who: str = "Adam", **more: Any
) -> WorkingCalendar:
    return services.change_calendar(actor=company.actor(who), hours=hours, now=NOW, **more)


def trail() -> list[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    found = AuditEvent.objects.filter(action="working_calendar.changed").order_by("id")
    return [(one.before, one.after) for one in found]


def test_without_a_calendar_work_is_monday_to_friday(company: Company) -> None:
    calendar = selectors.calendar_of(company.organization.id)
    assert (calendar.time_zone, sorted(calendar.weekdays)) == ("America/New_York", [1, 2, 3, 4, 5])
    assert (calendar.opens, calendar.closes) == (time(9), time(17))
    assert calendar.is_working_day(date(2026, 12, 25))


def test_a_calendar_is_read_in_one_query(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    change(company, days=[OUTING, OwnDay(date(2026, 12, 25), "Stocktaking", is_working=True)])
    with django_assert_num_queries(1):
        calendar = selectors.calendar_of(company.organization.id)
    days = {day: calendar.is_working_day(day) for day in (OUTING.on, date(2026, 12, 25))}
    assert days == {OUTING.on: False, date(2026, 12, 25): True}
    assert not calendar.is_working_day(date(2026, 1, 6))  # Epiphany, in Bavaria
    assert not calendar.is_working_day(date(2026, 11, 27))  # a Friday
    assert (calendar.opens, calendar.closes) == (time(8), time(16, 30))


def test_own_days_count_where_no_hours_were_ever_set(company: Company) -> None:
    services.set_calendar_day(actor=company.actor("Adam"), day=OUTING, now=NOW)
    assert not selectors.calendar_of(company.organization.id).is_working_day(OUTING.on)


def test_what_changes_is_on_record_and_saving_the_same_is_not(company: Company) -> None:
    change(company)
    change(company)
    assert trail() == [
        (
            {
                "weekdays": [1, 2, 3, 4, 5],
                "opens": "09:00",
                "closes": "17:00",
                "country": "",
                "subdivision": "",
            },
            {
                "weekdays": [1, 2, 3, 4],
                "opens": "08:00",
                "closes": "16:30",
                "country": "DE",
                "subdivision": "BY",
            },
        )
    ]


def test_a_day_is_kept_changed_and_removed_with_a_line_each(company: Company) -> None:
    adam = company.actor("Adam")
    for day in (OUTING, OUTING, replace(OUTING, is_working=True)):
        kept = services.set_calendar_day(actor=adam, day=day, now=NOW)
    services.remove_calendar_day(actor=adam, day_id=kept.id, now=NOW)
    assert not CalendarDay.objects.exists()
    assert len(trail()) == 3
    with pytest.raises(NotFound):
        services.remove_calendar_day(actor=adam, day_id=new_id(), now=NOW)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("weekdays", replace(BAVARIA, weekdays=())),
        ("weekdays", replace(BAVARIA, weekdays=(0, 1))),
        ("closes", replace(BAVARIA, closes=time(8, 30))),
        ("closes", replace(BAVARIA, closes=time(7))),
        ("country", replace(BAVARIA, country="XX", subdivision="")),
        ("subdivision", replace(BAVARIA, subdivision="CA")),
    ],
)
def test_what_leaves_no_working_time_is_refused(
    company: Company, field: str, wrong: WorkingHours
) -> None:
    with pytest.raises(DomainError) as refusal:
        change(company, wrong)
    assert refusal.value.field == field


@pytest.mark.parametrize("days", [[OUTING, OUTING], [replace(OUTING, name=" ")]])
def test_days_are_named_and_named_once(company: Company, days: list[OwnDay]) -> None:
    with pytest.raises(DomainError):
        change(company, days=days)


@pytest.mark.parametrize("who", ["Alice", "Bob", "Dana"])
def test_only_who_manages_the_whole_organization_keeps_its_calendar(
    company: Company, who: str
) -> None:
    with pytest.raises(NotAllowed):
        change(company, who=who)
    with pytest.raises(NotAllowed):
        services.set_calendar_day(actor=company.actor(who), day=OUTING, now=NOW)


@pytest.mark.parametrize("change_", [{"weekdays": []}, {"weekdays": [8]}, {"closes": time(9)}])
def test_the_database_keeps_no_calendar_without_working_time(
    company: Company, change_: dict[str, Any]
) -> None:
    row = {"weekdays": [1], "opens": time(9), "closes": time(17), **change_}
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingCalendar.objects.create(
            organization_id=company.organization.id, changed_at=NOW, **row
        )


def signed_in(client: Client, company: Company) -> Client:
    with company.scope():
        client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def test_hours_are_saved_on_the_page_and_a_region_of_another_country_falls_away(
    outside: Company, client: Client
) -> None:
    page = org_reverse(outside.organization, "setup:working-hours")
    sent = {
        "weekdays": ["1", "2"],
        "opens": "08:00",
        "closes": "16:00",
        "country": "FR",
        "subdivision": "BY",
    }
    assert signed_in(client, outside).post(page, sent).status_code == 302
    shown = client.get(page).content.decode()
    assert "Bastille" in shown or "National Day" in shown
    with outside.scope():
        kept = selectors.working_calendar()
    assert (kept.weekdays, kept.country, kept.subdivision) == ([1, 2], "FR", "")


def test_another_country_can_be_looked_at_before_it_is_saved(
    outside: Company, client: Client
) -> None:
    page = org_reverse(outside.organization, "setup:working-hours")
    shown = signed_in(client, outside).get(page, {"country": "DE", "subdivision": "BE"})
    assert "Women&#x27;s Day" in shown.content.decode()
    assert "Bayern" in shown.content.decode()
    with outside.scope():
        assert not WorkingCalendar.objects.exists()


def test_days_are_kept_and_removed_on_the_page(outside: Company, client: Client) -> None:
    add = org_reverse(outside.organization, "setup:set-calendar-day")
    sent = {"on": "2026-07-03", "name": "Company outing"}
    assert signed_in(client, outside).post(add, sent).status_code == 302
    page = org_reverse(outside.organization, "setup:working-hours")
    assert "Company outing" in client.get(page).content.decode()
    with outside.scope():
        kept = CalendarDay.objects.get()
    remove = org_reverse(outside.organization, "setup:remove-calendar-day", day_id=kept.id)
    assert client.post(remove).status_code == 302
    assert client.post(add, {"on": "", "name": ""}).status_code == 422
    with outside.scope():
        assert not CalendarDay.objects.exists()


def test_the_page_says_what_is_wrong(outside: Company, client: Client) -> None:
    page = org_reverse(outside.organization, "setup:working-hours")
    answer = signed_in(client, outside).post(
        page, {"weekdays": ["1"], "opens": "09:00", "closes": "09:30"}
    )
    assert answer.status_code == 422
    assert "Work ends an hour after it begins" in answer.content.decode()


def test_the_api_replaces_the_whole_calendar(outside: Company, client: Client) -> None:
    address = "/api/v1/accounts/organization/hours/"
    headers = {"X-Organization": outside.organization.slug}
    wanted = {
        "weekdays": [1, 2, 3],
        "opens": "08:00",
        "closes": "16:00",
        "country": "US",
        "subdivision": "CA",
        "days": [{"on": "2026-07-03", "name": "Company outing", "is_working": False}],
    }
    signed_in(client, outside)
    put = client.put(address, wanted, content_type="application/json", headers=headers)
    assert (put.status_code, put.json()) == (200, wanted)
    assert client.get(address, headers=headers).json() == wanted
    wrong = client.put(
        address, {**wanted, "subdivision": "BY"}, content_type="application/json", headers=headers
    )
    assert wrong.status_code in (400, 422)
