"""Pages of invitations: entering people, the check, sending, and the list."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.models import Invitation, InvitationBatch
from accounts.web import org_reverse
from tests.accounts.invited import check, invitation_of, invite, letters_to, run
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ANNA = "anna@example.com"


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def address(company: Company, name: str, **kwargs: Any) -> str:
    return org_reverse(company.organization, f"accounts:{name}", **kwargs)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def enter(client: Client, company: Company, **fields: Any) -> Any:
    form = {
        "pasted": "",
        "role": "REQUISITIONER",
        "group": str(company.groups["Workplace"].id),
        "message": "",
    }
    return client.post(address(company, "invite"), {**form, **fields})


def batch_of(company: Company) -> InvitationBatch:
    with company.scope():
        return InvitationBatch.objects.latest("created_at")


def test_pasted_people_are_checked_and_sent_only_when_somebody_says_so(
    adam: Client, company: Company
) -> None:
    bob = company.people["Bob"].user.email
    answer = enter(adam, company, pasted=f"Anna Smith <{ANNA}>; {bob}; nonsense", message="Hello")
    assert answer.status_code == 302
    html = text_of(adam.get(answer["Location"]))
    for words in (
        "1 person</b> will get a mail with your word “Hello”",
        "Anna Smith",
        "is a member already",
        "“nonsense” has no email address.",
        "2 lines are left out",
        "Send 1 invitation",
    ):
        assert words in html
    with company.scope():
        assert not Invitation.objects.exists()
    batch = batch_of(company)
    sent = adam.post(address(company, "send-invitations", batch_id=batch.id))
    assert "0 of 1</b> invited so far" in text_of(adam.get(sent["Location"]))
    with company.scope():
        run(batch)
    html = text_of(adam.get(sent["Location"]))
    assert "Invited 1" in html
    assert "Send 1" not in html
    with company.scope():
        assert letters_to(ANNA) == 1


def test_an_uploaded_file_comes_back_with_reasons_beside_the_original_cells(
    adam: Client, company: Company
) -> None:
    content = f"Email;Team;Shoe\r\n{ANNA};Workplace;=43\r\nben@example.com;Mars;=44\r\n{ANNA};;\r\n"
    answer = enter(adam, company, upload=SimpleUploadedFile("people.csv", content.encode()))
    batch = batch_of(company)
    assert (batch.source, batch.total, batch.ready) == ("people.csv", 3, 1)
    assert "Refused lines, CSV" in text_of(adam.get(answer["Location"]))
    file = adam.get(address(company, "invitation-rejects", batch_id=batch.id))
    text = file.getvalue().decode("utf-8-sig")
    head, mars, again = csv.reader(io.StringIO(text))
    assert head == ["Email", "Team", "Shoe", "reason"]
    assert mars[:3] == ["ben@example.com", "Mars", "'=44"]
    assert "no open group “Mars”" in mars[3]
    assert "stands on line 2 already" in again[3]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "enter at least one address"),
        ({"pasted": ANNA, "group": ""}, "Choose a group"),
        ({"pasted": ANNA, "upload": SimpleUploadedFile("a.csv", b"email\n")}, "not both"),
        ({"upload": SimpleUploadedFile("a.csv", b"")}, "enter at least one address"),
        ({"upload": SimpleUploadedFile("a.csv", b"x" * (5 << 20))}, "larger than 4 MB"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field(
    adam: Client, company: Company, fields: dict[str, Any], words: str
) -> None:
    answer = enter(adam, company, **fields)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_a_group_is_found_without_scripts_and_nothing_typed_is_lost(
    adam: Client, company: Company
) -> None:
    answer = enter(adam, company, pasted=ANNA, group="", group_q="eng", find_person="group")
    html = text_of(answer)
    assert answer.status_code == 200
    assert "Engineering" in html
    assert ANNA in html
    found = adam.get(f"{address(company, 'find-groups')}?field=group&may=manage_people&group_q=eng")
    assert "Engineering" in text_of(found)


def test_lines_can_be_narrowed_to_one_fate_and_are_paged(adam: Client, company: Company) -> None:
    with company.scope():
        emails = [f"p{number}@example.com" for number in range(60)]
        batch = check(company, "\n".join([*emails, "nonsense"]))
    page = address(company, "invitation-batch", batch_id=batch.id)
    assert "1–50 of 61 lines" in text_of(adam.get(page))
    narrowed = text_of(adam.get(f"{page}?fate=REJECTED"))
    assert "nonsense" in narrowed
    assert "p1@example.com" not in narrowed
    assert "No line has this fate" in text_of(adam.get(f"{page}?fate=KNOWN"))


def test_progress_is_a_part_of_the_page_that_asks_again_until_all_are_invited(
    adam: Client, company: Company
) -> None:
    with company.scope():
        batch = check(company, f"{ANNA} ben@example.com")
        services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)
        services.invite_next(batch_id=batch.id, now=NOW, most=1)
    page = address(company, "invitation-batch", batch_id=batch.id)
    part = adam.get(page, headers={"HX-Request": "true"})
    assert text_of(part).startswith("<section")
    assert "1 of 2</b> invited so far" in text_of(part)
    assert "HX-Refresh" not in part
    with company.scope():
        run(batch)
    assert adam.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_discarded_batch_mails_nobody(adam: Client, company: Company) -> None:
    with company.scope():
        batch = check(company, ANNA)
    adam.post(address(company, "discard-invitations", batch_id=batch.id))
    html = text_of(adam.get(address(company, "invitation-batch", batch_id=batch.id)))
    assert "nobody was mailed" in html
    late = adam.post(address(company, "send-invitations", batch_id=batch.id))
    assert late.status_code == 409


def test_the_list_says_where_each_invitation_stands_and_offers_what_can_be_done(
    adam: Client, company: Company
) -> None:
    listed = address(company, "invitations")
    assert "Nobody has been invited yet" in text_of(adam.get(listed))
    with company.scope():
        invite(company, "old@example.com", now=NOW)
        invite(company, f"Anna Smith <{ANNA}>, ben@example.com", now=NOW + timedelta(days=19))
        anna, ben = (invitation_of(f"{name}@example.com") for name in ("anna", "ben"))
    with time_machine.travel(NOW + timedelta(days=20)):
        adam.force_login(company.people["Adam"].user, backend=BACKEND)
        adam.post(address(company, "revoke-invitation", invitation_id=ben.id))
        again = address(company, "resend-invitation", invitation_id=anna.id)
        assert "Anna Smith gets a new mail" in text_of(adam.post(again, follow=True))
        late = adam.post(address(company, "resend-invitation", invitation_id=ben.id))
        assert late.status_code == 409
        shown = {
            show: text_of(adam.get(f"{listed}?show={show}"))
            for show in ("open", "expired", "accepted", "revoked")
        }
        found = text_of(adam.get(f"{listed}?q=smi"))
    assert [ANNA in html for html in shown.values()] == [True, False, False, False]
    assert "old@example.com" in shown["expired"]
    assert "No invitation fits" in shown["accepted"]
    assert "ben@example.com" in shown["revoked"]
    assert "2 times" in shown["open"]
    assert ANNA in found
    assert "old@example.com" not in found


def test_the_pages_take_the_same_queries_however_many_rows(
    adam: Client, company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        emails = [f"p{number}@example.com" for number in range(40)]
        batch = invite(company, " ".join(emails))
        assert selectors.fates_of(batch)["INVITED"] == 40
    for page in (
        address(company, "invitations"),
        address(company, "invitation-batch", batch_id=batch.id),
    ):
        with django_assert_max_num_queries(15):
            assert adam.get(page).status_code == 200
