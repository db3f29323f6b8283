"""The tabs that every page of the section of budgets carries."""

import re

import pytest

from tests.factories.accounts import Company, make_company, signed_in
from tests.factories.budgets import make_budget

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

TABS = [
    "Meters",
    "Plan",
    "Increases",
    "Transfers",
    "Personal budgets",
    "Your own",
    "Checks",
    "How budgets run",
]


@pytest.fixture
def company() -> Company:
    company = make_company()
    with company.scope():
        make_budget(company.organization, company.root, 1000)
    return company


def tabs(company: Company, name: str, path: str) -> tuple[list[str], list[str]]:
    """Return the tabs that somebody sees on a page, and those that are marked as where they are."""
    answer = signed_in(company, name).get(f"/{company.organization.slug}/budgets/{path}")
    assert answer.status_code == 200
    (nav,) = re.findall(
        r'<nav class="tabs" aria-label="Budgets and what goes with them">(.*?)</nav>',
        answer.content.decode(),
        re.DOTALL,
    )
    found = re.findall(r"<a ([^>]*)>([^<]*)</a>", nav)
    return [label for _, label in found], [label for how, label in found if "aria-current" in how]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("", "Meters"),
        ("plan/", "Plan"),
        ("plan/copy/", "Plan"),
        ("plan/import/", "Plan"),
        ("increases/", "Increases"),
        ("transfers/", "Transfers"),
        ("allowances/", "Personal budgets"),
        ("allowances/new/", "Personal budgets"),
        ("mine/", "Your own"),
        ("ledger-checks/", "Checks"),
        ("settings/", "How budgets run"),
        ("settings/calendar/", "How budgets run"),
    ],
)
def test_each_page_of_the_section_has_all_tabs_and_says_where_one_is(
    company: Company, path: str, here: str
) -> None:
    assert tabs(company, "Dana", path) == (TABS, [here])


def test_who_only_sees_budgets_has_no_tabs_that_lead_nowhere(company: Company) -> None:
    assert tabs(company, "Alice", "increases/") == (
        ["Meters", "Increases", "Personal budgets", "Your own"],
        ["Increases"],
    )
