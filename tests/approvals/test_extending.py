from datetime import datetime, timedelta

import pytest

from approvals import services
from approvals.models import ApprovalRequest, Stage
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from tests.approvals.acting import hand_over, open_seat, story, trail
from tests.factories.accounts import NOW, Company
from tests.factories.approvals import DIRECTOR, SUPERVISOR, ask, decide, publish, stage, through

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("handler"),
]

DUE = NOW + timedelta(hours=5)
THEN = NOW + timedelta(days=3)


@pytest.fixture
def request_(company: Company) -> ApprovalRequest:
    """A request for Bob, due in five hours, about which he was reminded, and then for Erin."""
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR)))
    made = ask(company)
    Stage.objects.filter(request=made, number=1).update(due_at=DUE, reminded_at=NOW)
    ApprovalRequest.objects.filter(id=made.id).update(expires_at=NOW + timedelta(days=20))
    return made


def extend(
    company: Company,
    request: ApprovalRequest,
    name: str = "Bob",
    *,
    due_at: datetime = THEN,
    reason: str = "I wait for a quote.",
    number: int = 1,
) -> Stage:
    return services.extend_due(
        actor=company.actor(name),
        stage_id=Stage.objects.get(request=request, number=number).id,
        due_at=due_at,
        reason=reason,
        now=NOW,
    )


@pytest.mark.parametrize("name", ["Bob", "Adam"])
def test_who_is_asked_and_administrators_take_more_time(
    company: Company, request_: ApprovalRequest, name: str
) -> None:
    extend(company, request_, name)
    found = Stage.objects.get(request=request_, number=1)
    assert (found.due_at, found.reminded_at) == (THEN, None)
    assert story(request_) == [("EXTENDED", "I wait for a quote.")]
    (event,) = trail("approval.extended")
    assert event.reason == "I wait for a quote."


@pytest.mark.parametrize("name", ["Alice", "Erin", "Dana", "Tom"])
def test_nobody_else_does(company: Company, request_: ApprovalRequest, name: str) -> None:
    with pytest.raises(NotAllowed):
        extend(company, request_, name)


def test_who_handed_it_over_has_no_more_time_to_take(
    company: Company, request_: ApprovalRequest
) -> None:
    hand_over(company, request_, "Bob", "Dana")
    with pytest.raises(NotAllowed):
        extend(company, request_, "Bob")
    extend(company, request_, "Dana")


@pytest.mark.parametrize(
    ("due_at", "said"),
    [
        (NOW, "a time to come"),
        (NOW - timedelta(days=1), "a time to come"),
        (DUE, "a later time"),
        (DUE - timedelta(minutes=1), "a later time"),
        (NOW + timedelta(days=20, seconds=1), "expires before"),
    ],
)
def test_only_to_a_later_time_before_the_end(
    company: Company, request_: ApprovalRequest, due_at: datetime, said: str
) -> None:
    with pytest.raises(DomainError, match=said) as refused:
        extend(company, request_, due_at=due_at)
    assert refused.value.field == "due_at"


def test_up_to_the_very_end_of_the_request(company: Company, request_: ApprovalRequest) -> None:
    end = NOW + timedelta(days=20)
    assert extend(company, request_, due_at=end).due_at == end


def test_it_takes_a_reason(company: Company, request_: ApprovalRequest) -> None:
    with pytest.raises(DomainError) as refused:
        extend(company, request_, reason=" ")
    assert refused.value.field == "reason"


def test_a_clock_that_stands_still_has_no_time_to_move(
    company: Company, request_: ApprovalRequest
) -> None:
    seat = open_seat(company, request_, "Bob")
    services.ask_question(actor=company.actor("Bob"), seat_id=seat.id, text="Why?", now=NOW)
    with pytest.raises(Conflict, match="stands still"):
        extend(company, request_)


def test_only_an_open_stage_has_time_to_move(company: Company, request_: ApprovalRequest) -> None:
    with pytest.raises(Conflict, match="not open yet"):
        extend(company, request_, "Adam", number=2)
    decide(company, request_, "Bob")
    with pytest.raises(Conflict, match="has ended"):
        extend(company, request_, "Adam")
    decide(company, request_, "Erin", "REJECT", comment="No.")
    with pytest.raises(Conflict, match="nothing is left"):
        extend(company, request_, "Adam", number=2)
    with pytest.raises(NotFound):
        services.extend_due(
            actor=company.actor("Adam"), stage_id=new_id(), due_at=THEN, reason="Why?", now=NOW
        )
