"""More room asked for, answered and decided through the pages and the API."""

import json

import pytest

from approvals import services as approvals
from budgets.models import BudgetIncrease
from procurement.core import clock
from tests.budgets.asking import Books
from tests.factories.accounts import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_pages_ask_list_show_and_take_back(books: Books) -> None:
    slug = books.company.organization.slug
    alice = signed_in(books.company, "Alice")
    path = f"/{slug}/budgets/{books.period.id}/increase/"
    assert 'value="320.50"' in alice.get(path, {"amount": "320.5"}).content.decode()
    empty = alice.post(path, {"amount": "0", "reason": ""})
    assert empty.status_code == 422
    assert "Ask for an amount above zero." in empty.content.decode()
    asked = alice.post(path, {"amount": "320.50", "reason": "A pump broke."})
    assert asked.status_code == 302
    page = alice.get(asked["Location"]).content.decode()
    assert "Waiting for Dana Finance" in page
    assert "Take it back" in page
    assert "A pump broke." in alice.get(f"/{slug}/budgets/increases/").content.decode()
    dana = signed_in(books.company, "Dana")
    assert "A pump broke." in dana.get(f"/{slug}/budgets/increases/").content.decode()
    assert "A pump broke." not in dana.get(f"/{slug}/budgets/increases/?show=mine").content.decode()
    assert signed_in(books.company, "Tom").get(asked["Location"]).status_code == 404
    back = alice.post(f"{asked['Location']}withdraw/", follow=True).content.decode()
    assert "Taken back" in back
    with books.company.scope():
        increase = BudgetIncrease.objects.get()
        assert increase.status == "WITHDRAWN"
        assert books.request_of(increase).status == "WITHDRAWN"


def test_a_question_about_it_is_answered_on_its_page(books: Books) -> None:
    with books.company.scope():
        increase = books.ask()
        request = books.request_of(increase)
        seat = request.seats.get()
        question = approvals.ask_question(
            actor=books.company.actor("Dana"), seat_id=seat.id, text="Why now?", now=clock.now()
        )
    alice = signed_in(books.company, "Alice")
    path = f"/{books.company.organization.slug}/budgets/increases/{increase.id}/"
    assert "Why now?" in alice.get(path).content.decode()
    address = f"{path}questions/{question.id}/"
    assert alice.post(address, {"answer": ""}).status_code == 422
    said = alice.post(address, {"answer": "They start on Monday."}, follow=True)
    assert "They start on Monday." in said.content.decode()


def test_the_api_asks_lists_shows_and_takes_back(books: Books) -> None:
    alice = signed_in(books.company, "Alice")
    path = "/api/v1/budgets/increases/"
    body = {"period": str(books.budget.id), "amount": "75.00", "reason": "Paint."}
    made = alice.post(path, json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["status"], found["title"], found["amount"]) == (
        "PENDING",
        "Facilities, Q4 2026",
        "75.00",
    )
    assert alice.get(path).json()["total"] == 1
    assert signed_in(books.company, "Dana").get(f"{path}?show=kept").json()["total"] == 1
    assert alice.get(f"{path}?status=APPROVED").json()["total"] == 0
    wrong = alice.post(path, json.dumps({**body, "amount": "-1"}), content_type="application/json")
    assert wrong.status_code == 400
    one = f"{path}{found['id']}/"
    assert signed_in(books.company, "Tom").get(one).status_code == 404
    assert alice.post(f"{one}withdraw/").json()["status"] == "WITHDRAWN"


def test_it_is_approved_through_the_api_of_decisions(books: Books) -> None:
    with books.company.scope():
        increase = books.ask()
        request = books.request_of(increase)
    dana = signed_in(books.company, "Dana")
    (listed,) = dana.get("/api/v1/approvals/").json()["requests"]
    assert listed["subject_kind"] == "budget_increase"
    path = f"/api/v1/approvals/{request.id}/"
    assert dana.get(path).json()["subject_label"] == "Facilities, Q4 2026"
    given = {"choice": "APPROVE", "comment": "", "content_hash": request.content_hash}
    decided = dana.post(f"{path}decide/", json.dumps(given), content_type="application/json")
    assert decided.status_code == 200, decided.content
    with books.company.scope():
        assert books.cap() == 1250
