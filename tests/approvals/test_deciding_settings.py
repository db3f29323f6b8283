"""How long decisions may take: by the service, on its page and through the API."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.web import org_reverse
from approvals import selectors, services
from approvals.models import DecidingSettings, Stage
from approvals.services import DecidingTimes
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.approvals import Answered, ask, publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

USUAL = DecidingTimes(16, 4, True, 20, 3)
QUICK = DecidingTimes(4, 1, False, 5, 0)


@pytest.fixture
def outside(db: None) -> Company:
    return make_company()


@pytest.fixture
def company(outside: Company) -> Iterator[Company]:
    with outside.scope():
        yield outside


def change(company: Company, times: DecidingTimes = QUICK, who: str = "Adam") -> DecidingSettings:
    return services.change_deciding_settings(actor=company.actor(who), times=times, now=NOW)


def test_what_nobody_has_set_is_as_usual(company: Company) -> None:
    assert services.deciding_times_of(selectors.deciding_settings()) == USUAL
    assert selectors.timing_of(company.organization.id).hours_to_decide == 16


def test_times_and_calendar_are_read_in_one_query(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    change(company)
    with django_assert_num_queries(1):
        timing = selectors.timing_of(company.organization.id)
    assert (timing.hours_to_decide, timing.escalates, timing.warn_days_before) == (4, False, 0)


def test_a_change_counts_for_what_opens_from_then_on(company: Company, handler: Answered) -> None:
    publish(company)
    before = Stage.objects.get(request=ask(company))
    change(company)
    after = Stage.objects.get(request=ask(company))
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at < before.due_at
    due_at = before.due_at
    before.refresh_from_db()
    assert before.due_at == due_at


def test_a_change_is_on_record_and_saving_the_same_is_not(company: Company) -> None:
    change(company, replace(USUAL, hours_to_decide=8))
    change(company, replace(USUAL, hours_to_decide=8))
    event = AuditEvent.objects.get(action="deciding_settings.changed")
    assert (event.before, event.after) == ({"hours_to_decide": 16}, {"hours_to_decide": 8})


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("hours_to_decide", replace(USUAL, hours_to_decide=0)),
        ("hours_to_decide", replace(USUAL, hours_to_decide=2001)),
        ("remind_hours_before", replace(USUAL, remind_hours_before=16)),
        ("expire_after_days", replace(USUAL, expire_after_days=0)),
        ("expire_after_days", replace(USUAL, expire_after_days=501)),
        ("warn_days_before", replace(USUAL, warn_days_before=20)),
    ],
)
def test_times_that_make_no_sense_are_refused(
    company: Company, field: str, wrong: DecidingTimes
) -> None:
    with pytest.raises(DomainError) as refusal:
        change(company, wrong)
    assert refusal.value.field == field


@pytest.mark.parametrize("who", ["Alice", "Bob", "Dana"])
def test_only_who_writes_policies_for_all_sets_the_times(company: Company, who: str) -> None:
    with pytest.raises(NotAllowed):
        change(company, who=who)


def test_the_page_saves_and_says_what_is_wrong(outside: Company, client: Client) -> None:
    with outside.scope():
        client.force_login(outside.people["Adam"].user, backend=BACKEND)
    page = org_reverse(outside.organization, "approvals:deciding-settings")
    assert "Working hours to decide" in client.get(page).content.decode()
    sent = {
        "hours_to_decide": "8",
        "remind_hours_before": "2",
        "expire_after_days": "10",
        "warn_days_before": "2",
    }
    assert client.post(page, sent).status_code == 302
    with outside.scope():
        kept = services.deciding_times_of(selectors.deciding_settings())
    assert kept == DecidingTimes(8, 2, False, 10, 2)
    wrong = client.post(page, {**sent, "remind_hours_before": "9"})
    assert wrong.status_code == 422
    assert "Fewer hours than there are to decide" in wrong.content.decode()


def test_the_api_reads_and_sets_the_times(outside: Company, client: Client) -> None:
    with outside.scope():
        client.force_login(outside.people["Adam"].user, backend=BACKEND)
    address = "/api/v1/approvals/policies/deciding/"
    headers = {"X-Organization": outside.organization.slug}
    wanted = {
        "hours_to_decide": 8,
        "remind_hours_before": 2,
        "escalates": True,
        "expire_after_days": 10,
        "warn_days_before": 2,
    }
    put = client.put(address, wanted, content_type="application/json", headers=headers)
    assert (put.status_code, put.json()) == (200, wanted)
    assert client.get(address, headers=headers).json() == wanted
