from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import services
from accounts.models import Role, TrainingAcknowledgement, TrainingPage
from accounts.tasks import remind_of_training
from accounts.web import org_reverse
from procurement.outbox.services import claim_due, deliver
from tests.factories.accounts import NOW, Company, make_company, make_member, system

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = date(2026, 11, 24)


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW):
        yield make_company()


def browser(company: Company, who: str) -> Client:
    client = Client()
    client.force_login(company.people[who].user, backend=BACKEND)
    return client


@pytest.fixture
def adam(company: Company) -> Client:
    return browser(company, "Adam")


@pytest.fixture
def alice(company: Company) -> Client:
    return browser(company, "Alice")


def url(company: Company, name: str, **kwargs: Any) -> str:
    return org_reverse(company.organization, f"training:{name}", **kwargs)


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def page(company: Company) -> TrainingPage:
    """A page that those who buy have to read first, and again each year."""
    with company.scope():
        page = services.create_training_page(
            actor=system(company.organization),
            title="Guided buying",
            body="# Start\nTake <b>what</b> is preferred.\n\n- see [the shop](https://shop.example)",
            now=NOW,
        )
        services.require_training(
            actor=system(company.organization),
            page=page,
            roles=[Role.REQUISITIONER],
            before_buying=True,
            every_months=12,
            required_from=TODAY,
            now=NOW,
        )
    return page


