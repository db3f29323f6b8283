"""Requests with stages beside each other and stages where so many have to agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role
from approvals import selectors, services
from approvals.display import planned_steps, taken_steps
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Conditions,
    Mode,
    Plan,
    Rule,
    RuleKind,
    StageSpec,
    is_passed,
)
from approvals.services import VerdictCode
from procurement.core.ids import new_id
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, Company, make_member, seat
from tests.factories.approvals import (
    DIRECTOR,
    FINANCE,
    SUPERVISOR,
    TYPICAL,
    Answered,
    answering,
    ask,
    content_of,
    facts_of,
    plan_for,
    publish,
    stage,
    summary_of,
    through,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

THREE = (SUPERVISOR, DIRECTOR, FINANCE)


def beside(one: StageSpec) -> StageSpec:
    return replace(one, beside=True)


def two_of_three(name: str = "Two of three") -> StageSpec:
    return StageSpec(name, Mode.AT_LEAST, THREE, at_least=2)


def either(*approvers: ApproverSpec) -> StageSpec:
    return stage(*approvers, mode=Mode.ANY, name="Either")


def named(company: Company, name: str) -> ApproverSpec:
    return ApproverSpec(ApproverKind.PERSON, str(company.people[name].id), name)


def asked_now(company: Company, request: ApprovalRequest) -> set[str]:
    """Who is asked at present, by the names of the cast."""
    members = set(
        StageSeat.objects.filter(
            request=request, asked_at__isnull=False, closed_at__isnull=True
        ).values_list("membership_id", flat=True)
    )
    return {name for name, one in company.people.items() if one.id in members}


def stages_of(request: ApprovalRequest) -> list[tuple[str, int, str]]:
    found = Stage.objects.filter(request=request).order_by("number")
    return [(one.name, one.wave, one.status) for one in found]


def answer(
    company: Company, request: ApprovalRequest, name: str, choice: str = "APPROVE"
) -> VerdictCode:
    """Have somebody decide in the seat that their page would show them."""
    actor = company.actor(name)
    own = selectors.request_for(actor, request.id).seat_of(actor.id)
    assert own is not None
    return services.decide(
        actor=actor,
        seat_id=own.id,
        choice=choice,
        comment="Because." if choice == "REJECT" else "",
        content_hash=request.content_hash,
        channel="APP",
        now=NOW,
    ).code


def mails() -> list[str]:
    found = OutboxMessage.objects.filter(template="decision_request").order_by("created_at", "id")
    return [address.split(".")[0] for address in found.values_list("recipient", flat=True)]


def test_stages_beside_each_other_open_together_and_the_next_waits_for_both(
    company: Company, handler: Answered
) -> None:
    publish(company, through(stage(SUPERVISOR), beside(stage(DIRECTOR)), stage(FINANCE)))
    request = ask(company)
    assert asked_now(company, request) == {"Bob", "Erin"}
    assert answer(company, request, "Erin") is VerdictCode.DECIDED
    assert [status for _, _, status in stages_of(request)] == ["OPEN", "APPROVED", "WAITING"]
    assert asked_now(company, request) == {"Bob"}
    answer(company, request, "Bob")
    assert stages_of(request) == [
        ("Supervisor", 1, "APPROVED"),
        ("Director", 1, "APPROVED"),
        ("Finance", 2, "OPEN"),
    ]
    assert handler.told == []
    answer(company, request, "Dana")
    assert handler.told == [("approved", request.subject_id)]


def test_a_rejection_in_one_stage_ends_those_beside_it(company: Company, handler: Answered) -> None:
    publish(company, through(stage(SUPERVISOR), beside(stage(DIRECTOR))))
    request = ask(company)
    answer(company, request, "Erin", "REJECT")
    assert [status for _, _, status in stages_of(request)] == ["SKIPPED", "REJECTED"]
    assert asked_now(company, request) == set()


def test_whoever_sits_in_two_open_stages_is_asked_once_and_one_decision_answers_both(
    company: Company, handler: Answered
) -> None:
    publish(
        company, through(either(SUPERVISOR, DIRECTOR), beside(replace(two_of_three(), name="Two")))
    )
    request = ask(company)
    bob = company.actor("Bob")
    assert (
        StageSeat.objects.filter(membership=company.people["Bob"], closed_at__isnull=True).count()
        == 2
    )
    assert sorted(mails()) == sorted({*mails()})
    assert (selectors.inbox(bob, now=NOW).count(), selectors.pending_count(bob)) == (1, 1)
    answer(company, request, "Bob")
    assert (selectors.inbox(bob, now=NOW).count(), selectors.pending_count(bob)) == (0, 0)
    assert Decision.objects.count() == 1
    assert [status for _, _, status in stages_of(request)] == ["APPROVED", "OPEN"]
    assert answer(company, request, "Bob") is VerdictCode.ALREADY_DECIDED
    for own in StageSeat.objects.filter(membership=company.people["Bob"]):
        verdict = services.decide(
            actor=bob,
            seat_id=own.id,
            choice="APPROVE",
            comment="",
            content_hash=request.content_hash,
            channel="EMAIL",
            now=NOW,
        )
        assert verdict.code is VerdictCode.ALREADY_DECIDED
    answer(company, request, "Dana")
    assert handler.told == [("approved", request.subject_id)]


def test_so_many_are_enough_and_who_agreed_before_counts(
    company: Company, handler: Answered
) -> None:
    publish(company, through(stage(SUPERVISOR), two_of_three()))
    request = ask(company)
    assert asked_now(company, request) == {"Bob"}
    answer(company, request, "Bob")
    assert "Bob" not in asked_now(company, request)
    answer(company, request, "Erin")
    assert handler.told == [("approved", request.subject_id)]
    assert Stage.objects.get(name="Two of three").at_least == 2


def test_others_are_asked_where_somebody_in_two_open_stages_loses_access(
    company: Company, handler: Answered
) -> None:
    deputy = make_member(company.organization, company.root, "Hugo", Role.REQUISITIONER)
    company.people["Hugo"] = deputy
    publish(company, through(stage(SUPERVISOR), beside(two_of_three())))
    request = ask(company)
    seat(company.organization, "supervisor", company.root, deputy)
    bob = company.people["Bob"]
    bob.status = "SUSPENDED"
    bob.save(update_fields=["status"])
    assert services.reseat_requests(actor=company.actor("Erin"), now=NOW) == 1
    assert "Hugo" in asked_now(company, request)
    assert "Bob" not in asked_now(company, request)
    assert [one for one in mails() if "hugo" in one.lower()] != []
    assert sorted(mails()) == sorted({*mails()})


def test_the_pages_tell_stages_beside_each_other_and_how_many_are_enough(
    company: Company, handler: Answered
) -> None:
    publish(company, through(stage(SUPERVISOR), beside(two_of_three()), stage(FINANCE)))
    facts = facts_of(company, "640.00")
    planned = planned_steps(plan_for(facts, NOW))
    assert [(one.rule, one.number, one.state) for one in planned] == [
        ("First: Supervisor", 1, "now"),
        ("Beside it: Two of three, 2 of 3 must agree", 1, "now"),
        (planned[2].rule, 2, "next"),
    ]
    assert planned[2].rule.startswith("Then: Finance")
    request = ask(company)
    answer(company, request, "Bob")
    detail = selectors.request_for(company.actor("Alice"), request.id)
    steps = taken_steps(detail)
    assert [one.rule for one in steps] == [one.rule for one in planned]
    outcomes = [one.outcome for step in steps[:2] for one in step.people if "Bob" in one.name]
    assert len(outcomes) == 2
    assert all(one.startswith("Approved") for one in outcomes)


def test_a_request_is_routed_again_with_what_was_mandatory_above(
    company: Company, handler: Answered
) -> None:
    above = replace(
        TYPICAL,
        rules=(
            Rule(
                "field",
                "Field orders",
                RuleKind.ASK_BEFORE,
                Conditions(groups=(company.groups["Field Service"].id,)),
                (stage(FINANCE),),
                is_mandatory=True,
            ),
        ),
    )
    version = publish(company, above)
    publish(company, TYPICAL, company.groups["Field Service"])
    request = ask(company)
    stored = ApprovalRequest.objects.select_related("policy_version__policy__group").get()
    assert stored.explanation["above"] == [str(version.id)]
    assert selectors.agrees(stored, Stage.objects.filter(request=request))
    company.root.name = "Northwind Holding"
    company.root.save(update_fields=["name"])
    assert selectors.agrees(stored, Stage.objects.filter(request=request))


def test_the_database_opens_no_stage_before_those_of_the_wave_before(company: Company) -> None:
    publish(company, through(stage(SUPERVISOR), beside(stage(DIRECTOR)), stage(FINANCE)))
    ask(company)
    with pytest.raises(IntegrityError, match="have not passed"), transaction.atomic():
        Stage.objects.filter(wave=2).update(status="OPEN", opened_at=NOW)


WAYS: tuple[tuple[StageSpec, ...], ...] = (
    (stage(SUPERVISOR), beside(stage(DIRECTOR)), stage(FINANCE)),
    (two_of_three(), beside(either(DIRECTOR, FINANCE)), stage(SUPERVISOR)),
    (either(SUPERVISOR, FINANCE), two_of_three("Then two"), beside(stage(DIRECTOR))),
    (stage(DIRECTOR, SUPERVISOR, name="Both"), beside(two_of_three())),
)


@contextmanager
def undone() -> Iterator[None]:
    """Leave nothing behind in the database, so that each example starts from the same."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@dataclass
