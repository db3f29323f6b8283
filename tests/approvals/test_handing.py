from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from approvals import selectors, services
from approvals.handing import Receiver, why_not_hand_over
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.routing import ApproverKind, ApproverSpec, Mode
from approvals.routing.progress import MANAGERS_FROM, OWNERS_FROM
from approvals.services import VerdictCode
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.ids import new_id
from tests.approvals.acting import (
    addressed,
    asked,
    hand_over,
    link_in,
    open_seat,
    sent,
    story,
    trail,
)
from tests.factories.accounts import NOW, Company, make_member, seat, system
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

LATER = NOW + timedelta(hours=2)
ANYBODY = Receiver(
    name="Erin Director",
    is_active=True,
    is_requester=False,
    is_asked=False,
    has_decided=False,
    is_followed=False,
    may_see=True,
    sits_above=False,
    manages=False,
    has_limit=False,
    limit=None,
)
AMOUNT = Decimal("640.00")
MANAGER = MANAGERS_FROM + 1
OWNER = OWNERS_FROM + 1


@pytest.mark.parametrize(
    ("changes", "slots", "said"),
    [
        ({}, [1], None),
        ({"may_see": False}, [1], "has nothing to do with this group"),
        ({"may_see": False, "sits_above": True}, [1], None),
        ({"may_see": False, "manages": True}, [1], None),
        ({"is_active": False}, [1], "has no access"),
        ({"is_requester": True}, [1], "nobody decides on their own request"),
        ({"is_asked": True}, [1], "is asked already"),
        ({"has_decided": True}, [1], "has decided on this already"),
        ({"is_followed": True}, [1], "does not go back"),
        ({}, [MANAGER], "has no approval limit, and this asks for one that covers $640.00"),
        ({"has_limit": True}, [MANAGER], None),
        ({"has_limit": True, "limit": AMOUNT}, [MANAGER], None),
        ({"has_limit": True, "limit": Decimal(600)}, [MANAGER], "$600.00 is below $640.00"),
        ({"has_limit": True, "limit": Decimal(600)}, [1], "$600.00 is below $640.00"),
        ({"has_limit": True, "limit": Decimal(600)}, [OWNER], None),
        ({"has_limit": True, "limit": Decimal(600)}, [OWNER, 1], "is below"),
    ],
)
def test_who_can_take_it_over_and_why_others_cannot(
    changes: dict[str, Any], slots: list[int], said: str | None
) -> None:
    refusal = why_not_hand_over(replace(ANYBODY, **changes), slots, AMOUNT, "USD")
    assert (refusal is None) if said is None else (refusal is not None and said in refusal)


def seats_of(request: ApprovalRequest) -> dict[str, StageSeat]:
    found = StageSeat.objects.filter(request=request).select_related("membership__user")
    return {one.membership.user.name.split()[0]: one for one in found}


def status_of(request: ApprovalRequest) -> str:
    return ApprovalRequest.objects.get(id=request.id).status


def leave(company: Company, *names: str) -> None:
    users = [company.people[name].user_id for name in names]
    User.objects.filter(id__in=users).update(is_active=False)


def reseat(company: Company) -> int:
    return services.reseat_requests(actor=system(company.organization), now=LATER)


def test_whoever_receives_it_is_asked_and_told_by_whom_and_why(company: Company) -> None:
    request = ask(company)
    hand_over(company, request, "Bob", "Erin", reason="I know the supplier well.")
    bob, erin = seats_of(request)["Bob"], seats_of(request)["Erin"]
    assert (bob.vacated_at, bob.closed_at) == (NOW, NOW)
    assert (erin.slots, erin.asked_at, erin.closed_at) == (bob.slots, NOW, None)
    assert (erin.origin, erin.in_place_of_id) == ("HANDED_OVER", bob.id)
    assert erin.place == "Supervisor of Facilities"
    assert story(request) == [("HANDED_OVER", "I know the supplier well.")]
    (event,) = trail("approval.handed_over")
    assert (event.after or {})["person"] == "Erin Director"
    told = sent("Erin")
    assert "Bob Supervisor handed this over to you: “I know the supplier well.”" in told
    assert "Bob Supervisor holds the supervisor’s seat in Facilities" in told
    assert link_in(told)


