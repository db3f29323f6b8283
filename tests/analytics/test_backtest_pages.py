"""The pages of backtests: empty, on their way, finished, failed, and side by side."""

import csv
import io
import json
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.web import org_reverse
from analytics import tasks
from analytics.models import BacktestChange, BacktestRun
from approvals import services as approvals
from approvals.starting import starting_policy
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from tests.analytics.test_backtests import ROWS, load
from tests.approvals.test_pages import fields
from tests.factories.accounts import NOW
from tests.factories.analytics import make_backtest
from tests.factories.orders import TYPICAL, Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DAYS = {"first": "2026-01-01", "last": "2026-12-31", "sources": ["LIVE", "IMPORTED"]}


@pytest.fixture
def market(tmp_path: Any) -> Market:
    market = make_market()
    load(market, tmp_path, ROWS)
    return market


def address(market: Market, path: str = "") -> str:
    return f"/{market.organization.slug}/insights/backtests/{path}"


def signed_in(client: Client, market: Market, name: str = "Adam") -> Client:
    client.force_login(market.people[name].user, backend=BACKEND)
    return client


def page(client: Client, market: Market, path: str = "", **query: str) -> str:
    answer = signed_in(client, market).get(address(market, path), query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def tried(client: Client, market: Market, **form: Any) -> BacktestRun:
    """Start a backtest by its form and have it worked through."""
    answer = signed_in(client, market).post(
        address(market, "new/"), {"what": "AMOUNTS", **DAYS, **form}
    )
    assert answer.status_code == 302, answer.content.decode()
    with market.scope():
        run = BacktestRun.objects.latest("created_at")
    tasks.run_backtest(organization_id=str(market.organization.id), run_id=str(run.id))
    with market.scope():
        run.refresh_from_db()
    assert run.status == BacktestRun.Status.DONE, run.failure
    return run


def test_before_anything_was_tried_the_page_teaches_how(client: Client, market: Market) -> None:
    assert "Nothing has been tried yet" in page(client, market)


def test_other_amounts_are_tried_and_shown_in_words_and_figures(
    client: Client, market: Market
) -> None:
    run = tried(client, market, tier_0="250.00", tier_1="1000.00")
    assert run.label.startswith("Up to $250.00")
    shown = page(client, market, f"{run.id}/")
    assert 'role="group"' in shown
    assert "Approvals by week" in shown
    assert "Somebody is asked → Automatic" in shown
    listed = page(client, market, f"{run.id}/orders/", step="ASKED-AUTOMATIC")
    assert "A-2" in listed
    assert "A-3" not in listed
    with market.scope():
        change = BacktestChange.objects.get(order_number="A-2")
    one = page(client, market, f"{run.id}/orders/{change.id}/")
    assert "Bob Supervisor" in one
    assert "approved at once" in one


def test_one_persons_weeks_are_drawn_alone(client: Client, market: Market) -> None:
    run = tried(client, market, tier_0="250.00")
    bob = market.people["Bob"]
    assert "Approvals by week: Bob Supervisor" in page(
        client, market, f"{run.id}/", person=str(bob.id)
    )


def test_a_published_version_and_a_document_can_be_tried(client: Client, market: Market) -> None:
    run = tried(client, market, what="VERSION", version="1")
    assert (run.label, run.changed) == ("Version 1 (in force)", 0)
    document = json.dumps(starting_policy("USD").to_json())
    run = tried(client, market, what="DOCUMENT", document=document, label="My draft")
    assert run.label == "My draft"


def test_a_file_of_policies_can_be_tried_as_it_is(client: Client, market: Market) -> None:
    with market.scope():
        text = approvals.export_policies(actor=market.actor("Adam"), now=NOW)
    dearer = text.replace("'100.00'", "'250.00'")
    assert dearer != text
    run = tried(client, market, what="DOCUMENT", document=dearer)
    assert run.document["tiers"][0]["up_to"] == "250.00"
    assert run.changed == 1
    answer = signed_in(client, market).post(
        address(market, "new/"),
        {"what": "DOCUMENT", "document": text + "  nonsense: [", **DAYS},
    )
    assert answer.status_code == 422
    assert "Line " in answer.content.decode()


def test_a_draft_goes_from_the_editor_to_the_past_and_to_an_imagined_order(
    client: Client, market: Market
) -> None:
    adam = signed_in(client, market)
    editor = org_reverse(market.organization, "approvals:policy-edit", group_id=market.root.id)
    typed = fields(based_on="1", **{"tiers.0.up_to": "300.00"})
    unfinished = adam.post(editor, {**typed, "draft": "try", "tiers.0.up_to": "much"})
    assert unfinished.status_code == 400
    assert "Enter an amount" in unfinished.content.decode()
    answer = adam.post(editor, {**typed, "draft": "try"})
    assert answer.headers["Location"] == address(market, f"new/?group={market.root.id}")
    assert "Your draft of the next version" in adam.get(answer.headers["Location"]).content.decode()
    run = tried(client, market, what="DRAFT")
    assert run.label == "Your draft"
    assert run.document["tiers"][0]["up_to"] == "300.00"
    group = {"group": str(market.root.id)}
    beside = adam.get(address(market), group, headers={"HX-Request": "true"}).content.decode()
    assert "Last tried: Your draft" in beside
    assert f"{run.changed} of {run.total}</b> orders would have fared differently" in beside
    other = {"group": str(market.groups["Facilities"].id)}
    untried = adam.get(address(market), other, headers={"HX-Request": "true"}).content.decode()
    assert "Nothing was tried on past orders of this group yet" in untried

    wish = {
        "count": "1",
        "lines-0-amount": "290.00",
        "on": f"{NOW:%Y-%m-%d}",
        "group": str(market.root.id),
    }
    path = org_reverse(market.organization, "trying:order")
    with time_machine.travel(NOW):
        now = adam.get(path, wish).content.decode()
        drafted = adam.get(path, {**wish, "draft": "on"}).content.decode()
        elsewhere = adam.get(
            path, {**wish, "draft": "on", "group": str(market.groups["Facilities"].id)}
        )
    assert "fills the seat “Supervisor” in Northwind Works" in now
    assert "up to $300.00 are approved at once" in drafted
    assert elsewhere.status_code == 422
    assert "You have no draft for this group" in elsewhere.content.decode()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "DOCUMENT", "document": "{"}, "This is not JSON"),
        ({"what": "DOCUMENT", "document": "[]"}, "Line 1: "),
        ({"what": "DOCUMENT", "document": '{"schema": 99}'}, "unknown schema"),
        ({"what": "AMOUNTS", "tier_0": "5000"}, "tier before ends"),
        ({"what": "AMOUNTS", "tier_0": "much"}, "in figures"),
        ({"first": "2026-12-31", "last": "2026-01-01"}, "before the first"),
        ({"sources": []}, "Choose which orders"),
    ],
)
def test_what_cannot_be_tried_is_said_and_nothing_typed_is_lost(
    client: Client, market: Market, form: dict[str, Any], said: str
) -> None:
    answer = signed_in(client, market).post(
        address(market, "new/"), {"what": "AMOUNTS", "label": "Kept words", **DAYS, **form}
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert "Kept words" in shown


def test_a_run_on_its_way_shows_how_far_it_is_and_can_be_cancelled(
    client: Client, market: Market
) -> None:
    with market.scope():
        run = make_backtest(market, BacktestRun.Status.RUNNING)
        BacktestRun.objects.filter(id=run.id).update(total=4000, processed=1000)
    assert "1,000 of 4,000" in page(client, market, f"{run.id}/")
    polled = client.get(address(market, f"{run.id}/"), headers={"HX-Request": "true"})
    assert b"<html" not in polled.content
    assert "HX-Refresh" not in polled.headers
    answer = client.post(address(market, f"{run.id}/cancel/"), follow=True)
    assert "nothing of it is kept" in answer.content.decode()
    polled = client.get(address(market, f"{run.id}/"), headers={"HX-Request": "true"})
    assert polled.headers["HX-Refresh"] == "true"


def test_a_failed_run_says_why_and_what_to_do(client: Client, market: Market) -> None:
    with market.scope():
        run = make_backtest(market, BacktestRun.Status.FAILED)
        BacktestRun.objects.filter(id=run.id).update(failure="Try a shorter time.")
    shown = page(client, market, f"{run.id}/")
    assert "Try a shorter time." in shown
    assert "Try again" in shown


def test_two_runs_are_put_side_by_side(client: Client, market: Market) -> None:
    runs = [tried(client, market, tier_0=amount) for amount in ("50.00", "250.00")]
    query = "&".join(f"run={run.id}" for run in runs)
    answer = client.get(f"{address(market, 'compare/')}?{query}")
    shown = answer.content.decode()
    assert "2 orders" in shown
    assert "A-1" in shown
    assert "A-2" in shown
    assert "A-3" not in shown
    same = client.get(f"{address(market, 'compare/')}?run={runs[0].id}&run={runs[0].id}")
    assert "No difference" in same.content.decode()
    assert "Choose two finished" in page(client, market, "compare/")
    assert f"compare.csv?{query}".replace("&", "&amp;") in shown
    head, *rows = rows_of(client.get(f"{address(market, 'compare.csv')}?{query}"))
    assert head[0] == "Order"
    assert [row[0] for row in rows] == ["A-1", "A-2"]
    assert client.get(address(market, "compare.csv")).status_code == 404


def rows_of(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def test_changed_orders_and_approvals_come_as_files_and_the_trail_says_so(
    client: Client, market: Market
) -> None:
    run = tried(client, market, tier_0="250.00")
    head, *rows = rows_of(client.get(address(market, f"{run.id}/orders.csv")))
    assert head[:2] == ["Order", "Date"]
    assert [row[0] for row in rows] == ["A-2"]
    assert rows[0][5:9] == ["180.00", "Somebody is asked", "Automatic", "Bob Supervisor"]
    head, *rows = rows_of(client.get(address(market, f"{run.id}/approvals.csv")))
    assert ["Bob Supervisor", "2026-10-05", "1", "0", "-1"] in rows
    with market.scope():
        downloads = AuditEvent.objects.filter(action=AuditAction.REPORT_DOWNLOADED)
        assert downloads.filter(subject_id=run.id).count() == 2


def test_a_group_whose_policy_may_be_published_leads_to_a_backtest(
    client: Client, market: Market
) -> None:
    policy = org_reverse(market.organization, "approvals:policy", group_id=market.root.id)
    shown = signed_in(client, market).get(policy)
    assert f"insights/backtests/new/?group={market.root.id}" in shown.content.decode()


@pytest.mark.parametrize(
    ("path", "queries"), [("", 14), ("new/", 20), ("{run}/", 13), ("{run}/orders/", 14)]
)
def test_pages_take_few_queries(client: Client, market: Market, path: str, queries: int) -> None:
    run = tried(client, market, tier_0="250.00")
    where = address(market, path.format(run=run.id))
    client.get(where)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    assert len(captured) <= queries, "\n".join(one["sql"] for one in captured)


def test_the_api_starts_follows_reads_compares_and_cancels(client: Client, market: Market) -> None:
    base = "/api/v1/analytics/backtests/"
    signed_in(client, market)
    answer = client.post(
        base,
        {"group": str(market.root.id), "document": TYPICAL.to_json(), **DAYS},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    run_id = answer.json()["id"]
    assert (answer.json()["status"], answer.json()["findings"]) == ("WAITING", None)
    assert client.get(f"{base}{run_id}/compare/{run_id}/").status_code == 409
    tasks.run_backtest(organization_id=str(market.organization.id), run_id=run_id)
    assert client.get(f"{base}{run_id}/").json()["findings"]["judged"] == 4
    assert client.get(f"{base}{run_id}/orders/").json()["total"] == 0
    assert client.get(f"{base}{run_id}/compare/{run_id}/").json()["total"] == 0
    assert client.get(base).json()["total"] == 1
    assert client.delete(f"{base}{run_id}/").status_code == 204
    refused = client.post(
        base,
        {"group": str(market.root.id), "document": {"schema": 99}, **DAYS},
        content_type="application/json",
    )
    assert refused.status_code == 400