def links(*rows: dict[str, str]) -> dict[str, str]:
    """Return the rows of a form's links as a browser sends them."""
    sent = {"links-TOTAL_FORMS": str(len(rows)), "links-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        sent |= {f"links-{number}-{name}": value for name, value in row.items()}
    return sent


def test_a_reader_finds_what_is_due_first_reads_it_and_says_so(
    company: Company, page: TrainingPage, alice: Client
) -> None:
    with company.scope():
        services.create_training_page(
            actor=system(company.organization), title="An optional one", body="Text", now=NOW
        )
    listed = text(alice, url(company, "own"))
    assert listed.index("Guided buying") < listed.index("An optional one")
    assert "Read these before you buy" in listed
    shown = text(alice, url(company, "page", slug=page.slug))
    assert "To be read before you buy" in shown
    assert "Take &lt;b&gt;what&lt;/b&gt; is preferred." in shown
    assert '<a href="https://shop.example" rel="noopener noreferrer">the shop</a>' in shown
    answer = alice.post(url(company, "page", slug=page.slug), {"version": "1"}, follow=True)
    assert "Noted: you have read “Guided buying”." in answer.content.decode()
    assert "Nothing is due." in answer.content.decode()
    again = text(alice, url(company, "page", slug=page.slug))
    assert "You have read this." in again
    assert "It is due again on Nov 24, 2027, and 30 days later it keeps you from buying" in again


def test_who_reads_while_another_version_is_published_is_shown_that_one(
    company: Company, page: TrainingPage, alice: Client
) -> None:
    with company.scope():
        services.revise_training_page(
            actor=system(company.organization),
            page=page,
            title=page.title,
            place=0,
            body="The new words",
            links=[],
            after=1,
            now=NOW,
        )
    answer = alice.post(url(company, "page", slug=page.slug), {"version": "1"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Version 2 was published while you were reading" in html
    assert "The new words" in html
    assert 'name="version" value="2"' in html
    with company.scope():
        assert not TrainingAcknowledgement.objects.exists()


def test_home_tells_what_is_due_until_it_has_been_read(
    company: Company, page: TrainingPage, alice: Client
) -> None:
    address = org_reverse(company.organization, "home")
    assert "Read this before you buy" in text(alice, address)
    alice.post(url(company, "page", slug=page.slug), {"version": "1"})
    assert "Read this before you buy" not in text(alice, address)
    assert "Read this before you buy" not in text(browser(company, "Bob"), address)


def test_the_empty_page_offers_five_to_begin_with(company: Company, adam: Client) -> None:
    assert "Add the five pages" in text(adam, url(company, "manage"))
    answer = adam.post(url(company, "starters"), follow=True)
    html = answer.content.decode()
    assert "5 pages added." in html
    assert "What to do when an order is rejected" in html
    for slug in ("guided-buying", "receiving"):
        assert "I have read this" in text(adam, url(company, "page", slug=slug))


def test_an_administrator_writes_a_page_with_links(company: Company, adam: Client) -> None:
    assert "Words of the link" in text(adam, url(company, "create"))
    clip = {"kind": "VIDEO", "label": "Two minutes", "url": "https://v.example/1", "seconds": "125"}
    sent = {"title": "The cart", "body": "Fill it.", **links(clip, {"kind": "", "label": ""})}
    answer = adam.post(url(company, "create"), sent, follow=True)
    assert "“The cart” is there to be read." in answer.content.decode()
    shown = text(adam, url(company, "page", slug="the-cart"))
    assert "Two minutes" in shown
    assert "Video, 2:05 min" in shown


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            {"kind": "VIDEO", "label": "Long", "url": "https://v.example/1", "seconds": "240"},
            "A video runs for 3 minutes (180 seconds) at most, and this one for 4:00.",
        ),
        (
            {"kind": "PAGE", "label": "Site", "url": "http://plain.example"},
            "Enter an address that begins with https://",
        ),
        ({"kind": "", "label": "Site", "url": "https://v.example"}, "Choose slides, a video"),
    ],
)
def test_a_link_that_will_not_do_is_told_beside_its_field_and_nothing_is_lost(
    company: Company, adam: Client, row: dict[str, str], complaint: str
) -> None:
    sent = {"title": "The cart", "body": "Fill it.", **links(row)}
    answer = adam.post(url(company, "create"), sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert complaint in html
    assert "Fill it." in html
    with company.scope():
        assert not TrainingPage.objects.exists()


def test_an_edit_becomes_a_new_version_and_one_of_two_at_once_is_told(
    company: Company, page: TrainingPage, adam: Client
) -> None:
    address = url(company, "revise", slug=page.slug)
    assert "Version 1" in text(adam, address)
    sent = {"title": page.title, "place": "0", "body": "Second", "after": "1", **links()}
    answer = adam.post(address, sent, follow=True)
    assert "version 2 is published." in answer.content.decode()
    late = adam.post(address, sent | {"body": "Third"})
    assert late.status_code == 409
    assert "Version 2 was published by Adam Administrator meanwhile." in late.content.decode()
    assert "Third" in late.content.decode()


def test_a_page_is_required_put_away_and_brought_back(
    company: Company, page: TrainingPage, adam: Client
) -> None:
    address = url(company, "require", slug=page.slug)
    assert "Require it no longer" in text(adam, address)
    refused = adam.post(address, {"required_from": "2026-11-24"})
    assert refused.status_code == 422
    assert "Choose who has to read it." in refused.content.decode()
    sent = {"roles": ["FINANCE", "TECHNICIAN"], "every_months": "6", "required_from": "2026-12-01"}
    saved = adam.post(address, sent, follow=True).content.decode()
    assert "Finance, Technician" in saved
    assert "keeps nobody from buying, again every 6 months, from Tue, Dec 1 on" in saved
    ended = adam.post(url(company, "end-requirement", slug=page.slug), follow=True)
    assert "Nobody has to read “Guided buying” any more." in ended.content.decode()
    archive = url(company, "archive", slug=page.slug)
    assert "has been archived" in adam.post(archive, follow=True).content.decode()
    assert adam.get(url(company, "page", slug=page.slug)).status_code == 404
    assert "is back" in adam.post(archive, follow=True).content.decode()


def test_the_list_of_who_is_due_is_narrowed_and_downloaded_as_it_is_shown(
    company: Company, page: TrainingPage, adam: Client
) -> None:
    with company.scope():
        make_member(
            company.organization, company.groups["Engineering"], "Eve Engineer", Role.REQUISITIONER
        )
    html = text(adam, url(company, "due"))
    assert "Alice Requester" in html
    assert "2 people, 2 of them cannot buy" in html
    query = f"?group={company.groups['Facilities'].id}&training={page.slug}&show=blocked"
    narrowed = text(adam, url(company, "due") + query)
    assert "Alice Requester" in narrowed
    assert "Eve Engineer" not in narrowed
    assert "Facilities and below" in narrowed
    assert "Nothing due here" in text(adam, url(company, "due") + "?training=another")
    response = adam.get(url(company, "due-csv") + query)
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Person,Address,Group,Training page,Due since,Keeps from buying from"
    (row,) = lines[1:]
    assert row.startswith("Alice Requester,alice.")
    assert row.endswith(",Field Service,Guided buying,2026-11-24,2026-11-24")


def test_who_manages_some_people_sees_their_due_training_and_cannot_write(
    company: Company, page: TrainingPage
) -> None:
    with company.scope():
        company.people["Ines"] = make_member(
            company.organization, company.groups["Engineering"], "Ines Local", Role.ADMINISTRATOR
        )
    ines = browser(company, "Ines")
    assert "Alice Requester" not in text(ines, url(company, "due"))
    assert ines.get(url(company, "manage")).status_code == 403
    query = f"?group={company.groups['Facilities'].id}"
    assert ines.get(url(company, "due") + query).status_code == 404
    assert "Who is due" in text(ines, url(company, "own"))
    assert "All pages" not in text(ines, url(company, "own"))


def test_the_pages_take_as_many_queries_for_many_people_as_for_one(
    company: Company,
    page: TrainingPage,
    adam: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with company.scope():
        for number in range(6):
            make_member(
                company.organization, company.root, f"Person{number} Reader", Role.REQUISITIONER
            )
    for name, most in (("own", 16), ("due", 17), ("manage", 15)):
        adam.get(url(company, name))
        with django_assert_max_num_queries(most):
            adam.get(url(company, name))


def test_the_reminder_leads_to_the_pages(
    company: Company, page: TrainingPage, mailoutbox: list[Any]
) -> None:
    monday: datetime = NOW + timedelta(days=6)
    with company.scope():
        services.remind_of_training(actor=system(company.organization), now=monday)
        outcomes = deliver(claim_due(now=monday))
    assert [outcome.error for outcome in outcomes] == [""]
    (mail,) = mailoutbox
    assert mail.subject == f"{company.organization.name}: read this before you buy"
    assert url(company, "page", slug=page.slug) in mail.body
    assert "Guided buying (before you can buy)" in mail.body
    assert "Read this before you buy" in mail.alternatives[0][0]


def test_the_task_reminds_in_the_organization_it_is_run_for(
    company: Company, page: TrainingPage
) -> None:
    with time_machine.travel(NOW + timedelta(days=6)):
        assert remind_of_training(organization_id=str(company.organization.id)) == 1
        assert remind_of_training(organization_id=str(company.organization.id)) == 0