def test_only_who_received_it_decides_from_then_on(company: Company, handler: Answered) -> None:
    request = ask(company)
    seat_of_bob = open_seat(company, request, "Bob")
    hand_over(company, request, "Bob", "Erin")
    late = services.decide(
        actor=company.actor("Bob"),
        seat_id=seat_of_bob.id,
        choice="APPROVE",
        comment="",
        content_hash=request.content_hash,
        channel="APP",
        now=LATER,
    )
    assert late.code is VerdictCode.SETTLED
    assert decide(company, request, "Erin").is_decided
    assert handler.told == [("approved", request.subject_id)]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("Alice", "nobody decides on their own request"),
        ("Wendy", "has nothing to do with this group"),
        ("Bob", "is asked already"),
    ],
)
def test_a_receiver_who_may_not_is_refused_beside_the_field(
    company: Company, to: str, said: str
) -> None:
    company.people["Wendy"] = make_member(
        company.organization, company.groups["Workplace"], "Wendy Elsewhere"
    )
    request = ask(company)
    with pytest.raises(DomainError, match=said) as refused:
        hand_over(company, request, "Bob", to)
    assert refused.value.field == "to"
    assert asked(request) == {"Bob"}


def test_nobody_of_another_organization_receives_it(company: Company) -> None:
    request = ask(company)
    with pytest.raises(DomainError, match="of this organization") as refused:
        services.hand_over(
            actor=company.actor("Bob"),
            seat_id=open_seat(company, request, "Bob").id,
            to_id=new_id(),
            reason="I am away.",
            now=NOW,
        )
    assert refused.value.field == "to"


def test_it_takes_a_reason(company: Company) -> None:
    request = ask(company)
    with pytest.raises(DomainError) as refused:
        hand_over(company, request, "Bob", "Erin", reason=" ")
    assert refused.value.field == "reason"


@pytest.mark.parametrize("name", ["Adam", "Erin", "Alice"])
def test_only_the_holder_hands_it_over(company: Company, name: str) -> None:
    seat_of_bob = open_seat(company, ask(company), "Bob")
    with pytest.raises(NotAllowed):
        services.hand_over(
            actor=company.actor(name),
            seat_id=seat_of_bob.id,
            to_id=company.people["Dana"].id,
            reason="I am away.",
            now=NOW,
        )


def test_what_is_decided_is_not_handed_over(company: Company) -> None:
    request = ask(company)
    seat_of_bob = open_seat(company, request, "Bob")
    decide(company, request, "Bob")
    with pytest.raises(Conflict, match="decided already"):
        services.hand_over(
            actor=company.actor("Bob"),
            seat_id=seat_of_bob.id,
            to_id=company.people["Erin"].id,
            reason="I am away.",
            now=NOW,
        )


def test_it_never_goes_back_however_long_the_line(company: Company) -> None:
    request = ask(company)
    hand_over(company, request, "Bob", "Erin")
    hand_over(company, request, "Erin", "Dana")
    for former in ("Erin", "Bob"):
        with pytest.raises(DomainError, match="does not go back"):
            hand_over(company, request, "Dana", former)
    assert "Bob Supervisor holds the supervisor’s seat" in seats_of(request)["Dana"].why
    assert "Erin" not in seats_of(request)["Dana"].why.split("”")[1]


def test_whoever_has_decided_does_not_receive_it(company: Company) -> None:
    publish(company, through(stage(SUPERVISOR), stage(DIRECTOR)))
    request = ask(company)
    decide(company, request, "Bob")
    with pytest.raises(DomainError, match="has decided on this already"):
        hand_over(company, request, "Erin", "Bob")


def test_who_sits_in_two_open_stages_hands_both_over(company: Company, handler: Answered) -> None:
    named = ApproverSpec(ApproverKind.PERSON, str(company.people["Bob"].id), "Bob Supervisor")
    publish(
        company,
        through(
            stage(SUPERVISOR, DIRECTOR, mode=Mode.ANY, name="Either"),
            replace(stage(named, FINANCE, mode=Mode.ANY, name="Other"), beside=True),
        ),
    )
    request = ask(company)
    handed = services.hand_over(
        actor=company.actor("Bob"),
        seat_id=seat_of(request, company.people["Bob"], "Other").id,
        to_id=company.people["Adam"].id,
        reason="I am away.",
        now=NOW,
    )
    assert len(handed) == 2
    assert addressed("decision_request").count("adam") == 1
    decide(company, request, "Adam", stage_name="Either")
    assert handler.told == [("approved", request.subject_id)]