class PlainCount:
    """The plan, who has agreed to it, and what follows: nothing of how a request is kept."""

    plan: Plan
    agreed: set[UUID] = field(default_factory=set)
    outcome: str = "PENDING"

    def left(self) -> list[tuple[int, dict[UUID, tuple[int, ...]]]]:
        """Return the wave and the seats of each stage that has not passed."""
        seated = [
            (one, {person.membership_id: person.slots for person in one.people})
            for one in self.plan.stages
        ]
        return [
            (one.wave, seats)
            for one, seats in seated
            if not is_passed(one.mode, seats, self.agreed, one.at_least)
        ]

    def waiting_for(self) -> set[UUID]:
        """Return who is asked now: the people of the first wave that has not passed."""
        left = self.left()
        return {who for wave, seats in left for who in seats if wave == left[0][0]} - self.agreed

    def has_seat(self, member: UUID) -> bool:
        return any(
            person.membership_id == member for one in self.plan.stages for person in one.people
        )

    def may_answer(self, member: UUID) -> bool:
        return self.outcome == "PENDING" and member in self.waiting_for()

    def answer(self, member: UUID, choice: str) -> None:
        if choice == "REJECT":
            self.outcome = "REJECTED"
            return
        self.agreed.add(member)
        if not self.left():
            self.outcome = "APPROVED"


