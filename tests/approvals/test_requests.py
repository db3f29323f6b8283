from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors as accounts
from accounts.models import PositionHolder
from approvals import selectors, services
from approvals.models import ApprovalRequest, Stage
from approvals.routing import ApproverKind, ApproverSpec
from procurement.core.errors import NotFound
from procurement.core.ids import new_id
from tests.factories.accounts import NOW, Company, make_company, make_member, seat
from tests.factories.approvals import (
    FINANCE,
    SUPERVISOR,
    Answered,
    ask,
    decide,
    facts_of,
    plan_for,
    publish,
    stage,
    summary_of,
    through,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=2)
Count = Callable[[int], AbstractContextManager[CaptureQueriesContext]]


def test_the_context_of_routing_says_what_accounts_says(company: Company) -> None:
    path = company.groups["Field Service"].path
    alice = company.people["Alice"].id
    seats = selectors.routing_context(path, alice, NOW).seats
    held = PositionHolder.objects.current().filter(group_id__in=path, is_deputy=False)
    assert seats.positions == {
        (code, group_id): (membership_id,)
        for code, group_id, membership_id in held.values_list(
            "position__code", "group_id", "membership_id"
        )
    }
    finance = accounts.role_holders(path, ["FINANCE"], at=NOW)
    assert seats.roles["FINANCE", company.root.id] == tuple(
        found.person.membership_id for found in finance
    )
    assert seats.manager_chain == (company.people["Bob"].id,)
    assert seats.group_names == {group.id: group.name for group in accounts.ancestor_groups(path)}
    everybody = accounts.people_by_id(seats.people)
    assert {
        member: (person.name, person.email, person.is_active)
        for member, person in seats.people.items()
    } == {
        member: (person.name, person.email, person.is_active)
        for member, person in everybody.items()
    }


def test_the_context_of_routing_takes_two_statements(
    company: Company, django_assert_num_queries: Count
) -> None:
    grace = company.people["Tom"]
    named = ApproverSpec(ApproverKind.PERSON, str(grace.id), "Tom Technician")
    publish(company, through(stage(named)), reason="Tom knows best", now=LATER)
    facts = facts_of(company, "640.00")
    with django_assert_num_queries(2):
        plan = plan_for(facts, LATER)
    assert [person.name for person in plan.stages[0].people] == ["Tom Technician"]


def test_managers_who_manage_each_other_end_the_chain(company: Company) -> None:
    bob, alice = company.people["Bob"], company.people["Alice"]
    bob.manager = alice
    bob.save(update_fields=["manager"])
    path = company.groups["Field Service"].path
    context = selectors.routing_context(path, alice.id, NOW)
    assert context.seats.manager_chain == (bob.id, alice.id)


def test_opening_a_request_reads_the_clock_and_how_people_want_to_be_told(
    company: Company,
) -> None:
    facts = facts_of(company, "4800.00")
    alice, plan = company.actor("Alice"), plan_for(facts, NOW)
    with CaptureQueriesContext(connection) as sent:
        services.open_request(
            actor=alice,
            subject_id=new_id(),
            facts=facts,
            plan=plan,
            summary=summary_of(company, facts),
            content_hash="0" * 64,
            now=NOW,
        )
    # How long deciding may take; the request, its stage and seats, a line in the trail, a link for
    # each person; then, in one round trip more, how they want to be told, and their mails.
    times, *inserted, wishes, told = [query["sql"].strip() for query in sent]
    assert "approvals_decidingsettings" in times
    assert wishes.startswith("SELECT m.id")
    assert [sql.split('"')[1] for sql in (*inserted, told)] == [
        "approvals_approvalrequest",
        "approvals_stage",
        "approvals_stageseat",
        "audit_auditevent",
        *("accounts_secretkey",) * 2,
        "outbox_outboxmessage",
    ]
    assert all(sql.startswith("INSERT") for sql in (*inserted, told))


