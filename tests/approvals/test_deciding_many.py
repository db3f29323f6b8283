from datetime import datetime
from uuid import UUID

import pytest
from typing_extensions import override

from approvals import services, subjects
from approvals.models import ApprovalRequest, Decision
from approvals.services import Verdict
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.ids import new_id
from tests.approvals.acting import open_seat
from tests.factories.accounts import NOW, Company
from tests.factories.approvals import Answered, ask, decide, seat_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def many(
    company: Company,
    *requests: ApprovalRequest,
    name: str = "Bob",
    choice: str = "APPROVE",
    comment: str = "",
    hashes: tuple[str, ...] = (),
) -> list[Verdict]:
    shown = hashes or tuple(request.content_hash for request in requests)
    return services.decide_many(
        actor=company.actor(name),
        choices=[
            (seat_of(request, company.people["Bob"]).id, content_hash)
            for request, content_hash in zip(requests, shown, strict=True)
        ],
        choice=choice,
        comment=comment,
        now=NOW,
    )


def codes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.code.value for verdict in verdicts]


def test_each_is_decided_for_itself(company: Company, handler: Answered) -> None:
    requests = [ask(company, amount) for amount in ("120.00", "340.00", "560.00")]
    verdicts = many(company, *reversed(requests), comment="Fine.")
    assert codes(verdicts) == ["DECIDED"] * 3
    assert [verdict.request_id for verdict in verdicts] == [one.id for one in reversed(requests)]
    assert {told for told, _ in handler.told} == {"approved"}
    assert set(Decision.objects.values_list("comment", "channel")) == {("Fine.", "APP")}


def test_one_that_is_refused_undoes_none_of_the_others(company: Company, handler: Answered) -> None:
    first, second, third = (ask(company) for _ in range(3))
    decide(company, second, "Bob")
    shown = (first.content_hash, second.content_hash, "0" * 64)
    verdicts = many(company, first, second, third, hashes=shown)
    assert codes(verdicts) == ["DECIDED", "ALREADY_DECIDED", "OVERTAKEN"]
    statuses = dict(ApprovalRequest.objects.values_list("id", "status"))
    assert [statuses[one.id] for one in (first, second, third)] == [
        "APPROVED",
        "APPROVED",
        "PENDING",
    ]


def test_each_rejection_needs_its_reason(company: Company, handler: Answered) -> None:
    requests = [ask(company), ask(company)]
    assert codes(many(company, *requests, choice="REJECT")) == ["COMMENT_NEEDED"] * 2
    verdicts = many(company, *requests, choice="REJECT", comment="Not this year.")
    assert codes(verdicts) == ["DECIDED"] * 2
    assert len(handler.told) == 2


def test_whoever_is_not_asked_decides_none(company: Company, handler: Answered) -> None:
    assert codes(many(company, ask(company), ask(company), name="Adam")) == ["NOT_YOURS"] * 2
    assert not Decision.objects.exists()


class Refusing(Answered):
    """The owner of subjects of which one cannot be carried on with."""

    refused: UUID

    @override
    def on_approved(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        if subject_id == self.refused:
            raise Conflict("The order has moved on.")
        super().on_approved(actor=actor, subject_id=subject_id, request_id=request_id, now=now)


def test_a_subject_that_refuses_leaves_its_request_as_it_was(
    company: Company, handler: Answered
) -> None:
    refusing = Refusing()
    subjects.register(refusing)
    first, second, third = (ask(company) for _ in range(3))
    refusing.refused = second.subject_id
    verdicts = many(company, first, second, third)
    assert codes(verdicts) == ["DECIDED", "FAILED", "DECIDED"]
    assert (verdicts[1].sentence, verdicts[1].request_status) == (
        "The order has moved on.",
        "PENDING",
    )
    assert open_seat(company, second, "Bob").is_open
    assert [subject for _, subject in refusing.told] == [
        one.subject_id for one in sorted((first, third), key=lambda one: one.id)
    ]


def test_the_same_request_twice_is_decided_once(company: Company, handler: Answered) -> None:
    request = ask(company)
    assert codes(many(company, request, request)) == ["DECIDED", "ALREADY_DECIDED"]


def test_an_unknown_seat_or_too_many_stop_all_before_anything(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    own = (open_seat(company, request, "Bob").id, request.content_hash)
    bob = company.actor("Bob")
    with pytest.raises(NotFound):
        services.decide_many(
            actor=bob, choices=[own, (new_id(), "")], choice="APPROVE", comment="", now=NOW
        )
    with pytest.raises(DomainError, match="At most 100"):
        services.decide_many(actor=bob, choices=[own] * 101, choice="APPROVE", comment="", now=NOW)
    assert not Decision.objects.exists()
