"""Asking for more room: who may, who decides by which door, and what is so at once afterwards."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from approvals import services as approvals
from approvals.models import ApprovalRequest
from approvals.routing import Conditions, Rule, RuleKind, Tier
from approvals.selectors import agrees, rederivations
from approvals.services import NotRoutable
from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetIncrease, BudgetPeriod, LedgerEntry
from budgets.movements import Document
from budgets.selectors import Shows
from budgets.terms import BudgetTerms
from procurement.audit.models import AuditEvent
from procurement.core import clock
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.ids import new_id
from procurement.outbox import services as outbox
from tests.budgets.books import assert_ledger_equals_counters
from tests.budgets.conftest import signed_in
from tests.factories.accounts import NOW, make_company, make_member, system
from tests.factories.approvals import TYPICAL, publish
from tests.factories.budgets import TODAY, make_budget, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Captured = Callable[[], AbstractContextManager[list[Callable[[], None]]]]
_LINK = re.compile(r"https?://\S+/decide/[\w-]+")


class Books:
    """A company with a policy, a quarterly budget of 1,000 on Facilities, and what is asked."""

    def __init__(self) -> None:
        self.company = make_company()
        with self.company.scope():
            publish(self.company)
            self.budget = make_budget(
                self.company.organization, self.company.groups["Facilities"], 1000
            )
            self.period = BudgetPeriod.objects.get(budget=self.budget, starts_on__lte=TODAY)

    def ask(
        self,
        amount: str = "250.00",
        *,
        name: str = "Alice",
        is_lasting: bool = False,
        document: Document | None = None,
        period_id: object = None,
    ) -> BudgetIncrease:
        return services.ask_for_increase(
            actor=self.company.actor(name),
            period_id=period_id or self.period.id,  # type: ignore[arg-type]
            amount=Decimal(amount),
            reason="Two new fitters start in December.",
            is_lasting=is_lasting,
            document=document,
            now=clock.now(),
        )

    def request_of(self, increase: BudgetIncrease) -> ApprovalRequest:
        return ApprovalRequest.objects.get(subject_id=increase.id)

    def decide(self, increase: BudgetIncrease, choice: str = "APPROVE", name: str = "Dana") -> None:
        request = self.request_of(increase)
        verdict = approvals.decide(
            actor=self.company.actor(name),
            seat_id=request.seats.get(membership=self.company.people[name]).id,
            choice=choice,
            comment="" if choice == "APPROVE" else "Not this quarter.",
            content_hash=request.content_hash,
            channel="APP",
            now=clock.now(),
        )
        assert verdict.is_decided, verdict.sentence

    def cap(self, period: BudgetPeriod | None = None) -> Decimal:
        found = BudgetPeriod.objects.get(id=(period or self.period).id)
        assert_ledger_equals_counters(found)
        return found.cap


@pytest.fixture
def books() -> Iterator[Books]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield Books()


def order(label: str = "R-2026-0418") -> Document:
    return Document("requisition", new_id(), label, TODAY)


def sent(to: str, *, days: int = 1) -> str:
    """Send what is in the outbox; return the text of the last mail to somebody, by first name."""
    now = clock.now() + timedelta(days=days)
    outbox.settle(outbox.deliver(outbox.claim_due(now=now)), now=now)
    return [str(one.body) for one in mail.outbox if one.to[0].startswith(f"{to}.")][-1]


def test_an_increase_is_decided_by_a_link_and_is_in_force_at_once(
    books: Books, django_capture_on_commit_callbacks: Captured
) -> None:
    with books.company.scope():
        increase = books.ask(document=order())
        text = sent("dana")
        before = books.cap()
    assert mail.outbox[0].subject == (
        "Approve $250.00 for Facilities? Budget increase Facilities, Q4 2026"
    )
    html = mail.outbox[0].alternatives[0][0]  # type: ignore[attr-defined]
    for body in (text, html):
        for words in ("asks for $250.00 more", "$1,000.00, then $1,250.00", "R-2026-0418"):
            assert words in body
        assert "buy" not in body
        assert not re.search(r"\border\b", body, re.IGNORECASE)
    link = urlsplit(_LINK.findall(text)[0]).path
    client = Client()
    page = client.get(link).content.decode()
    assert "What is asked for" in page
    assert "What and from whom" not in page
    request_hash = re.search(r'name="content_hash" value="(\w+)"', page)
    assert request_hash is not None
    with django_capture_on_commit_callbacks():
        given = {"decision": "APPROVE", "content_hash": request_hash[1], "comment": ""}
        assert client.post(link, given).status_code == 302
    assert "becomes $1,250.00 at once" in client.get(link).content.decode()
    with books.company.scope():
        increase.refresh_from_db()
        assert (increase.status, increase.closed_at) == ("APPROVED", clock.now())
        assert (before, books.cap()) == (Decimal(1000), Decimal(1250))
        line = LedgerEntry.objects.get(document_id=increase.id)
        assert (line.kind, line.actor_label) == ("CAP", "Dana Finance")
        assert line.delta_cap == 250
        assert Budget.objects.get(id=books.budget.id).cap == 1000
        assert "Approved, and in force" in sent("alice")
        assert AuditEvent.objects.filter(action="budget.increase_approved").count() == 1


def test_what_waits_is_looked_at_once_it_is_decided(
    books: Books, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Captured
) -> None:
    told: list[str] = []
    monkeypatch.setattr("procurement.core.jobs.enqueue", lambda task, **_: told.append(task))
    with books.company.scope():
        approved, rejected = books.ask(document=order()), books.ask("80.00", document=order())
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[call-arg]
            books.decide(approved)
        assert "orders.proceed_waiting" in told
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[call-arg]
            books.decide(rejected, "REJECT")
        assert "orders.increase_refused" in told


def test_a_rejection_leaves_the_budget_and_tells_who_asked_why(books: Books) -> None:
    with books.company.scope():
        increase = books.ask()
    dana = signed_in(books.company, "Dana")
    slug = books.company.organization.slug
    with books.company.scope():
        request = books.request_of(increase)
    assert "Facilities, Q4 2026" in dana.get(f"/{slug}/approvals/").content.decode()
    path = f"/{slug}/approvals/{request.id}/"
    given = {"decision": "REJECT", "content_hash": request.content_hash}
    assert dana.post(path, {**given, "comment": ""}).status_code == 400
    assert dana.post(path, {**given, "comment": "Not this quarter."}).status_code == 302
    with books.company.scope():
        increase.refresh_from_db()
        assert increase.status == "REJECTED"
        assert books.cap() == 1000
        said = sent("alice")
    assert "rejected it: “Not this quarter.”" in said
    assert "stays as it is" in said
    page = signed_in(books.company, "Alice").get(f"/{slug}/budgets/increases/{increase.id}/")
    assert "Ask again" in page.content.decode()


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


def test_nobody_agrees_to_their_own_wish(books: Books) -> None:
    with books.company.scope():
        with pytest.raises(NotRoutable, match="Dana Finance, who holds it"):
            books.ask(name="Dana")
        assert not BudgetIncrease.objects.exists()
        frida = make_member(
            books.company.organization, books.company.root, "Frida Finance", Role.FINANCE
        )
        increase = books.ask(name="Dana")
        seats = books.request_of(increase).seats.all()
        assert [seat.membership_id for seat in seats] == [frida.id]


def test_what_nobody_decides_in_time_expires(books: Books) -> None:
    with books.company.scope():
        increase = books.ask(document=order())
        late = clock.now() + timedelta(days=60)
        for request_id in approvals.requests_due(
            organization_id=books.company.organization.id, now=late
        ):
            for _ in range(6):
                approvals.watch_request(
                    actor=system(books.company.organization), request_id=request_id, now=late
                )
        increase.refresh_from_db()
        assert increase.status == "EXPIRED"
        assert books.cap() == 1000
        assert "Not decided in time" in sent("alice", days=61)


def test_asked_again_while_it_waits_it_is_one(books: Books) -> None:
    with books.company.scope():
        waiting = order()
        first = books.ask(document=waiting)
        assert books.ask("300.00", document=waiting).id == first.id
        plain = books.ask("40.00")
        assert books.ask("40.00").id == plain.id
        assert books.ask("41.00").id != plain.id
        books.decide(first)
        assert books.ask(document=waiting).id != first.id


def test_a_lasting_one_raises_what_follows_too(books: Books) -> None:
    with books.company.scope():
        later = clock.now() + timedelta(days=30)
        services.open_coming_periods(actor=system(books.company.organization), now=later)
        coming = BudgetPeriod.objects.get(budget=books.budget, starts_on__gt=TODAY)
        books.decide(books.ask(is_lasting=True))
        assert [books.cap(), books.cap(coming)] == [1250, 1250]
        assert Budget.objects.get(id=books.budget.id).cap == 1250
        books.decide(books.ask("100.00"))
        assert [books.cap(), books.cap(coming)] == [1350, 1250]
        services.change_cap(
            actor=system(books.company.organization),
            budget_id=books.budget.id,
            cap=Decimal(2000),
            now=clock.now(),
        )
        # What was granted once stays on top of a new cap; what was for good is part of it.
        assert [books.cap(), books.cap(coming)] == [2100, 2000]


def test_it_re_arms_the_alerts_that_it_brings_the_use_below(books: Books) -> None:
    with books.company.scope():
        reserve(books.company.organization, books.company.groups["Facilities"], 850)
        books.decide(books.ask("1000.00"))
        period = BudgetPeriod.objects.get(id=books.period.id)
        assert [alert.rearmed_at is None for alert in period.alerts.all()] == [False]


def test_a_budget_above_that_gives_out_no_more_stops_the_approval(books: Books) -> None:
    company = books.company
    with company.scope():
        services.set_budget(
            actor=system(company.organization),
            group=company.root,
            kind=PeriodKind.QUARTER,
            cap=Decimal(1100),
            terms=BudgetTerms(children_percent=100),
            now=NOW,
        )
        increase = books.ask()
        with pytest.raises(Conflict, match="Raise the budget of Northwind Works first"):
            books.decide(increase)


def test_a_closed_period_is_not_raised_any_more(books: Books) -> None:
    with books.company.scope():
        increase = books.ask()
        BudgetPeriod.objects.filter(id=books.period.id).update(status="CLOSED")
        with pytest.raises(Conflict, match="has been closed since"):
            books.decide(increase)
        with pytest.raises(Conflict, match="closed and takes no new orders"):
            books.ask("10.00")


def test_only_those_ask_whose_orders_count_or_who_see_the_budget(books: Books) -> None:
    with books.company.scope():
        for name in ("Tom", "Bob"):
            with pytest.raises(NotFound):
                books.ask(name=name)
        with pytest.raises(NotFound):
            books.ask(period_id=new_id())
        for amount, words in (("0", "above zero"), ("1.001", "to the cent")):
            with pytest.raises(DomainError, match=words):
                books.ask(amount)
        increase = books.ask()
        with pytest.raises(NotFound):
            services.withdraw_increase(
                actor=books.company.actor("Dana"), increase_id=increase.id, now=clock.now()
            )


def test_a_period_that_nothing_has_opened_is_opened_by_asking(books: Books) -> None:
    with books.company.scope():
        later = Document("requisition", new_id(), "R-2026-0500", TODAY + timedelta(days=400))
        increase = books.ask(document=later, period_id=books.budget.id)
        assert later.occurred_on >= increase.period.starts_on
        assert later.occurred_on <= increase.period.ends_on


def test_a_policy_may_let_small_ones_pass_at_once(books: Books) -> None:
    tiers = (Tier(Decimal("300.00"), ()), TYPICAL.tiers[-1])
    own = Rule(
        "increases",
        "Increases",
        RuleKind.TIERS,
        Conditions(subject_kinds=("budget_increase",)),
        tiers=tiers,
    )
    with books.company.scope():
        publish(books.company, replace(TYPICAL, rules=(own,)), now=clock.now())
        assert books.ask().status == "APPROVED"
        assert books.cap() == 1250


def test_its_route_is_derived_again_from_what_is_stored(books: Books) -> None:
    with books.company.scope():
        request = books.request_of(books.ask())
        assert [one.differences for one in rederivations()] == [()]
        assert agrees(request, request.stages.all())


def test_a_decider_sees_what_was_asked_and_used_before(books: Books) -> None:
    with books.company.scope():
        books.decide(books.ask("50.00"), "REJECT")
        increase = books.ask("60.00")
        with CaptureQueriesContext(connection) as queries:
            found = selectors.background_of(increase.id)
        assert len(queries) == 3
        assert [(one.amount, one.outcome) for one in found.asked] == [(Decimal(50), "Rejected")]
        summary = books.request_of(increase).summary
        assert ["Asked for before", "$50.00, rejected"] in summary["details"]


def test_reads_take_as_many_queries_as_they_say(books: Books) -> None:
    with books.company.scope():
        increase = books.ask()
        alice = books.company.actor("Alice")
        with CaptureQueriesContext(connection) as queries:
            selectors.increase_for(alice, increase.id)
        assert len(queries) <= 3
        with CaptureQueriesContext(connection) as queries:
            list(selectors.increases_of(alice, Shows.MINE))
        assert len(queries) == 1


def test_other_tenants_see_nothing_of_it(books: Books) -> None:
    with books.company.scope():
        increase = books.ask()
    other = make_company("Other Works")
    with other.scope(), pytest.raises(NotFound):
        selectors.increase_for(other.actor("Dana"), increase.id)
