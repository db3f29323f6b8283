"""The inbox: what waits for the reader and those around them, in which order, and many at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from approvals import selectors, services
from approvals.models import ApprovalRequest, Decision, Delegation, Stage
from approvals.selectors import InboxFilters
from tests.factories.accounts import NOW, Company, make_member, signed_in
from tests.factories.approvals import Answered, ask, make_governed_company, seat_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def world(handler: Answered) -> Iterator[Company]:
    with time_machine.travel(LATER, tick=False):
        company = make_governed_company()
        yield company


def at(company: Company, tail: str = "") -> str:
    return f"/{company.organization.slug}/approvals/{tail}"


def due(request: ApprovalRequest, at: datetime | None, *, minutes_left: int | None = None) -> None:
    Stage.objects.filter(request=request).update(due_at=at, minutes_left=minutes_left)


def chosen(*requests: ApprovalRequest, company: Company) -> list[str]:
    return [f"{seat_of(one, company.people['Bob']).id}:{one.content_hash}" for one in requests]


def test_what_is_overdue_comes_first_then_the_oldest(world: Company) -> None:
    with world.scope():
        oldest = ask(world, "200.00", now=NOW)
        overdue = ask(world, "300.00", now=NOW + timedelta(minutes=10))
        latest = ask(world, "400.00", now=NOW + timedelta(minutes=20))
        due(oldest, LATER + timedelta(hours=1))
        due(overdue, LATER - timedelta(hours=1))
        due(latest, None, minutes_left=30)
        found = selectors.inbox(world.actor("Bob"), now=LATER)
        assert [seat.request_id for seat in found] == [overdue.id, oldest.id, latest.id]


def test_the_page_says_by_when_who_else_and_what_deviates(world: Company) -> None:
    with world.scope():
        due(ask(world, "640.00", now=NOW), None, minutes_left=30)
        due(ask(world, "650.00", now=NOW), LATER - timedelta(days=14))
        ask(world, "4800.00", now=NOW)
    page = signed_in(world, "Bob").get(at(world)).content.decode()
    assert "Clock stopped: question open" in page
    assert "overdue" in page
    assert "1 restricted" in page
    assert "1 preferred" in page
    page = signed_in(world, "Dana").get(at(world)).content.decode()
    assert "Erin Director" in page  # is asked beside her


def test_a_search_and_a_group_narrow_the_list(world: Company) -> None:
    with world.scope():
        ask(world, "640.00")
        bob = world.actor("Bob")
        for query, hits in (("tools alice", 1), ("0418", 1), ("chairs", 0)):
            found = selectors.inbox(bob, now=LATER, filters=InboxFilters(query=query))
            assert found.count() == hits, query
        for group, hits in (("Facilities", 1), ("Engineering", 0)):
            narrowed = InboxFilters(group_id=world.groups[group].id)
            assert selectors.inbox(bob, now=LATER, filters=narrowed).count() == hits, group
        assert selectors.groups_waiting(bob) == [
            (world.groups["Field Service"].id, "Field Service")
        ]
    page = signed_in(world, "Bob").get(at(world, "?q=chairs")).content.decode()
    assert "Nothing fits" in page


def test_my_teams_are_those_of_my_reports_on_every_level_and_of_groups_in_sight(
    world: Company,
) -> None:
    with world.scope():
        boss = make_member(world.organization, world.root, "Carla Chief")
        top = make_member(world.organization, world.root, "Tara Top")
        stranger = make_member(world.organization, world.root, "Sam Stranger")
        Membership.objects.filter(id=world.people["Bob"].id).update(manager=boss)
        Membership.objects.filter(id=boss.id).update(manager=top)
        # A circle that an import has left must not go on for ever.
        Membership.objects.filter(id=top.id).update(manager=boss)
        world.people |= {"Carla": boss, "Tara": top, "Sam": stranger}
        request = ask(world)
        seen = {
            name: [one.id for one in selectors.waiting_for_team(world.actor(name), now=LATER)]
            for name in ("Carla", "Tara", "Dana", "Sam", "Bob", "Alice")
        }
    assert seen == {
        "Carla": [request.id],
        "Tara": [request.id],
        "Dana": [request.id],  # sees the orders of every group
        "Sam": [],
        "Bob": [],  # it waits for himself
        "Alice": [],  # she asked for it
    }
    page = signed_in(world, "Tara").get(at(world, "?show=team")).content.decode()
    assert "Bob Supervisor" in page
    assert signed_in(world, "Tara").get(at(world, f"{request.id}/")).status_code == 200
    assert signed_in(world, "Sam").get(at(world, f"{request.id}/")).status_code == 404


def stands_in(company: Company, deputy: str, holder: str) -> None:
    Delegation.objects.create(
        organization_id=company.organization.id,
        membership=company.people[holder],
        deputy=company.people[deputy],
        starts_at=NOW,
        ends_at=NOW + timedelta(days=3),
        source="SELF",
        set_by=holder,
        created_at=NOW,
    )


def test_what_waits_for_somebody_away_is_decided_by_whoever_stands_in(world: Company) -> None:
    with world.scope():
        first, second = ask(world, "200.00"), ask(world, "300.00")
        stands_in(world, "Erin", "Bob")
        seats = chosen(first, company=world)
    erin = signed_in(world, "Erin")
    page = erin.get(at(world, "?show=delegated")).content.decode()
    assert page.count("For Bob Supervisor, who is away") == 2
    assert "Nothing waits for you" in erin.get(at(world)).content.decode()
    asked = erin.get(at(world, "decide/"), {"seat": seats, "choice": "APPROVE"}).content.decode()
    assert "For Bob Supervisor, who is away" in asked
    sent = {"seat": seats, "choice": "APPROVE", "comment": ""}
    done = erin.post(at(world, "decide/"), sent, follow=True)
    assert "You approved 1 request, $200.00 together." in done.content.decode()
    page = erin.get(at(world, f"{second.id}/")).content.decode()
    assert "Your decision for Bob Supervisor" in page
    assert "Hand it to somebody else" not in page
    sent = {"decision": "REJECT", "comment": "Too dear.", "content_hash": second.content_hash}
    assert erin.post(at(world, f"{second.id}/"), sent).status_code == 302
    with world.scope():
        made = Decision.objects.order_by("decided_at", "id")
        assert {(one.membership_id, one.on_behalf_of_id) for one in made} == {
            (world.people["Erin"].id, world.people["Bob"].id)
        }
    page = erin.get(at(world, "?show=decided")).content.decode()
    assert page.count("For Bob Supervisor") == 2


@pytest.mark.parametrize("show", ["mine", "team", "delegated", "decided"])
def test_a_list_takes_as_many_statements_however_long_it_is(world: Company, show: str) -> None:
    reader = {"mine": "Bob", "team": "Dana", "delegated": "Erin", "decided": "Bob"}[show]
    with world.scope():
        stands_in(world, "Erin", "Bob")

    def statements() -> int:
        client = signed_in(world, reader)
        client.get(at(world, f"?show={show}"))
        with CaptureQueriesContext(connection) as counted:
            assert client.get(at(world, f"?show={show}")).status_code == 200
        return len(counted)

    def fill(number: int) -> None:
        with world.scope():
            for _ in range(number):
                request = ask(world, now=NOW)
                if show == "decided":
                    services.decide(
                        actor=world.actor("Bob"),
                        seat_id=seat_of(request, world.people["Bob"]).id,
                        choice="APPROVE",
                        comment="",
                        content_hash=request.content_hash,
                        channel="APP",
                        now=NOW,
                    )

    fill(1)
    few = statements()
    fill(5)
    assert statements() == few
    assert few <= 22


def test_many_are_shown_with_their_sum_and_approved_in_one_go(world: Company) -> None:
    with world.scope():
        requests = [ask(world, amount) for amount in ("100.50", "640.00", "259.50")]
        seats = chosen(*requests, company=world)
    client = signed_in(world, "Bob")
    asked = client.get(at(world, "decide/"), {"seat": seats, "choice": "APPROVE"})
    page = asked.content.decode()
    assert "Approve 3, $1,000.00" in page
    assert "Look at 3 of them first" in page
    with world.scope():
        assert Decision.objects.count() == 0  # it was only shown
    done = client.post(
        at(world, "decide/"), {"seat": seats, "choice": "APPROVE", "comment": ""}, follow=True
    )
    assert "You approved 3 requests, $1,000.00 together." in done.content.decode()
    with world.scope():
        assert {one.choice for one in Decision.objects.all()} == {"APPROVE"}
        assert ApprovalRequest.objects.filter(status="APPROVED").count() == 3


def test_many_are_rejected_with_one_reason_and_not_without(world: Company) -> None:
    with world.scope():
        requests = [ask(world, amount) for amount in ("200.00", "300.00")]
        seats = chosen(*requests, company=world)
    client = signed_in(world, "Bob")
    sent = {"seat": seats, "choice": "REJECT", "comment": " "}
    refused = client.post(at(world, "decide/"), sent)
    assert refused.status_code == 400
    assert "Say why you reject these" in refused.content.decode()
    client.post(at(world, "decide/"), {**sent, "comment": "Not in this quarter."})
    with world.scope():
        assert {one.comment for one in Decision.objects.all()} == {"Not in this quarter."}
        assert ApprovalRequest.objects.filter(status="REJECTED").count() == 2


def test_what_has_changed_in_the_meantime_is_told_and_the_rest_counts(world: Company) -> None:
    with world.scope():
        changed, kept = ask(world, "200.00"), ask(world, "300.00")
        seats = chosen(changed, kept, company=world)
        seats[0] = seats[0].replace(changed.content_hash, "0" * 64)
    done = signed_in(world, "Bob").post(
        at(world, "decide/"), {"seat": seats, "choice": "APPROVE", "comment": ""}, follow=True
    )
    page = done.content.decode()
    assert "You approved 1 request, $300.00 together." in page
    assert "The content has changed since this was shown." in page
    with world.scope():
        assert Decision.objects.get().request_id == kept.id


def test_seats_of_others_are_never_decided(world: Company) -> None:
    with world.scope():
        request = ask(world)
        seats = chosen(request, company=world)
    for client in (signed_in(world, "Dana"), signed_in(world, "Alice")):
        done = client.post(
            at(world, "decide/"), {"seat": seats, "choice": "APPROVE", "comment": ""}, follow=True
        )
        assert "Nothing is chosen that still waits for you." in done.content.decode()
    with world.scope():
        assert Decision.objects.count() == 0
