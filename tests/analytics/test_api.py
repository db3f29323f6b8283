from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.analytics.test_views import BACKEND
from tests.factories.analytics import Books

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("november"),
]


def call(client: Client, books: Books, name: str = "Dana", **parameters: str) -> Any:
    client.force_login(books.company.people[name].user, backend=BACKEND)
    return client.get("/api/v1/analytics/spend/", parameters)


@pytest.mark.parametrize("by", ["group", "supplier", "category", "month"])
def test_rows_add_up_to_the_total_in_decimal_strings(client: Client, books: Books, by: str) -> None:
    body = call(client, books, by=by, period="all").json()
    assert body["by"] == by
    assert body["total"] == {
        "amount": "2337.05",
        "purchases": "2362.40",
        "preferred": "600.25",
        "lines": 8,
    }
    assert sum(Decimal(row["amount"]) for row in body["rows"]) == books.total
    assert all(isinstance(row["amount"], str) for row in body["rows"])


def test_a_row_s_key_narrows_the_next_call(client: Client, books: Books) -> None:
    first = call(client, books, by="group", period="2026").json()
    (facilities,) = [row for row in first["rows"] if row["name"] == "Facilities"]
    second = call(client, books, by="group", period="2026", group=facilities["key"]).json()
    assert second["total"]["amount"] == facilities["amount"]
    assert second["groups"] == [facilities["key"]]
    assert [row["name"] for row in second["rows"] if row["is_own"]] == ["Facilities"]
    assert (second["since"], second["until"]) == ("2026-01-01", "2026-11-24")
    assert second["currency"] == "USD"


@pytest.mark.parametrize(
    "parameters", [{"by": "colour"}, {"period": "soon"}, {"group": "x"}, {"source": "x"}]
)
def test_what_cannot_be_used_is_a_problem_with_its_field(
    client: Client, books: Books, parameters: dict[str, str]
) -> None:
    response = call(client, books, **parameters)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == next(iter(parameters))


def test_only_who_may_see_reports_is_answered(client: Client, books: Books) -> None:
    assert call(client, books, "Alice").status_code == 403
    assert call(client, books, group="01890000-0000-7000-8000-000000000000").status_code == 404
    assert Client().get("/api/v1/analytics/spend/").status_code == 403
