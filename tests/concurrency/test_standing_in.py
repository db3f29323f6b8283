"""Somebody who is away and whoever stands in decide at once: one decision counts for the seat."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError

from approvals import services
from approvals.models import ApprovalRequest, Decision, DeputyLink
from approvals.services import Verdict, VerdictCode
from procurement.outbox.models import OutboxMessage
from tests.concurrency.test_decisions import at_once, codes, events, without_lock
from tests.factories.absences import away
from tests.factories.accounts import NOW, Company, system
from tests.factories.approvals import answering, ask, decide, make_governed_company, seat_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]


@pytest.fixture
def asked() -> tuple[Company, ApprovalRequest]:
    company = make_governed_company()
    with company.scope():
        request = ask(company)
        away(company, "Bob", "Tom")
    return company, request


def standing_in(company: Company, request: ApprovalRequest) -> Callable[[], Verdict]:
    return lambda: services.decide(
        actor=company.actor("Tom"),
        seat_id=seat_of(request, company.people["Bob"]).id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="APP",
        now=NOW,
    )


@pytest.mark.parametrize("round_number", range(5))
def test_of_the_original_and_the_deputy_one_decision_counts(
    asked: tuple[Company, ApprovalRequest], round_number: int
) -> None:
    company, request = asked
    with answering() as handler:
        verdicts = at_once(
            company, lambda: decide(company, request, "Bob"), standing_in(company, request)
        )
    assert codes(verdicts) == [VerdictCode.ALREADY_DECIDED, VerdictCode.DECIDED]
    assert handler.told == [("approved", request.subject_id)]
    with company.scope():
        assert Decision.objects.count() == 1
        assert (events("approval.decided"), events("approval.closed")) == (1, 1)


def test_without_the_lock_the_loser_gets_an_error_in_place_of_an_answer(
    asked: tuple[Company, ApprovalRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    company, request = asked
    without_lock(monkeypatch, readers=2)
    with answering(), pytest.raises(DatabaseError):
        at_once(company, lambda: decide(company, request, "Bob"), standing_in(company, request))


def test_an_absence_that_ends_meanwhile_has_one_outcome(
    asked: tuple[Company, ApprovalRequest],
) -> None:
    company, request = asked
    with company.scope():
        delegation = company.people["Bob"].delegations.get()

    def ending() -> str:
        services.end_delegation(actor=company.actor("Bob"), delegation_id=delegation.id, now=NOW)
        return "ENDED"

    with answering() as handler:
        ended, verdict = at_once(
            company, ending, lambda: standing_in(company, request)().code.value
        )
    assert ended == "ENDED"
    assert (verdict, len(handler.told)) in {("DECIDED", 1), ("NOT_YOURS", 0)}


def test_of_those_who_ask_the_deputies_at_once_one_asks(
    asked: tuple[Company, ApprovalRequest],
) -> None:
    company, _request = asked

    def asking() -> int:
        return services.ask_deputies(actor=system(company.organization), now=NOW)

    at_once(company, asking, asking, asking)
    with company.scope():
        assert DeputyLink.objects.count() == 1
        assert OutboxMessage.objects.filter(recipient__startswith="tom").count() == 1
