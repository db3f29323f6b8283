"""The approver's link: what it shows, what it does, and what it refuses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from accounts.models import Organization
from approvals import services
from approvals.models import ApprovalRequest, Decision, StageSeat
from approvals.services.notices import LINK_LIVES
from procurement.core import clock, tenancy
from procurement.outbox import services as outbox
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company, system
from tests.factories.approvals import Answered, ask, decide, make_governed_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

_LINK = re.compile(r"https?://\S+/decide/[\w-]+")


@dataclass
class Asked:
    """A request whose mail has been sent, and the link that stands in it."""

    company: Company
    request: ApprovalRequest
    path: str

    @property
    def status(self) -> str:
        with self.company.scope():
            return ApprovalRequest.objects.get(id=self.request.id).status

    @property
    def decisions(self) -> int:
        with self.company.scope():
            return Decision.objects.count()

    def post(self, client: Client, choice: str, **fields: str) -> int:
        content = {"content_hash": self.request.content_hash, "comment": ""}
        return client.post(self.path, {**content, "decision": choice, **fields}).status_code

    def page(self, client: Client) -> str:
        return client.get(self.path).content.decode()


def links_in_mails() -> list[str]:
    """Send what is in the outbox of the open scope, and return the links of the mails."""
    now = clock.now() + timedelta(seconds=1)
    outbox.settle(outbox.deliver(outbox.claim_due(now=now)), now=now)
    bodies = [str(message.body) for message in mail.outbox]
    return [urlsplit(found).path for body in bodies for found in _LINK.findall(body)[:1]]


@pytest.fixture
def asked(db: None, handler: Answered) -> Iterator[Asked]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        company = make_governed_company()
        with company.scope():
            request = ask(company, now=clock.now())
            (path,) = links_in_mails()
        yield Asked(company, request, path)


def test_the_mail_says_all_that_a_decision_needs(asked: Asked) -> None:
    (message,) = mail.outbox
    assert message.subject == "Approve $640.00 for Field Service? Order R-2026-0418"
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for body in (message.body, html):
        for words in (
            "Alice Requester asks to buy “Tools for the depot” for Field Service",
            "You hold that seat in Facilities",
            "Cordless drill 18 V, two batteries",
            "Halden Tools",
            "Orrin Precision",
            "Two new fitters start on December 1",
            "Calibrated tools need a reason in Facilities.",
            "79.0%",
            "83.0%",
            "$640.00",
            "nothing is decided before you press the button there",
        ):
            assert words in str(body), words
        assert str(body).count(asked.path) == 2


def test_the_token_is_kept_nowhere_in_the_clear(asked: Asked) -> None:
    token = asked.path.rsplit("/", 1)[1]
    with asked.company.scope():
        (message,) = OutboxMessage.objects.all()
        assert token not in str(message.context)
        assert message.sealed is None


def test_looking_changes_nothing(asked: Asked, client: Client) -> None:
    with asked.company.scope():
        before = list(StageSeat.objects.values())
    for method in (client.get, client.head):
        for choice in ("", "?choice=reject", "?decision=APPROVE"):
            assert method(asked.path + choice).status_code == 200
    with asked.company.scope():
        assert list(StageSeat.objects.values()) == before
    assert (asked.status, asked.decisions) == ("PENDING", 0)


def test_the_page_shows_the_whole_content_without_signing_in(asked: Asked, client: Client) -> None:
    response = client.get(asked.path)
    page = response.content.decode()
    for words in (
        "Alice Requester asks to buy “Tools for the depot” for Field Service",
        "You hold that seat in Facilities",
        "Torque screwdriver set, 1/4 in",
        "Ours is out of calibration since October.",
        "Passes the 80% mark",
        "Approve $640.00",
        "Deciding as</span> Bob Supervisor",
    ):
        assert words in page, words
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not client.cookies


def test_pressing_approve_decides_once(asked: Asked, client: Client, handler: Answered) -> None:
    assert asked.post(client, "APPROVE", comment="Go ahead.") == 302
    assert (asked.status, asked.decisions) == ("APPROVED", 1)
    assert "You approved $640.00" in asked.page(client)
    assert asked.post(client, "REJECT", comment="No") == 200
    assert (asked.status, asked.decisions) == ("APPROVED", 1)
    assert handler.told == [("approved", asked.request.subject_id)]
    with asked.company.scope():
        assert Decision.objects.get().channel == "EMAIL"


def test_the_form_needs_no_cookie(asked: Asked) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        asked.path,
        {"decision": "APPROVE", "comment": "", "content_hash": asked.request.content_hash},
        headers={"Origin": "null"},
    )
    assert response.status_code == 302
    assert asked.status == "APPROVED"


def test_rejecting_without_a_reason_asks_for_one_and_keeps_the_page(
    asked: Asked, client: Client
) -> None:
    assert asked.post(client, "REJECT") == 400
    response = client.post(
        asked.path,
        {"decision": "REJECT", "comment": " ", "content_hash": asked.request.content_hash},
    )
    assert "Say why you reject it" in response.content.decode()
    assert asked.decisions == 0
    assert asked.post(client, "REJECT", comment="Too dear.") == 302
    assert asked.status == "REJECTED"
    assert "You rejected $640.00" in asked.page(client)


@pytest.mark.parametrize("choice", ["", "ask", "approve"])
def test_a_mangled_form_decides_nothing(asked: Asked, client: Client, choice: str) -> None:
    assert asked.post(client, choice) == 400
    assert asked.decisions == 0


def test_an_unknown_token_leads_nowhere(asked: Asked, client: Client) -> None:
    assert client.get(asked.path + "x").status_code == 404
    assert client.post(asked.path + "x", {"decision": "APPROVE"}).status_code == 404


def test_an_ended_link_explains_itself_and_leads_on(asked: Asked, client: Client) -> None:
    with time_machine.travel(clock.now() + LINK_LIVES):
        response = client.get(asked.path)
        assert response.status_code == 410
        page = response.content.decode()
        assert "This link has ended" in page
        assert f"/approvals/{asked.request.id}/" in page
        assert f"/orders/{asked.request.subject_id}/" in page
        assert asked.post(client, "APPROVE") == 410
    assert asked.decisions == 0


def test_an_overtaken_link_explains_itself_and_leads_on(asked: Asked, client: Client) -> None:
    with asked.company.scope():
        services.supersede_request(
            actor=asked.company.actor("Alice"),
            subject_kind=asked.request.subject_kind,
            subject_id=asked.request.subject_id,
            now=clock.now(),
        )
    response = client.get(asked.path)
    assert response.status_code == 410
    assert "The content has changed" in response.content.decode()
    assert f"/orders/{asked.request.subject_id}/" in response.content.decode()
    assert asked.post(client, "APPROVE") == 410
    assert asked.decisions == 0


def test_a_page_that_was_overtaken_while_open_decides_nothing(asked: Asked, client: Client) -> None:
    assert asked.post(client, "APPROVE", content_hash="0" * 64) == 410
    assert asked.decisions == 0


def test_a_settled_link_says_who_was_quicker(asked: Asked, client: Client) -> None:
    with asked.company.scope():
        services.withdraw_request(
            actor=asked.company.actor("Alice"),
            subject_kind=asked.request.subject_kind,
            subject_id=asked.request.subject_id,
            now=clock.now(),
        )
    assert "The request was taken back" in asked.page(client)


def test_a_suspended_approver_is_told_and_shown_nothing(asked: Asked, client: Client) -> None:
    with asked.company.scope():
        accounts.suspend_member(
            actor=system(asked.company.organization),
            membership=asked.company.people["Bob"],
            reason="Left",
            now=clock.now(),
        )
    for response in (
        client.get(asked.path),
        client.post(
            asked.path,
            {"decision": "APPROVE", "comment": "", "content_hash": asked.request.content_hash},
        ),
    ):
        assert response.status_code == 403
        page = response.content.decode()
        assert "Your access has ended" in page
        assert "Cordless drill" not in page
    assert asked.decisions == 0


def test_somebody_else_who_is_signed_in_does_not_decide(asked: Asked, client: Client) -> None:
    """The requester above all: a forwarded mail approves nothing."""
    client.force_login(asked.company.people["Alice"].user, _BACKEND)
    response = client.get(asked.path)
    assert response.status_code == 403
    assert "This link is for somebody else" in response.content.decode()
    assert asked.post(client, "APPROVE") == 403
    assert asked.decisions == 0


def test_an_organization_may_ask_for_a_sign_in(asked: Asked, client: Client) -> None:
    with tenancy.scope(asked.company.organization.id):
        Organization.objects.filter(id=asked.company.organization.id).update(sign_in_above=0)
    response = client.get(asked.path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/decide/")
    assert asked.post(client, "APPROVE") == 302
    assert asked.decisions == 0
    client.force_login(asked.company.people["Bob"].user, _BACKEND)
    assert client.get(asked.path).status_code == 200
    assert asked.post(client, "APPROVE") == 302
    assert asked.status == "APPROVED"


@pytest.mark.parametrize(
    ("above", "decisions"), [("639.99", 0), ("640.00", 1), ("0", 0), (None, 1)]
)
def test_a_sign_in_is_asked_above_the_organizations_bound(
    asked: Asked, client: Client, above: str | None, decisions: int
) -> None:
    with tenancy.scope(asked.company.organization.id):
        Organization.objects.filter(id=asked.company.organization.id).update(sign_in_above=above)
    assert client.get(asked.path).status_code == (200 if decisions else 302)
    assert asked.post(client, "APPROVE") == 302
    assert asked.decisions == decisions


def test_the_requester_is_mailed_how_it_ended(asked: Asked, client: Client) -> None:
    mail.outbox.clear()
    asked.post(client, "REJECT", comment="Take the preferred drill.")
    with asked.company.scope():
        links_in_mails()
    (message,) = mail.outbox
    assert message.subject == "Rejected: Order R-2026-0418, $640.00"
    assert message.to[0].startswith("alice")
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for body in (message.body, html):
        for words in (
            "Bob Supervisor",
            "Take the preferred drill.",
            "Edit and resubmit",
            f"/orders/{asked.request.subject_id}/",
        ):
            assert words in str(body), words


def test_a_page_by_link_takes_few_statements(
    asked: Asked, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(13):
        client.get(asked.path)


def test_deciding_in_the_app_leaves_the_link_used(asked: Asked, client: Client) -> None:
    with asked.company.scope():
        decide(asked.company, asked.request, "Bob", now=clock.now())
    assert "You approved $640.00" in asked.page(client)


_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
