"""Absences that calendars set: followed as they change, fetched from the public internet alone."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts import services as accounts
from accounts.models import Position
from approvals import selectors, services, tasks
from approvals.absence_feeds.fetching import FeedUnreachable, check_address, fetch
from approvals.models import AbsenceFeed, Delegation
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.approvals.test_absence_feeds import OPAQUE, calendar, days
from tests.factories.accounts import NOW, Company, make_company, system

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=1)


def add(
    company: Company,
    name: str,
    *,
    everybody: bool = False,
    deputy: str = "",
    url: str = "https://calendar.example/bob.ics",
) -> AbsenceFeed:
    return services.add_feed(
        actor=company.actor(name),
        membership=None if everybody else company.people[name],
        deputy=company.people[deputy] if deputy else None,
        name="Holidays",
        url=url,
        now=NOW,
    )


def follow(company: Company, feed: AbsenceFeed, *events: str, now: datetime = LATER) -> int:
    return services.follow_feed(
        actor=system(company.organization), feed_id=feed.id, text=calendar(*events), now=now
    )


def live() -> list[tuple[str, str]]:
    found = Delegation.objects.filter(ended_at__isnull=True).order_by("starts_at")
    return [
        (one.deputy.user.name.split()[0], f"{one.starts_at:%m-%d}–{one.ends_at:%m-%d}")
        for one in found.select_related("deputy__user")
    ]


def test_an_event_sets_an_absence_once(company: Company) -> None:
    feed = add(company, "Bob", deputy="Tom")
    event = days("20261201", "20261204", OPAQUE)
    assert follow(company, feed, event) == 1
    assert follow(company, feed, event, now=LATER + timedelta(hours=1)) == 0
    assert live() == [("Tom", "12-01–12-04")]
    delegation = Delegation.objects.get()
    assert (delegation.source, delegation.feed, delegation.uid) == ("CALENDAR", feed, "one")


def test_one_that_is_on_already_is_followed_without_changing_at_each_reading(
    company: Company,
) -> None:
    feed = add(company, "Bob", deputy="Tom")
    event = days("20261120", "20261204", OPAQUE)
    assert follow(company, feed, event) == 1
    assert Delegation.objects.get().starts_at == LATER
    assert follow(company, feed, event, now=LATER + timedelta(days=1)) == 0


def test_a_moved_event_moves_it_and_a_cancelled_or_removed_one_ends_it(company: Company) -> None:
    feed = add(company, "Bob", deputy="Tom")
    follow(company, feed, days("20261201", "20261204", OPAQUE))
    assert follow(company, feed, days("20261202", "20261205", OPAQUE)) == 2 - 1
    assert live() == [("Tom", "12-02–12-05")]
    assert follow(company, feed, days("20261202", "20261205", OPAQUE, "STATUS:CANCELLED")) == 1
    assert live() == []
    assert follow(company, feed, days("20261202", "20261205", OPAQUE)) == 1
    assert follow(company, feed) == 1
    assert live() == []


def test_what_somebody_has_ended_stays_ended_until_its_event_is_moved(company: Company) -> None:
    feed = add(company, "Bob", deputy="Tom")
    follow(company, feed, days("20261201", "20261204", OPAQUE))
    services.end_delegation(
        actor=company.actor("Bob"), delegation_id=Delegation.objects.get().id, now=LATER
    )
    assert follow(company, feed, days("20261201", "20261204", OPAQUE)) == 0
    assert follow(company, feed, days("20261201", "20261205", OPAQUE)) == 1


def test_without_a_chosen_deputy_the_manager_decides_or_the_deputy_of_the_seat(
    company: Company,
) -> None:
    alice = add(company, "Alice")
    follow(company, alice, days("20261201", "20261204", OPAQUE))
    assert live() == [("Bob", "12-01–12-04")]
    services.end_feed(actor=company.actor("Alice"), feed_id=alice.id, now=LATER)
    accounts.fill_position(
        actor=system(company.organization),
        position=Position.objects.get(code="supervisor"),
        group=company.groups["Facilities"],
        membership=company.people["Tom"],
        is_deputy=True,
        now=NOW,
    )
    follow(company, add(company, "Bob"), days("20261201", "20261204", OPAQUE))
    assert live() == [("Tom", "12-01–12-04")]


def test_who_has_nobody_is_listed(company: Company) -> None:
    feed = add(company, "Erin")
    assert follow(company, feed, days("20261201", "20261204", OPAQUE, "SUMMARY:Lisbon")) == 0
    feed.refresh_from_db()
    (listed,) = feed.unmatched
    assert (listed["title"], listed["why"].startswith("They have neither")) == ("Lisbon", True)


def test_an_organizations_calendar_finds_people_by_address(company: Company) -> None:
    feed = add(company, "Adam", everybody=True, deputy="Dana")
    bob, erin = (company.people[name].user.email for name in ("Bob", "Erin"))
    follow(
        company,
        feed,
        days("20261201", "20261204", f"ATTENDEE:mailto:{bob.upper()}", uid="1"),
        days("20261202", "20261205", f"SUMMARY:{erin} is away", uid="2"),
        days("20261203", "20261206", "SUMMARY:Summer party", uid="3"),
    )
    assert live() == [("Dana", "12-01–12-04"), ("Dana", "12-02–12-05")]
    feed.refresh_from_db()
    assert [one["title"] for one in feed.unmatched] == ["Summer party"]


def test_ending_a_calendar_ends_what_it_has_set(company: Company) -> None:
    feed = add(company, "Bob", deputy="Tom")
    follow(company, feed, days("20261201", "20261204", OPAQUE))
    for name in ("Tom", "Adam"):
        with pytest.raises(NotFound):
            services.end_feed(actor=company.actor(name), feed_id=feed.id, now=LATER)
    services.end_feed(actor=company.actor("Bob"), feed_id=feed.id, now=LATER)
    assert live() == []
    assert follow(company, feed, days("20261201", "20261204", OPAQUE)) == 0
    assert selectors.feeds_to_read() == []


def test_the_calendar_of_somebody_without_access_rests(company: Company) -> None:
    add(company, "Bob", deputy="Tom")
    accounts.suspend_member(
        actor=system(company.organization),
        membership=company.people["Bob"],
        reason="Left",
        now=NOW,
    )
    assert selectors.feeds_to_read() == []


def test_only_administrators_of_the_root_add_one_for_everybody(company: Company) -> None:
    with pytest.raises(NotAllowed):
        add(company, "Bob", everybody=True)
    add(company, "Bob")
    with pytest.raises(Conflict):
        add(company, "Bob")


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/a.ics",
        "webcal://calendar.example/a.ics",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@calendar.example/a.ics",
        "https://calendar.example:99999/",
        "https://" + "a" * 2001,
    ],
)
def test_an_address_that_cannot_be_is_refused_beside_its_field(company: Company, url: str) -> None:
    with pytest.raises(DomainError) as refusal:
        add(company, "Bob", url=url)
    assert refusal.value.field == "url"


# Fetching


class _Calendars(BaseHTTPRequestHandler):
    """A server of calendars on this machine, with the habits of a bad one."""

    pages: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def do_GET(self) -> None:
        status, headers, body = self.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 – as the base class
        pass


@pytest.fixture
def server(settings: Settings) -> Iterator[str]:
    settings.ABSENCE_FEEDS_FROM_LOOPBACK = True
    _Calendars.pages = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), _Calendars) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def serve(path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
    _Calendars.pages[path] = (status, headers, body)


def test_what_is_served_is_read_also_after_a_redirect(server: str) -> None:
    serve("/a.ics", b"BEGIN:VCALENDAR")
    serve("/moved", status=302, Location="/a.ics")
    assert fetch(f"{server}/a.ics") == fetch(f"{server}/moved") == "BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/gone", "answers 404"),
        ("/round", "on and on"),
        ("/large", "larger than 2 MB"),
        ("/inside", "not on the public internet"),
        ("/file", "has to begin with https"),
    ],
)
def test_a_bad_server_gets_nothing_done(server: str, path: str, why: str) -> None:
    serve("/round", status=302, Location="/round")
    serve("/large", b"x" * 2_000_001)
    serve("/inside", status=302, Location="https://169.254.169.254/latest/meta-data/")
    serve("/file", status=302, Location="file:///etc/passwd")
    with pytest.raises(FeedUnreachable, match=why):
        fetch(server + path)


def test_nothing_on_this_machine_is_read_outside_the_suite(server: str, settings: Settings) -> None:
    serve("/a.ics", b"BEGIN:VCALENDAR")
    settings.ABSENCE_FEEDS_FROM_LOOPBACK = False
    port = server.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"):  # noqa: S104 – refused
        with pytest.raises(FeedUnreachable):
            fetch(f"https://{host}:{port}/a.ics")
    with pytest.raises(FeedUnreachable):
        check_address(f"{server}/a.ics")


@pytest.mark.django_db(transaction=True)
def test_the_task_reads_all_and_says_what_it_could_not(server: str) -> None:
    with time_machine.travel(NOW, tick=False):
        company = make_company()
        serve("/bob.ics", calendar(days("20261201", "20261204", OPAQUE)).encode())
        serve("/page", b"<html></html>")
        with company.scope():
            good = add(company, "Bob", deputy="Tom", url=f"{server}/bob.ics")
            page = add(company, "Bob", deputy="Tom", url=f"{server}/page")
            gone = add(company, "Erin", deputy="Tom", url=f"{server}/gone")
        assert tasks.read_absence_feeds(organization_id=str(company.organization.id)) == 1
        with company.scope():
            assert live() == [("Tom", "12-01–12-04")]
            said = dict(AbsenceFeed.objects.values_list("id", "last_error"))
            read = AbsenceFeed.objects.get(id=good.id)
            assert read.membership == company.people["Bob"]
        assert (said[good.id], read.read_at) == ("", NOW)
        assert said[page.id] == "This is no calendar that can be read."
        assert said[gone.id] == "The calendar's server answers 404."