def asked_for(company: Company) -> tuple[ApprovalRequest, Plan]:
    facts = facts_of(company, "640.00")
    plan, subject = plan_for(facts, NOW), new_id()
    request = services.open_request(
        actor=company.actor("Alice"),
        subject_id=subject,
        facts=facts,
        plan=plan,
        summary=summary_of(company, facts),
        content_hash=content_of(facts, subject),
        now=NOW,
    )
    return request, plan


def test_any_order_of_decisions_ends_as_a_plain_count_says(company: Company) -> None:
    decisions = st.lists(
        st.tuples(
            st.sampled_from(("Bob", "Erin", "Dana")),
            st.sampled_from(("APPROVE", "APPROVE", "APPROVE", "REJECT")),
        ),
        max_size=8,
    )

    @settings(max_examples=25, deadline=None)
    @given(st.sampled_from(WAYS), decisions)
    def decided_in_turn(way: tuple[StageSpec, ...], turns: list[tuple[str, str]]) -> None:
        with undone(), answering() as told:
            publish(company, through(*way), company.groups["Field Service"])
            request, plan = asked_for(company)
            count = PlainCount(plan)
            for name, choice in turns:
                member = company.people[name].id
                if not count.has_seat(member):
                    continue
                may = count.may_answer(member)
                code = answer(company, request, name, choice)
                assert (code is VerdictCode.DECIDED) == may
                if may:
                    count.answer(member, choice)
                assert ApprovalRequest.objects.get(id=request.id).status == count.outcome
                expected = count.waiting_for() if count.outcome == "PENDING" else set()
                names = {one for one, own in company.people.items() if own.id in expected}
                assert asked_now(company, request) == names
            assert len(told.told) == (count.outcome != "PENDING")

    decided_in_turn()
