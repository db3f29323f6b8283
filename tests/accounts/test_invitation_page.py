"""The page behind an invitation's link: what it shows, whom it lets in, and what it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services
from accounts.invitations import LIFETIME
from accounts.models import Membership, User
from tests.accounts.invited import invitation_of, invite, links_in_mails, member
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, PASSWORD, Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ANNA = "anna@example.com"
FORM = {"name": "Anna Smith", "password": PASSWORD}


@dataclass
class Invited:
    """Anna has been mailed an invitation."""

    company: Company
    path: str

    @property
    def status(self) -> str:
        with self.company.scope():
            return member(ANNA).status


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield make_company()


@pytest.fixture
def invited(company: Company) -> Invited:
    with company.scope():
        invite(company, ANNA)
        return Invited(company, links_in_mails()[ANNA])


def test_the_mail_says_who_invites_as_what_and_until_when(invited: Invited) -> None:
    (message,) = mail.outbox
    assert message.subject == "Adam Administrator invites you to Northwind Works"
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for body in (str(message.body), html):
        for words in ("Requisitioner of Workplace", "Welcome aboard.", "Dec 8", invited.path):
            assert words in body


def test_looking_shows_what_it_is_about_and_changes_nothing(
    invited: Invited, client: Client
) -> None:
    answer = client.get(invited.path)
    html = answer.content.decode()
    for words in ("Join Northwind Works", "Adam Administrator invites you", ANNA, "Workplace"):
        assert words in html
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not answer.cookies
    assert invited.status == Membership.Status.INVITED


def test_somebody_new_chooses_name_and_password_and_is_signed_in(invited: Invited) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(invited.path, FORM, headers={"Origin": "null"})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert invited.status == Membership.Status.ACTIVE
    assert User.objects.get(email=ANNA).name == "Anna Smith"
    signed_in = Client().post("/accounts/login/", {"login": ANNA, "password": PASSWORD})
    assert signed_in.status_code == 302
    again = client.get(invited.path)
    assert "You have accepted this invitation" in again.content.decode()
    assert Client().post(invited.path, {**FORM, "password": "another-long-one"}).status_code == 200
    assert User.objects.get(email=ANNA).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "This field is required"),
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "password1234"}, "too common"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    invited: Invited, client: Client, change: dict[str, str], words: str
) -> None:
    answer = client.post(invited.path, {**FORM, **change})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert f'id="id_{next(iter(change))}_error"' in html
    assert invited.status == Membership.Status.INVITED


def test_whoever_has_an_account_signs_in_first_and_keeps_it(
    company: Company, client: Client
) -> None:
    user = User.objects.create_user(ANNA, "her-own-long-password", name="Anna Own")
    with company.scope():
        invite(company, ANNA)
        path = links_in_mails()[ANNA]
    html = client.get(path).content.decode()
    assert f"/accounts/login/?next={path.replace('/', '%2F')}" in html
    assert client.post(path, FORM).status_code == 403
    user.refresh_from_db()
    assert user.check_password("her-own-long-password")
    client.force_login(user, backend=BACKEND)
    assert "will use the same account" in client.get(path).content.decode()
    assert client.post(path).status_code == 302
    with company.scope():
        assert member(ANNA).status == Membership.Status.ACTIVE
    assert User.objects.get(email=ANNA).name == "Anna Own"


def test_somebody_else_who_is_signed_in_is_sent_to_sign_out(
    invited: Invited, client: Client
) -> None:
    client.force_login(invited.company.people["Dana"].user, backend=BACKEND)
    for answer in (client.get(invited.path), client.post(invited.path, FORM)):
        assert answer.status_code == 403
        assert "This link is for somebody else" in answer.content.decode()
    assert invited.status == Membership.Status.INVITED


def test_a_newer_mail_replaces_the_link_and_the_old_one_says_so(
    invited: Invited, client: Client
) -> None:
    later = NOW + timedelta(days=2)
    with time_machine.travel(later):
        with invited.company.scope():
            services.resend_invitation(
                actor=invited.company.actor("Adam"), invitation=invitation_of(ANNA), now=later
            )
            mail.outbox.clear()
            newer = links_in_mails(now=later)[ANNA]
        old = client.get(invited.path)
        assert old.status_code == 410
        assert "Use the link in the newest mail" in old.content.decode()
        assert client.post(invited.path, FORM).status_code == 410
        assert client.post(newer, FORM).status_code == 302
    assert invited.status == Membership.Status.ACTIVE


def test_a_revoked_or_expired_link_says_whom_to_ask(invited: Invited, client: Client) -> None:
    with time_machine.travel(NOW + LIFETIME + timedelta(minutes=1)):
        expired = client.get(invited.path)
        assert expired.status_code == 410
        assert "Ask Adam Administrator to send you a new one" in expired.content.decode()
    with invited.company.scope():
        services.revoke_invitation(
            actor=invited.company.actor("Adam"), invitation=invitation_of(ANNA), now=NOW
        )
    revoked = client.post(invited.path, FORM)
    assert revoked.status_code == 410
    assert "has been revoked" in revoked.content.decode()
    assert not User.objects.get(email=ANNA).has_usable_password()


def test_an_unknown_link_leads_nowhere(client: Client, company: Company) -> None:
    assert client.get("/invitation/nonsense/").status_code == 404


def test_the_page_takes_few_queries(
    invited: Invited, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        client.get(invited.path)
