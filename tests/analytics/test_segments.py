"""What was bought under a budget by category, in two of its periods."""

from csv import DictReader
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, cast

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from analytics.selectors import segments_of_both
from budgets import selectors as budgets
from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod
from procurement.audit.models import AuditEvent
from tests.factories.accounts import NOW, system
from tests.factories.analytics import Books
from tests.factories.budgets import make_budget

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("november")]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def quarters(books: Books, group: str = "") -> tuple[Budget, BudgetPeriod]:
    """Give a group a budget for the third and fourth quarter; return it and the fourth."""
    company = books.company
    budget = make_budget(
        company.organization,
        company.groups[group] if group else company.root,
        9000,
        kind=PeriodKind.QUARTER,
        starts_on=date(2026, 7, 1),
    )
    services.open_past_periods(
        actor=system(company.organization),
        first=date(2026, 7, 1),
        last=date(2026, 11, 1),
        now=NOW,
    )
    return budget, BudgetPeriod.objects.get(budget=budget, starts_on=date(2026, 10, 1))


def beside(books: Books, period: BudgetPeriod) -> dict[str, tuple[str, str]]:
    """Return what was bought in a period and the one before it, by category."""
    actor = books.company.actor("Dana")
    now = budgets.period_for(actor, period.id)
    other = budgets.other_period(now)
    assert other is not None
    rows = segments_of_both(now, budgets.period_for(actor, other))
    return {row.label: (str(row.bought.now), str(row.bought.before)) for row in rows}


def test_each_segment_has_what_was_bought_in_both_periods(books: Books) -> None:
    with books.company.scope():
        _, period = quarters(books)
        assert beside(books, period) == {
            "IT and telecommunications": ("1360.05", "0"),
            "Tools": ("574.90", "100.00"),
            "Uncategorised": ("290.10", "0"),
        }


def test_only_what_falls_under_the_budget_counts(books: Books) -> None:
    with books.company.scope():
        _, period = quarters(books, "Field Service")
        assert beside(books, period) == {
            "Tools": ("574.90", "0"),
            "Uncategorised": ("40.10", "0"),
        }
        budget, period = quarters(books)
        Budget.objects.filter(id=budget.id).update(category=books.categories["computers"])
        assert [now for now, _ in beside(books, period).values()] == ["1360.05"]
        Budget.objects.filter(id=budget.id).update(
            category=None, membership=books.company.people["Alice"]
        )
        assert sum(Decimal(now) for now, _ in beside(books, period).values()) == Decimal("640.35")


def test_it_is_one_query_however_much_was_bought(
    books: Books, django_assert_num_queries: Any
) -> None:
    with books.company.scope():
        _, period = quarters(books)
        actor = books.company.actor("Dana")
        now = budgets.period_for(actor, period.id)
        other = budgets.other_period(now)
        assert other is not None
        before = budgets.period_for(actor, other)
        with django_assert_num_queries(1):
            segments_of_both(now, before)


def test_the_page_side_by_side_leads_there_and_the_file_says_the_same(books: Books) -> None:
    company = books.company
    with company.scope():
        _, period = quarters(books)
    client = Client()
    client.force_login(company.people["Dana"].user, BACKEND)
    slug = company.organization.slug
    where = f"/{slug}/insights/budgets/{period.id}/categories"
    compared = client.get(f"/{slug}/budgets/{period.id}/compare/").content.decode()
    assert f'hx-get="{where}/?with=2026-Q3"' in compared
    page = client.get(f"{where}/", {"with": "2026-Q3"}).content.decode()
    assert 'id="by-category"' in page
    assert "Tools" in page
    assert "$574.90" in page
    assert f'href="{where}.csv?with=2026-Q3"' in page
    answer = cast("StreamingHttpResponse", client.get(f"{where}.csv", {"with": "2026-Q3"}))
    written = b"".join(cast("Any", answer.streaming_content)).decode("utf-8-sig")
    rows = list(DictReader(StringIO(written)))
    assert [row["Category"] for row in rows][-1] == "Total"
    assert rows[-1]["Q4 2026, USD"] == "2225.05"
    with company.scope():
        event = AuditEvent.objects.get(action="report.downloaded")
        assert event.subject_label == "Northwind Works by category, Q4 2026 and Q3 2026"


def test_whoever_may_see_budgets_but_no_reports_is_not_led_there(books: Books) -> None:
    company = books.company
    with company.scope():
        _, period = quarters(books, "Field Service")
    client = Client()
    client.force_login(company.people["Alice"].user, BACKEND)
    slug = company.organization.slug
    compared = client.get(f"/{slug}/budgets/{period.id}/compare/")
    assert compared.status_code == 200
    assert "by category" not in compared.content.decode()
    assert client.get(f"/{slug}/insights/budgets/{period.id}/categories/").status_code == 403
