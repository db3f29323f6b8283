"""Files of caps that are too long to be applied while a page waits."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts import services as accounts
from accounts.models import RoleGrant
from budgets import selectors, services, tasks
from budgets.models import BudgetImport, BudgetPeriod
from budgets.services import plan_applying
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError
from procurement.core.jobs import periodic_tasks
from tests.factories.accounts import NOW, Company, make_company, signed_in
from tests.factories.budgets import make_budget

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

LINES = "group,period,cap\nFacilities,2026-Q4,500\nWorkplace,2026-Q4,300\n"


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    """A file of two lines is a long one here."""
    monkeypatch.setattr(plan_applying, "AT_ONCE", 1)
    company = make_company()
    with company.scope():
        for group in ("Facilities", "Workplace"):
            make_budget(company.organization, company.groups[group], 1000)
    return company


@pytest.fixture
def scope(company: Company) -> Iterator[None]:
    with company.scope():
        yield


def planned(company: Company, text: str = LINES) -> BudgetImport:
    return services.plan_budget_import(
        actor=company.actor("Dana"), file_name="caps.csv", content=text, now=NOW
    )


def started(company: Company, text: str = LINES) -> BudgetImport:
    file = planned(company, text)
    return services.start_budget_import(
        actor=company.actor("Dana"), import_id=file.id, reason="New caps", now=NOW
    )


def work(company: Company, file: BudgetImport) -> bool:
    """Do what the worker does with a file, in the scope that is open."""
    return services.take_up_budget_import(
        import_id=file.id, now=NOW
    ) and services.carry_out_budget_import(
        organization_id=company.organization.id, import_id=file.id, now=NOW
    )


def caps() -> list[Decimal]:
    found = BudgetPeriod.objects.filter(code="2026-Q4").order_by("budget__group__name")
    return list(found.values_list("cap", flat=True))


@pytest.mark.usefixtures("scope")
def test_a_short_file_is_applied_at_once(company: Company) -> None:
    file = started(company, "group,period,cap\nFacilities,2026-Q4,500\n")
    assert file.status == "APPLIED"
    assert caps() == [500, 1000]


@pytest.mark.usefixtures("scope")
def test_a_long_file_is_applied_by_the_worker_once_in_the_name_of_who_asked(
    company: Company, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as queued:
        file = started(company)
    assert file.status == "APPLYING"
    assert len(queued) == 1
    assert caps() == [1000, 1000]
    with pytest.raises(Conflict, match="being applied already"):
        services.discard_budget_import(actor=company.actor("Dana"), import_id=file.id)
    assert work(company, file)
    assert not work(company, file)
    assert caps() == [500, 300]
    file.refresh_from_db()
    assert (file.status, file.applied_at) == ("APPLIED", NOW)
    event = AuditEvent.objects.get(action="budget.imported")
    assert (event.actor_label, event.reason) == ("Dana Finance", "New caps")


@pytest.mark.usefixtures("scope")
def test_what_is_refused_meanwhile_changes_nothing_and_says_why(company: Company) -> None:
    file = started(company)
    budget = BudgetPeriod.objects.get(code="2026-Q4", budget__group__name="Facilities").budget
    services.change_cap(
        actor=company.actor("Dana"), budget_id=budget.id, cap=Decimal(900), reason="", now=NOW
    )
    assert not work(company, file)
    file.refresh_from_db()
    assert file.status == "PLANNED"
    assert file.failure.startswith("The caps have changed since")
    services.renew_budget_import(actor=company.actor("Dana"), import_id=file.id, now=NOW)
    file.refresh_from_db()
    assert file.failure == ""


@pytest.mark.usefixtures("scope")
def test_who_may_not_set_budgets_any_more_has_no_file_applied(company: Company) -> None:
    file = started(company)
    grant = RoleGrant.objects.get(membership=company.people["Dana"], role="FINANCE")
    accounts.end_grant(actor=company.actor("Adam"), grant=grant, now=NOW)
    assert not work(company, file)
    file.refresh_from_db()
    assert file.status == "PLANNED"
    assert caps() == [1000, 1000]


@pytest.mark.usefixtures("scope")
def test_a_file_that_brings_down_its_worker_is_given_up_after_three_tries(company: Company) -> None:
    file = started(company)
    for _ in range(3):
        assert services.take_up_budget_import(import_id=file.id, now=NOW)
    assert not services.take_up_budget_import(import_id=file.id, now=NOW)
    file.refresh_from_db()
    assert (file.status, file.failure) == (
        "PLANNED",
        "The worker stopped three times while it applied this file.",
    )


@pytest.mark.usefixtures("scope")
def test_a_file_with_nothing_to_change_is_refused_before_the_worker_is_asked(
    company: Company,
) -> None:
    with pytest.raises(DomainError, match="nothing to change"):
        started(company, LINES.replace("500", "1000").replace("300", "1000"))


@pytest.mark.usefixtures("scope")
def test_what_no_worker_is_at_is_looked_for_every_minute(company: Company) -> None:
    assert periodic_tasks()["budgets.resume_imports"].interval == timedelta(minutes=1)
    file = started(company)
    minute = timedelta(minutes=1)
    assert selectors.stalled_imports(NOW + minute / 2) == []
    assert selectors.stalled_imports(NOW + minute) == [file.id]
    services.take_up_budget_import(import_id=file.id, now=NOW)
    assert selectors.stalled_imports(NOW + 10 * minute) == []
    assert selectors.stalled_imports(NOW + 11 * minute) == [file.id]


def test_the_page_waits_with_the_worker_and_shows_the_end_of_it(company: Company) -> None:
    client = signed_in(company, "Dana")
    with company.scope():
        file = planned(company)
    where = f"/{company.organization.slug}/budgets/plan/import/{file.id}/"
    done = client.post(f"{where}apply/", {"reason": "New caps"})
    assert (done.status_code, done["Location"]) == (302, where)
    page = client.get(where).content.decode()
    assert "Waiting for the worker." in page
    assert "Change the budgets" not in page
    step = client.get(where, headers={"HX-Request": "true"})
    assert 'id="progress"' in step.content.decode()
    assert "HX-Refresh" not in step
    organization_id = str(company.organization.id)
    assert tasks.resume_imports.run(organization_id=organization_id) == 0
    assert tasks.apply_import.run(organization_id=organization_id, import_id=str(file.id))
    end = client.get(where, headers={"HX-Request": "true"})
    assert end["HX-Refresh"] == "true"
    assert "Applied" in client.get(where).content.decode()
    with company.scope():
        assert caps() == [500, 300]


def test_the_api_says_that_it_is_under_way(company: Company) -> None:
    client = signed_in(company, "Dana")
    with company.scope():
        file = planned(company)
    answer = client.post(
        f"/api/v1/budgets/imports/{file.id}/apply/",
        {"reason": "New caps"},
        content_type="application/json",
        headers={"X-Organization": company.organization.slug},
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "APPLYING")