def test_the_inbox_holds_what_waits_longest_first(company: Company, handler: Answered) -> None:
    second = ask(company, now=LATER)
    first = ask(company)
    ask(company, "4800.00")
    bob = company.actor("Bob")
    assert [found.request_id for found in selectors.inbox(bob, now=NOW)] == [first.id, second.id]
    assert selectors.pending_count(bob) == 2
    decide(company, first, "Bob")
    assert selectors.pending_count(bob) == 1
    assert [found.request_id for found in selectors.decided_by(bob)] == [first.id]


def test_the_inbox_is_one_statement(company: Company, django_assert_num_queries: Count) -> None:
    for _ in range(3):
        ask(company)
    bob = company.actor("Bob")
    with django_assert_num_queries(1):
        for found in selectors.inbox(bob, now=NOW):
            assert found.request.requester.user.name == "Alice Requester"
            assert found.request.group.name == "Field Service"
            assert found.stage.name == "Supervisor"


def test_a_request_with_everything_is_two_statements(
    company: Company, handler: Answered, django_assert_num_queries: Count
) -> None:
    request = ask(company, "4800.00")
    decide(company, request, "Dana")
    erin = company.actor("Erin")
    with django_assert_num_queries(2):
        detail = selectors.request_for(erin, request.id)
        assert [made.membership.user.name for made in detail.decisions] == ["Dana Finance"]
        own = detail.seat_of(erin.id)
        assert own is not None
        assert own.place == f"Director of {company.root.name}"


def test_requesters_approvers_and_those_who_see_orders_may_read_it(company: Company) -> None:
    request = ask(company)
    for name in ("Alice", "Bob", "Dana", "Adam", "Tom"):
        assert selectors.request_for(company.actor(name), request.id).request == request
    with pytest.raises(NotFound):
        selectors.request_for(company.actor("Erin"), request.id)


def test_another_organization_sees_no_request(db: None) -> None:
    northwind, other = make_company(), make_company("Contoso")
    with northwind.scope():
        publish(northwind)
        request = ask(northwind)
    with other.scope():
        with pytest.raises(NotFound):
            selectors.request_for(other.actor("Adam"), request.id)
        assert ApprovalRequest.objects.count() == 0
        assert selectors.latest_request_about(request.subject_kind, request.subject_id) is None


def test_the_latest_request_about_a_subject_is_found(company: Company, handler: Answered) -> None:
    first = ask(company)
    decide(company, first, "Bob", "REJECT", comment="Smaller, please.")
    second = ask(company, "300.00", subject_id=first.subject_id, now=LATER)
    found = selectors.latest_request_about(first.subject_kind, first.subject_id)
    assert found is not None
    assert found.request.id == second.id
    assert selectors.is_seated_on(company.actor("Bob"), first.subject_id)
    assert not selectors.is_seated_on(company.actor("Erin"), first.subject_id)


def test_a_request_is_derived_again_from_its_facts_and_version(company: Company) -> None:
    """Years, people and newer policies later: the same facts on the same version, the same way."""
    grace = make_member(company.organization, company.root, "Grace Manager")
    requests = [
        ask(company),
        ask(company, "60.00"),
        ask(company, "4800.00", flags=frozenset({"RESTRICTED"})),
        ask(company, "640.00", flags=frozenset({"RESTRICTED", "BLOCKED_EXCEPTION"})),
    ]
    publish(company, through(stage(FINANCE)), reason="All to finance", now=LATER)
    seat(company.organization, "supervisor", company.groups["Facilities"], grace)
    for request in requests:
        stored = ApprovalRequest.objects.select_related("policy_version__policy__group").get(
            id=request.id
        )
        stages = list(Stage.objects.filter(request=request).order_by("number"))
        assert selectors.agrees(stored, stages)
        if stages:
            assert not selectors.agrees(stored, [*stages[:-1]])


def test_a_requested_way_that_was_bent_does_not_agree(company: Company) -> None:
    request = ask(company)
    stored = ApprovalRequest.objects.select_related("policy_version__policy__group").get(
        id=request.id
    )
    (found,) = Stage.objects.filter(request=request)
    found.name = "Director"
    assert not selectors.agrees(stored, [found])
    stored.facts = {**stored.facts, "amount": "60.00"}
    found.name = SUPERVISOR.title
    assert not selectors.agrees(stored, [found])
