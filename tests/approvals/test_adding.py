from datetime import timedelta

import pytest

from accounts.models import User
from approvals import selectors, services
from approvals.display import taken_steps
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.services import VerdictCode
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.ids import new_id
from tests.approvals.acting import add, addressed, asked, hand_over, open_seat, sent, story, trail
from tests.factories.accounts import NOW, Company, make_member, system
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    SUPERVISOR,
    Answered,
    ask,
    decide,
    publish,
    stage,
    through,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("handler"),
]

LATER = NOW + timedelta(hours=2)
TWO = through(stage(SUPERVISOR), stage(DIRECTOR))


def status_of(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(id=request.id).status


def remove(
    company: Company, added: Stage, name: str = "Adam", reason: str = "Not theirs."
) -> ApprovalRequest:
    return services.remove_approver(
        actor=company.actor(name), stage_id=added.id, reason=reason, now=LATER
    )


def leave(company: Company, *names: str) -> int:
    users = [company.people[name].user_id for name in names]
    User.objects.filter(id__in=users).update(is_active=False)
    return services.reseat_requests(actor=system(company.organization), now=LATER)


def test_an_added_approver_sits_in_a_stage_of_their_own(company: Company) -> None:
    publish(company, TWO)
    request = ask(company)
    added = add(company, request, "Alice", "Dana", reason="It is her budget.")
    assert (added.number, added.wave, added.step, added.mode) == (3, 1, None, "ALL")
    assert (added.name, added.status, added.opened_at) == ("Added by Alice Requester", "OPEN", NOW)
    assert added.because == "Alice Requester asked for it: “It is her budget.”"
    assert added.due_at == Stage.objects.get(request=request, number=1).due_at
    assert asked(request) == {"Bob", "Dana"}
    assert open_seat(company, request, "Dana").origin == "ADDED"
    assert story(request) == [("ADDED", "It is her budget.")]
    (event,) = trail("approval.approver_added")
    assert (event.after or {})["person"] == "Dana Finance"
    assert "Alice Requester asks you to agree, too: “It is her budget.”" in sent("Dana")


def test_the_next_wave_waits_for_who_was_added(company: Company, handler: Answered) -> None:
    publish(company, TWO)
    request = ask(company)
    added = add(company, request, "Bob", "Dana")
    decide(company, request, "Bob")
    assert asked(request) == {"Dana"}
    decide(company, request, "Dana", stage_name=added.name)
    assert asked(request) == {"Erin"}
    decide(company, request, "Erin")
    assert handler.told == [("approved", request.subject_id)]


def test_it_is_approved_only_when_they_have_agreed_too(company: Company, handler: Answered) -> None:
    request = ask(company)
    add(company, request, "Bob", "Dana")
    decide(company, request, "Bob")
    assert (status_of(request), handler.told) == ("PENDING", [])
    decide(company, request, "Dana")
    assert (status_of(request), len(handler.told)) == ("APPROVED", 1)


def test_their_rejection_ends_it(company: Company) -> None:
    request = ask(company)
    add(company, request, "Bob", "Dana")
    decide(company, request, "Dana", "REJECT", comment="No money left.")
    assert status_of(request) == "REJECTED"


def test_the_route_is_drawn_wave_by_wave_and_still_follows_from_policy(company: Company) -> None:
    publish(company, TWO)
    request = ask(company)
    add(company, request, "Bob", "Dana")
    detail = selectors.request_for(company.actor("Bob"), request.id)
    names = [one.stage.name for one in detail.stages]
    assert names == ["Supervisor", "Added by Bob Supervisor", "Director"]
    assert [step.number for step in taken_steps(detail)] == [1, 1, 2]
    assert selectors.agrees(detail.request, [one.stage for one in detail.stages])


@pytest.mark.parametrize("name", ["Alice", "Bob", "Dana", "Tom", "Adam"])
def test_whoever_sees_the_request_may_add_somebody(company: Company, name: str) -> None:
    request = ask(company)
    add(company, request, name, "Erin")
    assert asked(request) == {"Bob", "Erin"}


def test_whoever_does_not_see_it_may_not(company: Company) -> None:
    with pytest.raises(NotFound):
        add(company, ask(company), "Erin", "Dana")


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("Alice", "nobody decides on their own request"),
        ("Bob", "is asked already, in “Supervisor”"),
        ("Erin", "is asked later, in “Director”"),
        ("Tom", "has no access"),
    ],
)
def test_somebody_who_cannot_be_asked_is_refused_beside_the_field(
    company: Company, who: str, said: str
) -> None:
    publish(company, TWO)
    request = ask(company)
    User.objects.filter(id=company.people["Tom"].user_id).update(is_active=False)
    with pytest.raises(DomainError, match=said) as refused:
        add(company, request, "Adam", who)
    assert refused.value.field == "member"
    offered = selectors.people_to_add(company.actor("Adam"), request, "")
    assert company.people[who].id not in {one.membership_id for one in offered.people}


