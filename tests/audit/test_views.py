import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from procurement.audit import sealing, selectors
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.audit.services import record
from tests.factories.accounts import NOW, Company, actor_of, make_company, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def company() -> Company:
    """Return a company whose setting up has left lines in its trail."""
    return make_company()


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        yield


def visit(client: Client, company: Company, name: str, path: str = "", **asked: str) -> Any:
    client.force_login(company.people[name].user, backend=BACKEND)
    return client.get(f"/{company.organization.slug}/audit/{path}", asked)


def words(client: Client, company: Company, **asked: str) -> list[str]:
    """Return the lines that the page shows to an administrator, as plain text."""
    response = visit(client, company, "Adam", **asked)
    assert response.status_code == 200
    return [f"{e.event.actor_label} {e.sentence}" for e in response.context["entries"]]


def order_something(company: Company, *, reason: str = "", when: timedelta = timedelta(0)) -> UUID:
    with company.scope():
        event = record(
            actor=company.actor("Alice"),
            action=AuditAction.REQUISITION_SUBMITTED,
            subject_type="requisition",
            subject_id=company.root.id,
            subject_label="R-2026-0001",
            group_id=company.groups["Field Service"].id,
            after={"total": "640.00", "currency": "USD"},
            reason=reason,
            now=NOW + when,
        )
    return event.id


def test_the_newest_line_stands_first_and_reads_like_a_sentence(
    client: Client, company: Company
) -> None:
    order_something(company, reason="The chairs broke", when=timedelta(minutes=1))
    page = visit(client, company, "Adam").content.decode()
    assert words(client, company)[0] == "Alice Requester submitted R-2026-0001 for $640.00"
    assert "“The chairs broke”" in page
    assert f"/{company.organization.slug}/orders/{company.root.id}/" in page
    assert "Field Service" in page
    assert "Today, 10:01 AM" in page, "in the organization's time zone"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"who": "alice"}, 1),
        ({"who": "nobody"}, 0),
        ({"what": "requisition.submitted"}, 1),
        ({"what": "requisition"}, 1),
        ({"subject": "2026-0001"}, 1),
        ({"group": "field serv"}, None),
        ({"group": "engineering", "who": "alice"}, 0),
        ({"group": "facilities", "who": "alice"}, 1),
        ({"since": "2026-11-26"}, 1),
        ({"since": "2026-11-26", "until": "2026-11-26"}, 1),
        ({"since": "2026-11-27"}, 0),
        ({"who": "alice", "until": "2026-11-25"}, 0),
    ],
)
def test_the_trail_is_narrowed_by_who_what_about_what_where_and_when(
    client: Client, company: Company, asked: dict[str, str], expected: int | None
) -> None:
    order_something(company, when=timedelta(days=2))
    found = words(client, company, **asked)
    if expected is None:
        assert "Alice Requester submitted R-2026-0001 for $640.00" in found
        assert all("Engineering" not in line for line in found)
    else:
        assert found == ["Alice Requester submitted R-2026-0001 for $640.00"] * expected


def test_a_subject_is_found_by_its_id_too(client: Client, company: Company) -> None:
    with company.scope():
        group = company.groups["Workplace"]
    assert words(client, company, subject=str(group.id)) == [
        "Test set-up created the group Workplace below Facilities"
    ]


def test_a_span_that_ends_before_it_starts_is_refused_beside_its_field(
    client: Client, company: Company
) -> None:
    page = visit(client, company, "Adam", since="2026-11-03", until="2026-11-01").content.decode()
    assert "Choose a day that is not before the first one." in page
    response = visit(client, company, "Adam", "audit-trail.csv", until="yesterday")
    assert response.status_code == 400


def test_what_was_recorded_can_be_opened(client: Client, company: Company) -> None:
    page = visit(client, company, "Adam", subject="Workplace").content.decode()
    assert "What was recorded" in page
    assert "COST_CENTRE" in page or "TEAM" in page


def test_the_page_says_how_far_the_trail_is_sealed(client: Client, company: Company) -> None:
    assert "sealed within a minute" in visit(client, company, "Adam").content.decode()
    with company.scope():
        events = list(AuditEvent.objects.order_by("transaction_id", "id"))
        seal = sealing._seal(
            company.organization.id,
            None,
            [(event.transaction_id, event.id, event.digest) for event in events],
            NOW,
        )
    page = visit(client, company, "Adam").content.decode().replace("<wbr>", "")
    assert f"1:{bytes(seal.digest).hex()}" in page
    assert f"{len(events)} lines under 1 seal" in page


def test_the_file_holds_the_same_lines_and_leaves_one_itself(
    client: Client, company: Company
) -> None:
    event_id = order_something(company, reason="=1+1")
    response = visit(client, company, "Adam", "audit-trail.csv", who="alice")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(content, newline=""))
    line = dict(zip(head, row, strict=True))
    assert line["In words"] == "Alice Requester submitted R-2026-0001 for $640.00"
    assert line["Time, America/New_York"] == "2026-11-24 10:00:00-05:00"
    assert line["Reason"] == "'=1+1"
    assert line["Event id"] == str(event_id)
    assert line["Group"] == "Field Service"
    assert len(line["Digest"]) == 64
    assert words(client, company, what="report")[0] == "Adam Administrator downloaded “Audit trail”"
    everything = visit(client, company, "Adam", "audit-trail.csv", what="report")
    assert len(b"".join(everything.streaming_content).splitlines()) == 2, "not its own line"


@pytest.mark.parametrize("path", ["", "audit-trail.csv"])
def test_only_who_may_read_the_trail_reads_it(client: Client, company: Company, path: str) -> None:
    for name in ("Alice", "Bob", "Dana", "Tom"):
        assert visit(client, company, name, path).status_code == 403, name
    assert visit(client, company, "Adam", path).status_code == 200


def test_an_administrator_of_one_group_reads_what_happened_there(company: Company) -> None:
    with company.scope():
        facilities = company.groups["Facilities"]
        member = make_member(
            company.organization, company.root, "Fay Keeper", Role.ADMINISTRATOR, on=facilities
        )
        reach = {
            facilities.id,
            company.groups["Field Service"].id,
            company.groups["Workplace"].id,
        }
        seen = set(
            selectors.visible(actor_of(member), company.organization.id).values_list(
                "group_id", flat=True
            )
        )
    assert seen == reach


def test_another_tenant_reads_nothing_of_it(client: Client, company: Company) -> None:
    other = make_company("Southwind Works")
    client.force_login(other.people["Adam"].user, backend=BACKEND)
    assert client.get(f"/{company.organization.slug}/audit/").status_code == 404


def test_the_page_asks_the_database_few_questions(client: Client, company: Company) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/{company.organization.slug}/audit/")
    assert len(queries) <= 20
