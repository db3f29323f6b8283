"""The link of whoever stands in: it decides while they do, and explains itself afterwards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from approvals import services
from approvals.models import ApprovalRequest, Decision, Delegation
from procurement.core import clock
from procurement.outbox import services as outbox
from tests.factories.absences import away
from tests.factories.accounts import NOW, Company, system
from tests.factories.approvals import Answered, ask, make_governed_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

_LINK = re.compile(r"https?://\S+/decide/[\w-]+")


@dataclass
class Linked:
    """A request that waits for Bob, who is away, and the link in Tom's mail."""

    company: Company
    request: ApprovalRequest
    delegation: Delegation
    path: str
    time: time_machine.Traveller

    @property
    def decisions(self) -> list[Decision]:
        with self.company.scope():
            return list(Decision.objects.select_related("membership", "on_behalf_of"))

    def approve(self, client: Client) -> int:
        content = {"comment": "", "content_hash": self.request.content_hash}
        return client.post(self.path, {**content, "decision": "APPROVE"}).status_code


def link_of(name: str) -> str:
    now = clock.now()
    outbox.settle(outbox.deliver(outbox.claim_due(now=now)), now=now)
    bodies = [str(message.body) for message in mail.outbox if message.to[0].startswith(name)]
    (path,) = [str(urlsplit(one).path) for body in bodies for one in _LINK.findall(body)[:1]]
    return path


@pytest.fixture
def linked(db: None, handler: Answered) -> Iterator[Linked]:
    with time_machine.travel(NOW, tick=False) as time:
        company = make_governed_company()
        with company.scope():
            request = ask(company)
            delegation = away(company, "Bob", "Tom")
            services.ask_deputies(actor=system(company.organization), now=NOW)
            time.shift(60)
            path = link_of("tom")
        yield Linked(company, request, delegation, path, time)


def test_it_decides_for_the_holder(linked: Linked, client: Client) -> None:
    page = client.get(linked.path).content.decode()
    assert "Deciding as</span> Tom Technician" in page
    assert "Tom Technician for Bob Supervisor, who is away until Thu, Dec 3" in page
    assert linked.decisions == []
    assert linked.approve(client) == 302
    (decision,) = linked.decisions
    assert (decision.membership, decision.on_behalf_of, decision.channel) == (
        linked.company.people["Tom"],
        linked.company.people["Bob"],
        "EMAIL",
    )
    assert "You approved $640.00" in client.get(linked.path).content.decode()


def test_looking_changes_nothing(linked: Linked, client: Client) -> None:
    for method in (client.get, client.head):
        assert method(linked.path).status_code == 200
    assert linked.decisions == []


def test_it_says_that_somebody_else_stands_in_now(linked: Linked, client: Client) -> None:
    with linked.company.scope():
        away(linked.company, "Bob", "Dana", now=clock.now())
    response = client.get(linked.path)
    assert response.status_code == 410
    page = response.content.decode()
    assert "Dana Finance decides for Bob Supervisor now." in page
    assert "Cordless drill" not in page
    assert linked.approve(client) == 410
    assert linked.decisions == []


def test_it_says_that_the_absence_is_over(linked: Linked, client: Client) -> None:
    linked.time.move_to(linked.delegation.ends_at)
    response = client.get(linked.path)
    assert response.status_code == 410
    assert "they decide themselves" in response.content.decode()
    assert linked.approve(client) == 410
    assert linked.decisions == []


def test_it_says_that_the_original_was_quicker(linked: Linked, client: Client) -> None:
    bob = linked.company.people["Bob"]
    with linked.company.scope():
        seat = linked.request.seats.get(membership=bob)
        services.decide(
            actor=linked.company.actor("Bob"),
            seat_id=seat.id,
            choice="APPROVE",
            comment="",
            content_hash=linked.request.content_hash,
            channel="APP",
            now=clock.now(),
        )
    page = client.get(linked.path).content.decode()
    assert "Bob Supervisor has decided this" in page
    assert "they approved this" in page
    assert "You approved" not in page


def test_it_ends_with_the_access_of_the_deputy(linked: Linked, client: Client) -> None:
    with linked.company.scope():
        accounts.suspend_member(
            actor=system(linked.company.organization),
            membership=linked.company.people["Tom"],
            reason="Left",
            now=clock.now(),
        )
    response = client.get(linked.path)
    assert response.status_code == 403
    assert "Cordless drill" not in response.content.decode()
    assert linked.approve(client) == 403


def test_it_is_nobody_elses_who_is_signed_in(linked: Linked, client: Client) -> None:
    for name in ("Alice", "Bob"):
        client.force_login(
            linked.company.people[name].user, "allauth.account.auth_backends.AuthenticationBackend"
        )
        assert client.get(linked.path).status_code == 403
        assert linked.approve(client) == 403
    assert linked.decisions == []


def test_it_takes_few_statements(
    linked: Linked, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(24):
        client.get(linked.path)