def test_strangers_and_empty_reasons_are_refused(company: Company) -> None:
    request = ask(company)
    with pytest.raises(DomainError, match="of this organization"):
        services.add_approver(
            actor=company.actor("Bob"),
            request_id=request.id,
            member_id=new_id(),
            reason="Why not?",
            now=NOW,
        )
    with pytest.raises(DomainError) as refused:
        add(company, request, "Bob", "Dana", reason="")
    assert refused.value.field == "reason"


def test_nobody_is_added_to_what_has_ended(company: Company) -> None:
    request = ask(company)
    decide(company, request, "Bob")
    with pytest.raises(Conflict):
        add(company, request, "Adam", "Dana")


def test_an_administrator_takes_them_off_and_the_rest_is_enough(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    added = add(company, request, "Bob", "Dana")
    decide(company, request, "Bob")
    remove(company, added, reason="Her budget is not concerned.")
    assert (status_of(request), handler.told) == ("APPROVED", [("approved", request.subject_id)])
    added.refresh_from_db()
    assert added.status == "REMOVED"
    assert story(request)[-1] == ("REMOVED", "Her budget is not concerned.")
    (event,) = trail("approval.approver_removed")
    assert (event.after or {})["person"] == "Dana Finance"
    assert "“Her budget is not concerned.”" in sent("Bob")
    late = decide(company, request, "Dana")
    assert late.code is VerdictCode.SETTLED


def test_taking_them_off_does_not_pass_what_others_have_to(company: Company) -> None:
    request = ask(company)
    remove(company, add(company, request, "Bob", "Dana"))
    assert (status_of(request), asked(request)) == ("PENDING", {"Bob"})
    detail = selectors.request_for(company.actor("Bob"), request.id)
    outcomes = [person.outcome for step in taken_steps(detail) for person in step.people]
    assert outcomes[1] == "Taken off"
    assert (decide(company, request, "Dana").sentence) == (
        "An administrator took this off; your agreement is not needed any more."
    )
    add(company, request, "Bob", "Dana")
    assert asked(request) == {"Bob", "Dana"}


@pytest.mark.parametrize("name", ["Alice", "Bob", "Dana", "Tom"])
def test_only_an_administrator_takes_anybody_off(company: Company, name: str) -> None:
    added = add(company, ask(company), "Bob", "Dana")
    with pytest.raises(NotAllowed):
        remove(company, added, name)


def test_what_policy_asks_for_is_never_taken_off(company: Company) -> None:
    request = ask(company)
    with pytest.raises(DomainError, match="has to be passed"):
        remove(company, Stage.objects.get(request=request))
    with pytest.raises(NotFound):
        services.remove_approver(
            actor=company.actor("Adam"), stage_id=new_id(), reason="No.", now=NOW
        )


def test_what_they_have_decided_stays(company: Company) -> None:
    request = ask(company)
    added = add(company, request, "Bob", "Dana")
    decide(company, request, "Dana")
    with pytest.raises(Conflict):
        remove(company, added)


def test_when_they_leave_the_stage_falls_away_and_who_added_them_is_told(
    company: Company, handler: Answered
) -> None:
    request = ask(company)
    add(company, request, "Alice", "Dana")
    decide(company, request, "Bob")
    assert leave(company, "Dana") == 1
    assert (status_of(request), len(handler.told)) == ("APPROVED", 1)
    assert story(request)[-1][0] == "REMOVED"
    assert addressed("approver_removed") == ["alice"]
    assert leave(company, "Dana") == 0


def test_when_they_leave_while_somebody_decides_it_is_found_at_once(company: Company) -> None:
    request = ask(company)
    add(company, request, "Alice", "Dana")
    User.objects.filter(id=company.people["Dana"].user_id).update(is_active=False)
    decide(company, request, "Bob")
    assert status_of(request) == "APPROVED"


def test_who_agreed_and_left_has_agreed(company: Company) -> None:
    request = ask(company)
    added = add(company, request, "Alice", "Dana")
    decide(company, request, "Dana")
    assert leave(company, "Dana") == 0
    added.refresh_from_db()
    assert added.status == "APPROVED"


def test_somebody_asked_in_their_place_keeps_the_stage(company: Company) -> None:
    request = ask(company)
    add(company, request, "Alice", "Dana")
    hand_over(company, request, "Dana", "Erin")
    assert leave(company, "Dana") == 0
    assert asked(request) == {"Bob", "Erin"}
    assert leave(company, "Erin") == 1
    assert asked(request) == {"Bob"}


def test_nobody_else_is_looked_for_where_policy_still_asks(company: Company) -> None:
    publish(company, through(stage(DIRECTOR, FINANCE, name="Both")))
    request = ask(company)
    add(company, request, "Alice", "Tom")
    grace = make_member(company.organization, company.root, "Grace Books", "FINANCE")
    company.people["Grace"] = grace
    leave(company, "Dana", "Tom")
    assert asked(request) == {"Erin", "Grace"}
    assert StageSeat.objects.filter(request=request, vacated_at__isnull=True).count() == 3
