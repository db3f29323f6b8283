"""The API of invitations: the same services and answers as the pages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import InvitationBatch
from tests.accounts.invited import invitation_of, letters_to, member, run
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOT = "/api/v1/accounts/invitations/"
ANNA = "anna@example.com"


@pytest.fixture
def company() -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        yield make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def check(client: Client, company: Company, text: str, **fields: Any) -> Any:
    body = {"text": text, "group": str(company.groups["Workplace"].id), **fields}
    return client.post(f"{ROOT}batches/", body, content_type="application/json")


def test_people_are_checked_sent_followed_and_sent_again(adam: Client, company: Company) -> None:
    answer = check(adam, company, f"email,role\n{ANNA},Finance\nben@example.com,King")
    assert answer.status_code == 201
    batch = answer.json()
    assert (batch["status"], batch["total"], batch["ready"]) == ("CHECKED", 2, 1)
    own = f"{ROOT}batches/{batch['id']}/"
    refused = adam.get(f"{own}lines/?fate=REJECTED").json()
    assert refused["total"] == 1
    assert refused["lines"][0]["raw"] == ["ben@example.com", "King"]
    assert refused["lines"][0]["problems"][0]["column"] == "Role"
    for _ in range(2):
        assert adam.post(f"{own}send/").json()["status"] == "RUNNING"
    with company.scope():
        run(InvitationBatch.objects.get())
    done = adam.get(own).json()
    assert (done["status"], done["processed"], done["fates"]["INVITED"]) == ("DONE", 1, 1)
    (invitation,) = adam.get(f"{ROOT}?show=open&q=anna").json()["invitations"]
    assert (invitation["email"], invitation["sent"]) == (ANNA, 1)
    one = f"{ROOT}{invitation['id']}/"
    with time_machine.travel(NOW + timedelta(hours=3)):
        assert adam.post(f"{one}resend/").json()["sent"] == 2
        assert adam.post(f"{one}resend/").status_code == 409
    assert adam.delete(one).status_code == 204
    assert adam.delete(one).status_code == 409
    with company.scope():
        assert letters_to(ANNA) == 2
        assert invitation_of(ANNA).status == "REVOKED"
        assert member(ANNA).status == "SUSPENDED"


def test_a_batch_can_be_discarded_and_is_nobody_elses(adam: Client, company: Company) -> None:
    own = f"{ROOT}batches/{check(adam, company, ANNA).json()['id']}/"
    adam.force_login(company.people["Dana"].user, backend=BACKEND)
    assert adam.get(own).status_code == 404
    adam.force_login(company.people["Adam"].user, backend=BACKEND)
    assert adam.delete(own).status_code == 204
    assert adam.post(f"{own}send/").status_code == 409


def test_a_text_that_names_nobody_is_a_problem_of_its_field(adam: Client, company: Company) -> None:
    answer = check(adam, company, " \n")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "text"
    assert check(adam, company, ANNA, role="KING").status_code == 400
