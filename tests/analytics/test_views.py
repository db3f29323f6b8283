import csv
import io
import re
from collections.abc import Generator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics import reports, selectors
from analytics.filters import SpendFilter
from analytics.models import SpendFact
from analytics.reports import Report
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.core import tenancy
from procurement.core.money import format_money
from tests.factories.accounts import NOW
from tests.factories.analytics import Books

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("november"),
]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def visit(client: Client, books: Books, name: str, path: str = "", **parameters: str) -> Any:
    """Open a page of insights as one of the cast."""
    client.force_login(books.company.people[name].user, backend=BACKEND)
    return client.get(f"/{books.company.organization.slug}/insights/{path}", parameters)


def file_of(client: Client, books: Books, report: str, **parameters: str) -> list[list[str]]:
    response = visit(client, books, "Dana", f"download/spend-by-{report}.csv", **parameters)
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def database_total(books: Books, condition: str = "true") -> Decimal:
    with books.company.scope(), connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(amount) FROM analytics_spendfact WHERE {condition}")
        total: Decimal = cursor.fetchone()[0]
        return total


VIEWS: list[tuple[dict[str, str], str]] = [
    ({"period": "all"}, "true"),
    ({}, "\"on\" >= '2025-12-01'"),
    ({"period": "2026-11"}, "\"on\" >= '2026-11-01'"),
    ({"period": "all", "source": "IMPORTED"}, "source = 'IMPORTED'"),
    (
        {"period": "2026", "category": "43000000"},
        "'43000000' = ANY(category_path) AND month > '2025-12-31'",
    ),
]


@pytest.mark.parametrize(("parameters", "condition"), VIEWS)
@pytest.mark.parametrize("report", [report.value for report in Report])
def test_page_file_and_database_agree_to_the_cent(
    client: Client, books: Books, report: str, parameters: dict[str, str], condition: str
) -> None:
    expected = database_total(books, condition)
    page = visit(client, books, "Dana", **parameters).content.decode()
    (shown,) = re.findall(r'stat-value">([^<]+?) <small', page)
    assert shown == format_money(expected, "USD")
    head, *rows, total = file_of(client, books, report, **parameters)
    assert head[-1] == "Amount, USD"
    assert total[0] == "Total"
    assert Decimal(total[-1]) == expected
    assert sum((Decimal(row[-1]) for row in rows), Decimal(0)) == expected


def test_the_file_of_lines_names_everything_and_executes_nothing(
    client: Client, books: Books
) -> None:
    head, *rows, total = file_of(client, books, "line", period="all")
    assert head[:2] == ["Date", "Order"]
    assert len(rows) == 8
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    (refund,) = [line for line in lines if line["Amount, USD"] == "-25.35"]
    assert refund["Description"] == "'=HYPERLINK(1)"
    assert (refund["Source"], refund["Supplier"]) == ("Imported history", "Brightline Supply")
    (ordered,) = [line for line in lines if line["Amount, USD"] == "600.25"]
    assert (ordered["Requester"], ordered["Guidance"]) == ("Alice Requester", "Preferred")
    assert (ordered["Group"], ordered["Category"]) == ("Field Service", "Power tools")
    assert len(total) == len(head)


def test_a_download_leaves_a_line_in_the_trail(client: Client, books: Books) -> None:
    file_of(client, books, "supplier", period="2026-11")
    with books.company.scope():
        event = AuditEvent.objects.get(action=AuditAction.REPORT_DOWNLOADED)
    assert event.actor_label == "Dana Finance"
    assert event.subject_label == "Spend by supplier, November 2026, All groups"
    assert event.after is not None
    assert event.after["total"] == "1584.70"
    assert event.after["view"] == "period=2026-11"