def test_the_picker_offers_exactly_those_who_would_be_taken(company: Company) -> None:
    publish(company, through(stage(SUPERVISOR), stage(FINANCE)))
    workplace = company.groups["Workplace"]
    company.people["Wendy"] = make_member(company.organization, workplace, "Wendy Elsewhere")
    request = ask(company)
    own = open_seat(company, request, "Bob")
    for name, member in company.people.items():
        found = selectors.people_to_hand_to(
            company.actor("Bob"), request, own, member.user.name, NOW
        )
        offered = member.id in {person.membership_id for person in found.people}
        receiver = selectors.receiver_of(request, [own], member.id, now=NOW)
        assert receiver is not None
        may = why_not_hand_over(receiver, own.slots, request.amount, request.currency) is None
        assert offered == may, name
    everybody = selectors.people_to_hand_to(company.actor("Bob"), request, own, "", NOW)
    assert [one.name for one in everybody.people] == [
        "Adam Administrator",
        "Dana Finance",
        "Erin Director",
        "Tom Technician",
    ]


def test_the_picker_is_the_holders_alone_and_costs_the_same_for_many(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = ApprovalRequest.objects.select_related("group").get(id=ask(company).id)
    own = open_seat(company, request, "Bob")
    assert not selectors.people_to_hand_to(company.actor("Adam"), request, own, "", NOW).people
    for number in range(12):
        make_member(company.organization, company.root, f"Person {number:02}", "FINANCE")
    bob = company.actor("Bob")
    with django_assert_num_queries(4):
        found = selectors.people_to_hand_to(bob, request, own, "person", NOW)
    assert len(found.people) == 8
    assert found.has_more


class TestFollowingThePeople:
    """What was handed over stays with its receiver, and goes back when that one leaves."""

    def test_it_stays_when_people_are_worked_out_anew(self, company: Company) -> None:
        publish(company, through(stage(SUPERVISOR, DIRECTOR, name="Both")))
        request = ask(company)
        hand_over(company, request, "Bob", "Dana")
        leave(company, "Erin")
        grace = make_member(company.organization, company.root, "Grace Manager")
        seat(company.organization, "director", company.root, grace)
        assert asked(request) == {"Dana", "Grace"}

    def test_it_stays_when_whoever_gave_it_leaves(self, company: Company) -> None:
        request = ask(company)
        hand_over(company, request, "Bob", "Erin")
        leave(company, "Bob")
        assert reseat(company) == 0
        assert asked(request) == {"Erin"}

    def test_it_goes_back_when_its_receiver_leaves(
        self, company: Company, handler: Answered
    ) -> None:
        request = ask(company)
        hand_over(company, request, "Bob", "Erin")
        hand_over(company, request, "Erin", "Dana")
        leave(company, "Dana")
        assert reseat(company) == 1
        assert asked(request) == {"Bob"}
        bob = seats_of(request)["Bob"]
        assert (bob.origin, bob.in_place_of_id, bob.vacated_at) == ("POLICY", None, None)
        assert addressed("decision_request") == ["bob", "erin", "dana", "bob"]
        assert decide(company, request, "Bob").is_decided
        assert status_of(request) == "APPROVED"

    def test_when_both_have_left_policy_finds_somebody(self, company: Company) -> None:
        request = ask(company)
        hand_over(company, request, "Bob", "Erin")
        grace = make_member(company.organization, company.root, "Grace Manager")
        seat(company.organization, "supervisor", company.root, grace)
        leave(company, "Bob", "Erin")
        assert reseat(company) == 1
        assert asked(request) == {"Grace"}

    def test_it_lapses_when_somebody_else_takes_the_seat_of_whoever_gave_it(
        self, company: Company
    ) -> None:
        request = ask(company)
        hand_over(company, request, "Bob", "Erin")
        grace = make_member(company.organization, company.root, "Grace Manager")
        seat(company.organization, "supervisor", company.groups["Facilities"], grace)
        services.reseat_anew(actor=system(company.organization), among=Q(id=request.id), now=LATER)
        assert asked(request) == {"Grace"}

    def test_an_answer_of_the_receiver_counts_for_the_slot(self, company: Company) -> None:
        publish(company, through(stage(SUPERVISOR, DIRECTOR, name="Both")))
        request = ask(company)
        hand_over(company, request, "Bob", "Dana")
        decide(company, request, "Dana")
        grace = make_member(company.organization, company.root, "Grace Manager")
        company.people["Grace"] = grace
        seat(company.organization, "director", company.root, grace)
        assert asked(request) == {"Grace"}
        assert Stage.objects.get(request=request).status == "OPEN"
        decide(company, request, "Grace")
        assert status_of(request) == "APPROVED"
