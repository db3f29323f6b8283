"""Deciding for somebody who is away: who may, who is asked, and what is said of it."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from approvals import selectors, services
from approvals.display import taken_steps
from approvals.models import ApprovalRequest, Decision, Delegation, DeputyLink, StageSeat
from approvals.routing import Mode
from approvals.services import Verdict, VerdictCode
from procurement.audit.models import AuditEvent
from procurement.core.errors import NotFound
from procurement.outbox.models import OutboxMessage
from tests.factories.absences import away
from tests.factories.accounts import NOW, Company, system
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    SUPERVISOR,
    Answered,
    ask,
    decide,
    publish,
    seat_of,
    stage,
    through,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=2)


def decide_for(
    company: Company,
    request: ApprovalRequest,
    deputy: str,
    holder: str,
    choice: str = "APPROVE",
    *,
    comment: str = "",
    now: datetime = LATER,
) -> Verdict:
    """Have somebody decide in the seat of somebody else."""
    seat = StageSeat.objects.filter(request=request, membership=company.people[holder]).first()
    assert seat is not None
    return services.decide(
        actor=company.actor(deputy),
        seat_id=seat.id,
        choice=choice,
        comment=comment,
        content_hash=request.content_hash,
        channel="APP",
        now=now,
    )


def ask_deputies(company: Company, now: datetime = LATER) -> int:
    return services.ask_deputies(actor=system(company.organization), now=now)


def status_of(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(id=request.id).status


def two_of_three(company: Company) -> ApprovalRequest:
    """A request in which two of Bob, Erin and Dana have to agree."""
    first = stage(SUPERVISOR, DIRECTOR, FINANCE, mode=Mode.AT_LEAST, name="Two")
    publish(
        company,
        through(type(first)(first.name, first.mode, first.approvers, at_least=2)),
        reason="Two of three",
        now=NOW,
    )
    return ask(company)


def test_whoever_stands_in_decides_and_the_original_is_shown(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    away(company, "Bob", "Tom")
    verdict = decide_for(company, request, "Tom", "Bob")
    assert (verdict.code, verdict.sentence) == (
        VerdictCode.DECIDED,
        "You approved this for Bob Supervisor.",
    )
    assert status_of(request) == "APPROVED"
    decision = Decision.objects.get()
    assert decision.membership == company.people["Tom"]
    assert decision.on_behalf_of == company.people["Bob"]
    assert decision.made_by == "Tom Technician for Bob Supervisor"
    event = AuditEvent.objects.get(action="approval.decided")
    assert event.after is not None
    assert (event.actor_label, event.after["on_behalf_of"]) == ("Tom Technician", "Bob Supervisor")


def test_the_requester_is_told_who_decided_for_whom(company: Company, handler: Answered) -> None:
    request = ask(company)
    away(company, "Bob", "Tom")
    decide_for(company, request, "Tom", "Bob", "REJECT", comment="Not now.")
    told = OutboxMessage.objects.get(template="decided")
    assert told.context["decided_by"] == "Tom Technician for Bob Supervisor"


def test_the_original_still_decides(company: Company, handler: Answered) -> None:
    request = ask(company)
    away(company, "Bob", "Tom")
    assert decide(company, request, "Bob", now=LATER).is_decided
    late = decide_for(company, request, "Tom", "Bob")
    assert (late.code, late.sentence) == (
        VerdictCode.ALREADY_DECIDED,
        "Bob Supervisor has decided already: they approved this.",
    )


def test_the_original_is_told_that_somebody_has_decided_for_them(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    away(company, "Bob", "Tom")
    decide_for(company, request, "Tom", "Bob")
    assert decide(company, request, "Bob", now=LATER).sentence == (
        "Tom Technician has decided for you already: they approved this."
    )
    assert decide_for(company, request, "Tom", "Bob").sentence == (
        "You have decided already: you approved this for Bob Supervisor."
    )


@pytest.mark.parametrize("hours", [-1, 240])
def test_nobody_decides_before_or_after_the_absence(
    company: Company, handler: Answered, hours: int
) -> None:
    request = ask(company)
    away(company, "Bob", "Tom", starts_at=NOW, ends_at=NOW + timedelta(hours=240))
    verdict = decide_for(company, request, "Tom", "Bob", now=NOW + timedelta(hours=hours))
    assert verdict.code is VerdictCode.NOT_YOURS
    assert Decision.objects.count() == 0
    assert AuditEvent.objects.filter(action="approval.refused").count() == 1


def test_an_absence_that_was_ended_opens_nothing(company: Company, handler: Answered) -> None:
    request = ask(company)
    delegation = away(company, "Bob", "Tom")
    services.end_delegation(actor=company.actor("Bob"), delegation_id=delegation.id, now=NOW)
    assert decide_for(company, request, "Tom", "Bob").code is VerdictCode.NOT_YOURS


def test_the_requester_never_decides_by_standing_in(company: Company, handler: Answered) -> None:
    request = ask(company)
    away(company, "Bob", "Alice")
    assert decide_for(company, request, "Alice", "Bob").code is VerdictCode.NOT_YOURS
    assert ask_deputies(company) == 0


def test_a_chain_is_followed_at_the_moment_of_deciding(company: Company, handler: Answered) -> None:
    request = ask(company)
    away(company, "Bob", "Tom")
    away(company, "Tom", "Dana", starts_at=LATER, now=NOW)
    before, after = LATER - timedelta(hours=1), LATER + timedelta(hours=1)
    assert decide_for(company, request, "Dana", "Bob", now=before).code is VerdictCode.NOT_YOURS
    assert decide_for(company, request, "Tom", "Bob", now=after).code is VerdictCode.NOT_YOURS
    assert decide_for(company, request, "Dana", "Bob", now=after).is_decided


def test_a_bound_by_amount_or_group_holds(company: Company, handler: Answered) -> None:
    request = ask(company, "640.00")
    away(company, "Bob", "Tom", up_to="500.00")
    assert decide_for(company, request, "Tom", "Bob").code is VerdictCode.NOT_YOURS
    away(company, "Bob", "Tom", groups=[company.groups["Engineering"]])
    assert decide_for(company, request, "Tom", "Bob").code is VerdictCode.NOT_YOURS
    away(company, "Bob", "Tom", groups=[company.groups["Facilities"]])
    assert decide_for(company, request, "Tom", "Bob").is_decided


def test_a_deputy_who_is_asked_answers_for_themselves_first(
    company: Company, handler: Answered
) -> None:
    request = ask(company, "4800.00")
    away(company, "Erin", "Dana")
    first = decide_for(company, request, "Dana", "Erin")
    assert (first.code, first.sentence) == (
        VerdictCode.OWN_SEAT_FIRST,
        "You are asked here yourself. Answer for yourself first, then for Erin Director.",
    )
    assert decide(company, request, "Dana", now=LATER).request_status == "PENDING"
    assert decide_for(company, request, "Dana", "Erin").request_status == "APPROVED"
    made = Decision.objects.order_by("id").values_list("on_behalf_of", flat=True)
    assert list(made) == [None, company.people["Erin"].id]


def test_one_decision_answers_every_seat_of_the_holder_and_none_of_the_deputy(
    company: Company, handler: Answered
) -> None:
    publish(
        company,
        through(stage(SUPERVISOR), stage(SUPERVISOR, DIRECTOR, name="Both")),
        reason="Twice",
        now=NOW,
    )
    request = ask(company)
    away(company, "Bob", "Erin")
    decide_for(company, request, "Erin", "Bob")
    assert status_of(request) == "PENDING"
    waiting = StageSeat.objects.filter(asked_at__isnull=False, closed_at__isnull=True)
    assert [seat.membership_id for seat in waiting] == [company.people["Erin"].id]
    assert decide(company, request, "Erin", now=LATER).request_status == "APPROVED"


def test_where_different_people_must_agree_nobody_counts_twice(
    company: Company, handler: Answered
) -> None:
    request = two_of_three(company)
    away(company, "Erin", "Dana")
    assert decide_for(company, request, "Dana", "Erin").code is VerdictCode.OWN_SEAT_FIRST
    assert decide(company, request, "Dana", now=LATER).request_status == "PENDING"
    again = decide_for(company, request, "Dana", "Erin")
    assert again.code is VerdictCode.COUNTS_ALREADY
    assert "Different people have to agree here" in again.sentence
    assert decide(company, request, "Bob", now=LATER).request_status == "APPROVED"


def test_somebody_who_stood_in_for_one_cannot_stand_in_for_another_there(
    company: Company, handler: Answered
) -> None:
    request = two_of_three(company)
    away(company, "Erin", "Tom")
    away(company, "Bob", "Tom")
    assert decide_for(company, request, "Tom", "Erin").request_status == "PENDING"
    assert decide_for(company, request, "Tom", "Bob").code is VerdictCode.COUNTS_ALREADY
    assert decide(company, request, "Bob", now=LATER).request_status == "APPROVED"


def test_one_person_who_spoke_for_two_in_an_earlier_stage_counts_once_in_the_next(
    company: Company, handler: Answered
) -> None:
    three = stage(DIRECTOR, FINANCE, SUPERVISOR, mode=Mode.AT_LEAST, name="Three")
    publish(
        company,
        through(
            stage(DIRECTOR, FINANCE, name="Both"),
            type(three)(three.name, three.mode, three.approvers, at_least=3),
        ),
        reason="Both, then three",
        now=NOW,
    )
    request = ask(company)
    away(company, "Erin", "Dana")
    decide(company, request, "Dana", stage_name="Both", now=LATER)
    assert decide_for(company, request, "Dana", "Erin").request_status == "PENDING"
    assert (
        decide(company, request, "Bob", stage_name="Three", now=LATER).request_status == "PENDING"
    )


def test_a_suspended_deputy_and_a_suspended_holder_end_it(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    away(company, "Bob", "Tom")
    tom = company.actor("Tom")
    accounts.suspend_member(
        actor=system(company.organization),
        membership=company.people["Tom"],
        reason="Left",
        now=NOW,
    )
    verdict = services.decide(
        actor=tom,
        seat_id=seat_of(request, company.people["Bob"]).id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="APP",
        now=LATER,
    )
    assert verdict.code is VerdictCode.NOT_YOURS
    assert Delegation.objects.get().ended_at == NOW


@pytest.mark.parametrize("who", ["Bob", "Tom"])
def test_absences_end_with_the_access_of_either_and_it_is_told(company: Company, who: str) -> None:
    away(company, "Bob", "Tom")
    told = accounts.preview_suspension(
        actor=company.actor("Adam"), membership=company.people[who], now=NOW
    )
    assert "Tom Technician does not decide for Bob Supervisor any more while they are away." in [
        effect.sentence for effect in told
    ]
    assert Delegation.objects.get().ended_at is None
    accounts.suspend_member(
        actor=company.actor("Adam"), membership=company.people[who], reason="Left", now=LATER
    )
    assert Delegation.objects.get().ended_at == LATER
    assert AuditEvent.objects.filter(action="delegation.ended").count() == 1


# Being asked


def mailed(template: str) -> list[str]:
    found = OutboxMessage.objects.filter(template=template).order_by("created_at", "id")
    return [address.split(".")[0] for address in found.values_list("recipient", flat=True)]


def test_whoever_stands_in_is_asked_once(company: Company, handler: Answered) -> None:
    ask(company)
    away(company, "Bob", "Tom")
    assert ask_deputies(company) == 1
    assert ask_deputies(company, LATER + timedelta(minutes=1)) == 0
    assert mailed("decision_request") == ["bob", "tom"]
    told = OutboxMessage.objects.get(recipient__startswith="tom")
    assert told.context["why"].startswith(
        "You decide for Bob Supervisor, who is away until Thu, Dec 3."
    )
    link = DeputyLink.objects.get()
    assert link.membership == company.people["Tom"]


def test_what_comes_during_the_absence_is_asked_for_too(
    company: Company, handler: Answered
) -> None:
    away(company, "Bob", "Tom", starts_at=NOW)
    ask(company, now=LATER)
    assert ask_deputies(company) == 1


def test_nobody_is_asked_while_nobody_is_away(
    company: Company, handler: Answered, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(company)
    with django_assert_num_queries(3):  # with the savepoint around it
        assert ask_deputies(company) == 0


def test_much_at_once_comes_as_one_mail_and_stands_in_the_inbox(
    company: Company, handler: Answered
) -> None:
    requests = [ask(company) for _ in range(7)]
    away(company, "Bob", "Tom")
    assert ask_deputies(company) == 7
    assert mailed("decision_request") == ["bob"] * 7
    assert mailed("standing_in") == ["tom"]
    seats = selectors.delegated_seats(company.actor("Tom"), LATER)
    assert {seat.request_id for seat in seats} == {request.id for request in requests}
    assert not selectors.delegated_seats(company.actor("Erin"), LATER)


def test_the_number_of_statements_does_not_grow_with_what_waits(
    company: Company, handler: Answered, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        ask(company)
    away(company, "Bob", "Tom")
    tom = company.actor("Tom")
    with django_assert_max_num_queries(6):
        assert len(selectors.delegated_seats(tom, LATER)) == 6


# What is seen


def test_a_deputy_sees_the_request_and_the_requester_sees_the_deputy(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    erin = company.actor("Erin")
    with pytest.raises(NotFound):
        selectors.request_for(erin, request.id, now=LATER)
    away(company, "Bob", "Erin")
    detail = selectors.request_for(erin, request.id, now=LATER)
    found = selectors.seat_to_decide(erin, detail, LATER)
    assert found is not None
    assert found.acting is not None
    assert found.seat.membership == company.people["Bob"]
    (step,) = taken_steps(detail, selectors.stand_ins_in(detail, LATER))
    assert "Erin Director for Bob Supervisor, who is away until" in step.people[0].outcome
    decide_for(company, request, "Erin", "Bob")
    detail = selectors.request_for(erin, request.id)
    (step,) = taken_steps(detail)
    assert step.people[0].outcome.startswith("Approved by Erin Director, ")
    assert selectors.is_seated_on(erin, request.subject_id)