def test_a_download_is_named_for_what_it_holds(client: Client, books: Books) -> None:
    response = visit(client, books, "Dana", "download/spend-by-group.csv", period="2026-Q4")
    slug = books.company.organization.slug
    assert (
        response["Content-Disposition"]
        == f'attachment; filename="spend-by-group-{slug}-2026-Q4.csv"'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.streaming


def test_a_download_that_nobody_reads_to_the_end_leaves_no_scope_open(books: Books) -> None:
    with books.company.scope():
        asked = SpendFilter.parse({"period": "all"}, today=NOW.date())
        view = selectors.spend_view(books.company.actor("Dana"), asked)
    pieces = reports.stream(view, Report.LINES, currency="USD")
    next(pieces)
    assert tenancy.is_active()
    assert isinstance(pieces, Generator)
    pieces.close()
    assert not tenancy.is_active()


def test_there_is_no_other_report(client: Client, books: Books) -> None:
    assert visit(client, books, "Dana", "download/spend-by-magic.csv").status_code == 404


def test_bars_lead_to_the_narrower_view_and_to_the_orders_behind_it(
    client: Client, books: Books
) -> None:
    page = visit(client, books, "Dana", period="2026").content.decode()
    facilities = books.company.groups["Facilities"].id
    assert f"?period=2026&amp;group={facilities}" in page
    below = visit(client, books, "Dana", period="2026", group=str(facilities)).content.decode()
    assert "<h1>Facilities</h1>" in below
    assert "Facilities itself" in below
    orders = visit(client, books, "Dana", "orders/", period="2026", group=str(facilities))
    assert "4 orders with 5 lines in view, $965.00 together" in orders.content.decode()


def test_spend_is_compared_only_with_days_that_are_known(client: Client, books: Books) -> None:
    grown = visit(client, books, "Dana", period="2026-10").content.decode()
    assert "540.4% more than in the 30 days before" in " ".join(grown.split())
    unknown = visit(client, books, "Dana", period="2024-02").content.decode()
    assert "Nothing to compare with before" in unknown


def test_every_figure_of_a_chart_is_in_the_table_behind_it(client: Client, books: Books) -> None:
    page = visit(client, books, "Dana", period="2026").content.decode()
    for words in re.findall(r'role="img" aria-label="[^"]+: ([^"]+)"', page):
        assert f'class="num">{words}</td>' in page


def test_charts_stand_under_a_strict_content_security_policy(client: Client, books: Books) -> None:
    page = visit(client, books, "Dana", period="all").content.decode()
    assert 'class="chart"' in page
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
    assert "<style" not in page


def test_an_address_that_cannot_be_read_says_so_and_shows_everything(
    client: Client, books: Books
) -> None:
    response = visit(client, books, "Dana", period="soon")
    assert response.status_code == 200
    assert "“soon” is not a period" in response.content.decode()


def test_an_empty_view_leads_to_where_there_is_spend(client: Client, books: Books) -> None:
    page = visit(client, books, "Dana", period="2020").content.decode()
    assert "Nothing was bought here in this time" in page
    assert "Show 2026" in page


def test_before_anything_was_bought_the_page_says_what_will_be_here(
    client: Client, books: Books
) -> None:
    with books.company.scope():
        SpendFact.objects.all().delete()
    page = visit(client, books, "Dana").content.decode()
    assert "No spend yet" in page
    assert "Nothing has been counted in yet" in page


@pytest.mark.parametrize("path", ["", "orders/", "download/spend-by-line.csv"])
def test_only_who_may_see_reports_sees_them(client: Client, books: Books, path: str) -> None:
    for name, status in (("Alice", 403), ("Bob", 403), ("Tom", 403), ("Adam", 200), ("Dana", 200)):
        assert visit(client, books, name, path).status_code == status, name


def test_another_tenant_sees_nothing_of_it(client: Client, books: Books, neighbour: Books) -> None:
    client.force_login(neighbour.company.people["Dana"].user, backend=BACKEND)
    slug = books.company.organization.slug
    assert client.get(f"/{slug}/insights/").status_code == 404
    own = neighbour.company.organization.slug
    group = books.company.groups["Facilities"].id
    assert client.get(f"/{own}/insights/", {"group": str(group)}).status_code == 404


def test_the_page_asks_the_database_few_questions(client: Client, books: Books) -> None:
    client.force_login(books.company.people["Dana"].user, backend=BACKEND)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/{books.company.organization.slug}/insights/", {"period": "2026"})
    statements = [query["sql"] for query in queries]
    assert sum("analytics_" in statement for statement in statements) == 5
    assert len(statements) <= 16, "session, user, organization, actor, navigation and the scope"
