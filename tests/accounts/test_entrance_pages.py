import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from tests.factories.accounts import PASSWORD, Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_count_of_attempts(settings: Settings) -> None:
    """Count each test's sign-ins by themselves: all of them come from one address."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": uuid4().hex,
        }
    }


@pytest.fixture
def company() -> Company:
    return make_company()


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_sign_in_names_its_fields_and_leads_to_the_reset(client: Client) -> None:
    html = text_of(client, "/accounts/login/")
    assert '<label for="id_login">' in html
    assert 'autocomplete="current-password"' in html
    assert "/accounts/password/reset/" in html


def test_an_empty_field_says_what_is_missing_beside_itself(client: Client) -> None:
    html = client.post("/accounts/login/", {"login": "", "password": "x"}).content.decode()
    assert 'id="id_login_error"' in html
    assert 'aria-describedby="id_login_error"' in html


def test_a_wrong_password_is_said_on_top_and_keeps_the_address(
    client: Client, company: Company
) -> None:
    email = company.people["Alice"].user.email
    html = client.post("/accounts/login/", {"login": email, "password": "no"}).content.decode()
    assert "That did not work" in html
    assert f'value="{email}"' in html


def test_the_right_password_leads_to_where_one_was_going(client: Client, company: Company) -> None:
    email = company.people["Alice"].user.email
    response = client.post(
        "/accounts/login/",
        {"login": email, "password": PASSWORD, "next": "/accounts/password/change/"},
    )
    assert response.status_code == 302
    assert response["Location"] == "/accounts/password/change/"


def test_nobody_opens_an_account_alone(client: Client) -> None:
    assert "Accounts come from your organization" in text_of(client, "/accounts/signup/")


def test_a_reset_is_mailed_as_text_and_html_with_a_link_that_works(
    client: Client, company: Company
) -> None:
    email = company.people["Alice"].user.email
    response = client.post("/accounts/password/reset/", {"email": email}, follow=True)
    assert "Look into your mail" in response.content.decode()
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == "Reset your password"
    html = str(message.alternatives[0][0])
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(message.body))
    assert found is not None
    assert found[1] in html
    page = client.get(found[1], follow=True)
    assert "Choose a new password" in page.content.decode()
    saved = client.post(
        page.request["PATH_INFO"],
        {"password1": "another-long-password", "password2": "another-long-password"},
        follow=True,
    )
    assert "Your password is changed" in saved.content.decode()
    client.post("/accounts/login/", {"login": email, "password": "another-long-password"})
    assert client.session["_auth_user_id"] == str(company.people["Alice"].user_id)


def test_a_used_reset_link_says_so(client: Client) -> None:
    html = client.get("/accounts/password/reset/key/1-x-y/", follow=True).content.decode()
    assert "This link is used up" in html


def test_an_unknown_address_gets_the_same_answer(client: Client) -> None:
    response = client.post(
        "/accounts/password/reset/", {"email": "nobody@nowhere.example"}, follow=True
    )
    assert "Look into your mail" in response.content.decode()


def test_signing_out_asks_first(client: Client, company: Company) -> None:
    client.post(
        "/accounts/login/",
        {"login": company.people["Alice"].user.email, "password": PASSWORD},
    )
    assert "Sign out?" in text_of(client, "/accounts/logout/")
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_guessing_a_password_ends_in_a_rest(client: Client, company: Company) -> None:
    email = company.people["Alice"].user.email
    for _ in range(8):
        client.post("/accounts/login/", {"login": email, "password": "no"})
    right = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert "Too many" in right.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_rest_is_explained_with_a_way_out() -> None:
    html = render_to_string("account/locked.html")
    assert "Too many attempts" in html
    assert "/accounts/password/reset/" in html
