from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries
from typing_extensions import override

from accounts.models import Membership
from accounts.selectors import resolve_secret
from approvals import selectors, services, subjects
from approvals.models import ApprovalRequest, Question, Stage
from approvals.services.notices import SECRET_KIND
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.approvals.acting import (
    add,
    addressed,
    hand_over,
    link_in,
    mails,
    open_seat,
    sent,
    story,
    trail,
)
from tests.factories.accounts import NOW, Company, make_member
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

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("handler"),
]

LATER = NOW + timedelta(hours=1)
ANSWER = "Two new fitters start on Monday."


def put(
    company: Company, request: ApprovalRequest, name: str = "Bob", text: str = "Why two?"
) -> Question:
    return services.ask_question(
        actor=company.actor(name),
        seat_id=open_seat(company, request, name).id,
        text=text,
        now=NOW,
    )


def answer(
    company: Company, question: Question, name: str = "Alice", words: str = ANSWER
) -> Question:
    return services.answer_question(
        actor=company.actor(name), question_id=question.id, answer=words, now=LATER
    )


def stage_of(request: ApprovalRequest) -> Stage:
    return Stage.objects.get(request=request)


def running(request: ApprovalRequest) -> Stage:
    """The request's stage with five working hours left."""
    found = stage_of(request)
    found.due_at = NOW + timedelta(hours=5)
    found.save()
    return found


def test_a_question_stops_the_clock_and_reaches_the_requester(company: Company) -> None:
    request = ask(company)
    running(request)
    question = put(company, request, text="  Why two?  ")
    assert (question.text, question.asked_by_id) == ("Why two?", company.people["Bob"].id)
    halted = stage_of(request)
    assert halted.due_at is None
    assert halted.minutes_left == 5 * 60
    assert story(request) == [("QUESTION", "Why two?")]
    (event,) = trail("approval.question_asked")
    assert (event.after or {})["requester"] == "Alice Requester"
    (mail,) = mails("question_asked")
    assert mail.recipient == company.people["Alice"].user.email
    assert mail.context["path"].endswith(f"/orders/{request.subject_id}/")


def test_an_answer_starts_the_clock_and_reaches_who_asked(company: Company) -> None:
    request = ask(company)
    running(request)
    question = answer(company, put(company, request))
    assert question.answered_by_id == company.people["Alice"].id
    assert (question.answered_at, question.closed_at) == (LATER, LATER)
    going = stage_of(request)
    assert going.minutes_left is None
    assert going.due_at == NOW + timedelta(hours=6)
    assert story(request) == [("QUESTION", "Why two?"), ("ANSWER", ANSWER)]
    (event,) = trail("approval.question_answered")
    assert (event.after or {})["asker"] == "Bob Supervisor"
    assert addressed("question_answered") == ["bob"]


def test_the_answer_comes_with_a_link_that_leads_to_the_decision(company: Company) -> None:
    request = ask(company)
    question = put(company, request)
    assert "Bob Supervisor asks:\n\n“Why two?”" in sent("Alice")
    answer(company, question)
    told = sent("Bob")
    assert f"Alice Requester: “{ANSWER}”" in told
    secret = resolve_secret(link_in(told).removeprefix("/decide/"), SECRET_KIND)
    assert secret is not None
    assert secret.row_id == seat_of(request, company.people["Bob"]).id


def test_the_clock_goes_on_with_the_last_answer(company: Company) -> None:
    request = ask(company)
    running(request)
    first, second = put(company, request), put(company, request, text="Which depot?")
    answer(company, second)
    assert stage_of(request).due_at is None
    answer(company, first)
    assert stage_of(request).due_at is not None


@pytest.mark.parametrize("name", ["Bob", "Adam", "Dana"])
def test_nobody_but_who_looks_after_it_answers(company: Company, name: str) -> None:
    question = put(company, ask(company))
    with pytest.raises(NotFound):
        answer(company, question, name)


