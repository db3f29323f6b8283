from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import include, path, reverse
from pytest_django import Settings

# The product's addresses are read here, before any test turns the demo pages on.
from procurement import urls
from procurement.demo import mailbox
from tests.factories.accounts import Company, make_company

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

# As a development server mounts them: before the organizations' addresses.
urlpatterns = [path("demo/", include("procurement.demo.urls")), *urls.urlpatterns]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTML = "<html><head><title>x</title></head><body><a href='/decide/t'>Review</a></body></html>"


@pytest.fixture(autouse=True)
def demo(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO_PAGES = True
    settings.DEMO_MAILBOX_DIR = tmp_path


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def key() -> str:
    message = EmailMultiAlternatives(
        "Approve $640.00?", "Review: http://localhost/decide/t", None, ["bob@northwind.example"]
    )
    message.attach_alternative(HTML, "text/html")
    get_connection("procurement.demo.mailbox.MailboxBackend").send_messages([message])
    return mailbox.envelopes()[0].key


def test_people_are_listed_with_what_they_are_good_for(client: Client, company: Company) -> None:
    html = client.get("/demo/").content.decode()
    assert company.organization.name in html
    assert "Supervisor of Facilities" in html
    assert "Searches the catalog and orders for Field Service" in html
    assert "Keeps budgets and downloads reports of Northwind Works" in html


def test_suspended_people_are_not_offered(client: Client, company: Company) -> None:
    with company.scope():
        company.people["Tom"].status = "SUSPENDED"
        company.people["Tom"].save()
    assert "Tom Technician" not in client.get("/demo/").content.decode()


def test_one_click_signs_in(client: Client, company: Company) -> None:
    alice = company.people["Alice"].user_id
    response = client.post(f"/demo/sign-in/{alice}/")
    assert response.status_code == 302
    assert response["Location"] == reverse("landing")
    assert client.session["_auth_user_id"] == str(alice)


def test_signing_in_leads_on_to_where_one_was_going(client: Client, company: Company) -> None:
    alice = company.people["Alice"].user_id
    response = client.post(f"/demo/sign-in/{alice}/", {"next": "/demo/mailbox/"})
    assert response["Location"] == "/demo/mailbox/"


def test_signing_in_never_leads_to_another_site(client: Client, company: Company) -> None:
    alice = company.people["Alice"].user_id
    response = client.post(f"/demo/sign-in/{alice}/", {"next": "https://evil.example/"})
    assert response["Location"] == reverse("landing")


def test_a_link_alone_signs_nobody_in(client: Client, company: Company) -> None:
    alice = company.people["Alice"].user_id
    assert client.get(f"/demo/sign-in/{alice}/").status_code == 405
    assert "_auth_user_id" not in client.session


def test_the_mailbox_lists_mail_and_keeps_to_one_recipient(client: Client, key: str) -> None:
    assert key in client.get("/demo/mailbox/").content.decode()
    assert key in client.get("/demo/mailbox/?to=Bob@northwind.example").content.decode()
    assert key not in client.get("/demo/mailbox/?to=dana@northwind.example").content.decode()


def test_an_empty_mailbox_says_what_will_be_in_it(client: Client) -> None:
    assert "No mail yet" in client.get("/demo/mailbox/").content.decode()


@pytest.mark.parametrize(
    ("view", "mark"),
    [("html", "letter-html"), ("phone", "letter-phone"), ("text", "letter-text")],
)
def test_a_message_is_shown_in_three_ways(client: Client, key: str, view: str, mark: str) -> None:
    html = client.get(f"/demo/mailbox/{key}/?view={view}").content.decode()
    assert f'{mark}"' in html
    assert f'href="?view={view}" aria-current="page"' in html


def test_links_of_a_text_can_be_followed(client: Client, key: str) -> None:
    html = client.get(f"/demo/mailbox/{key}/?view=text").content.decode()
    assert 'href="http://localhost/decide/t"' in html


def test_a_messages_html_runs_nothing_and_reaches_nothing(client: Client, key: str) -> None:
    response = client.get(f"/demo/mailbox/{key}/html/")
    policy = response["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in response.content.decode()


def test_other_pages_keep_the_strict_policy(client: Client, key: str) -> None:
    policy = client.get(f"/demo/mailbox/{key}/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy


def test_an_unknown_message_is_not_found(client: Client) -> None:
    assert client.get("/demo/mailbox/nothing/").status_code == 404
    assert client.get("/demo/mailbox/nothing/html/").status_code == 404


def test_the_kit_shows_every_component_without_inline_style(client: Client) -> None:
    html = client.get("/demo/kit/").content.decode()
    assert "badge-preferred" in html
    assert "route-stage" in html
    assert " style=" not in html
    assert "<style" not in html


@pytest.mark.parametrize(
    "address",
    ["/demo/", "/demo/mailbox/", "/demo/mailbox/x/", "/demo/mailbox/x/html/", "/demo/kit/"],
)
def test_without_demo_pages_the_views_answer_as_if_they_were_not_there(
    client: Client, settings: Settings, address: str
) -> None:
    settings.DEMO_PAGES = False
    assert client.get(address).status_code == 404


def test_without_demo_pages_nobody_is_signed_in_without_a_password(
    client: Client, settings: Settings, company: Company
) -> None:
    settings.DEMO_PAGES = False
    response = client.post(f"/demo/sign-in/{company.people['Alice'].user_id}/")
    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.urls("procurement.urls")
@pytest.mark.parametrize("address", ["/demo/", "/demo/mailbox/", "/demo/kit/"])
def test_an_installation_without_demo_pages_does_not_mount_them(
    client: Client, company: Company, address: str
) -> None:
    client.force_login(company.people["Alice"].user, backend=BACKEND)
    assert client.get(address).status_code == 404
