"""Asking for more room: who may, who decides by which door, and what is so at once afterwards."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Role
from approvals import services as approvals
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
from tests.budgets.asking import Books
from tests.factories.accounts import NOW, make_company, make_member, signed_in, system
from tests.factories.approvals import TYPICAL, publish
from tests.factories.budgets import TODAY, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


_LINK = re.compile(r"https?://\S+/decide/[\w-]+")


def order(label: str = "R-2026-0418") -> Document:
    return Document("requisition", new_id(), label, TODAY)


def sent(to: str, *, days: int = 1) -> str:
    """Send what is in the outbox; return the text of the last mail to somebody, by first name."""
    now = clock.now() + timedelta(days=days)
    outbox.settle(outbox.deliver(outbox.claim_due(now=now)), now=now)
    return [str(one.body) for one in mail.outbox if one.to[0].startswith(f"{to}.")][-1]


def test_an_increase_is_decided_by_a_link_and_is_in_force_at_once(
    books: Books, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with books.company.scope():
        increase = books.ask(document=order())
        text = sent("dana")
        before = books.cap()
    assert mail.outbox[0].subject == (
        "Approve $250.00 for Facilities? Budget increase Facilities, Q4 2026"
    )
    (*_, message) = mail.outbox[:1]
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
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
    books: Books,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[str] = []
    monkeypatch.setattr("procurement.core.jobs.enqueue", lambda task, **_: told.append(task))
    with books.company.scope():
        approved, rejected = books.ask(document=order()), books.ask("80.00", document=order())
        with django_capture_on_commit_callbacks(execute=True):
            books.decide(approved)
        assert "orders.proceed_waiting" in told
        with django_capture_on_commit_callbacks(execute=True):
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


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "WITHDRAWN", "EXPIRED"])
def test_an_increase_that_has_ended_raises_nothing(books: Books, status: str) -> None:
    with books.company.scope():
        increase = books.ask()
        cap = BudgetPeriod.objects.get(id=increase.period_id).cap
        BudgetIncrease.objects.filter(id=increase.id).update(status=status, closed_at=NOW)
        with pytest.raises(Conflict, match="does not wait for approval"):
            services.approve_increase(
                actor=books.company.actor("Dana"), increase_id=increase.id, now=NOW
            )
        assert BudgetPeriod.objects.get(id=increase.period_id).cap == cap


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