def test_what_is_answered_is_not_answered_again(company: Company) -> None:
    question = answer(company, put(company, ask(company)))
    with pytest.raises(Conflict, match="answered already"):
        answer(company, question)
    assert len(trail("approval.question_answered")) == 1


@pytest.mark.parametrize("name", ["Alice", "Adam", "Erin"])
def test_only_who_is_asked_may_ask(company: Company, name: str) -> None:
    seat = open_seat(company, ask(company), "Bob")
    with pytest.raises(NotAllowed):
        services.ask_question(actor=company.actor(name), seat_id=seat.id, text="Why?", now=NOW)


def test_empty_words_are_refused_beside_their_field(company: Company) -> None:
    request = ask(company)
    with pytest.raises(DomainError) as refused:
        put(company, request, text="  ")
    assert refused.value.field == "text"
    question = put(company, request)
    with pytest.raises(DomainError) as refused:
        answer(company, question, words="\n")
    assert refused.value.field == "answer"


def test_a_question_closes_with_its_request(company: Company) -> None:
    request = ask(company)
    question = put(company, request)
    decide(company, request, "Bob", now=LATER)
    question.refresh_from_db()
    assert (question.closed_at, question.answered_at) == (LATER, None)
    with pytest.raises(Conflict, match="Nothing is left to answer"):
        answer(company, question)


def test_a_question_closes_with_its_stage_alone(company: Company) -> None:
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR)))
    request = ask(company)
    added = add(company, request, "Bob", "Dana")
    asked = [put(company, request, name) for name in ("Bob", "Dana")]
    decide(company, request, "Bob", stage_name="Supervisor")
    closed = {one.asked_by_id for one in Question.objects.filter(closed_at__isnull=False)}
    assert closed == {asked[0].asked_by_id}
    decide(company, request, "Dana", stage_name=added.name)
    assert not Question.objects.filter(closed_at__isnull=True).exists()


def test_who_received_the_seat_since_is_told_the_answer(company: Company) -> None:
    request = ask(company)
    question = put(company, request)
    hand_over(company, request, "Bob", "Erin")
    answer(company, question)
    assert addressed("question_answered") == ["erin"]
    assert link_in(sent("Erin"))


def test_who_asked_and_decides_no_more_gets_no_link(company: Company) -> None:
    publish(company, through(stage(DIRECTOR, FINANCE, name="Both")))
    request = ask(company)
    question = put(company, request, "Erin")
    decide(company, request, "Erin")
    answer(company, question)
    assert addressed("question_answered") == ["erin"]
    told = sent("Erin")
    assert not link_in(told)
    assert f"/approvals/{request.id}/" in told


class LookedAfter(Answered):
    """Subjects that somebody else looks after."""

    by: UUID | None = None

    @override
    def stand_in_of(self, *, subject_id: UUID) -> UUID | None:
        return self.by


def test_whoever_looks_after_the_subject_is_asked_and_answers(company: Company) -> None:
    after = LookedAfter()
    owner = make_member(company.organization, company.groups["Field Service"], "Olga Owner")
    company.people["Olga"] = owner
    after.by = owner.id
    subjects.register(after)
    request = ask(company)
    Membership.objects.filter(id=company.people["Alice"].id).update(status="SUSPENDED")
    question = put(company, request)
    assert addressed("question_asked") == ["olga"]
    assert answer(company, question, "Olga").answered_by_id == owner.id


def test_questions_are_read_with_their_people_in_one_query(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = ask(company)
    answer(company, put(company, request))
    put(company, request, text="And the depot?")
    with django_assert_num_queries(1):
        told = [
            (one.text, one.asked_by.user.name, one.answered_by and one.answered_by.user.name)
            for one in selectors.questions_of(request.id)
        ]
    assert told == [
        ("Why two?", "Bob Supervisor", "Alice Requester"),
        ("And the depot?", "Bob Supervisor", None),
    ]
