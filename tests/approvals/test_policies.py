from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import services as accounts
from approvals import selectors, services
from approvals.models import ApprovalPolicy, PolicyVersion
from approvals.routing import ApproverKind, ApproverSpec, Tier
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.factories.accounts import NOW, Company, system
from tests.factories.approvals import SUPERVISOR, TYPICAL, publish, stage, through

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=1)
STRICTER = replace(TYPICAL, tiers=(Tier(Decimal("50.00"), ()), *TYPICAL.tiers[1:]))


def problems(company: Company, seat: ApproverSpec) -> str:
    with pytest.raises(services.PolicyNotPublishable) as refused:
        publish(company, through(stage(seat, name="x")), reason="Trial", now=LATER)
    return refused.value.message


def test_publishing_leaves_a_version_and_a_line_in_the_trail(company: Company) -> None:
    version = publish(company, STRICTER, reason="Too many small orders", now=LATER)
    assert (version.number, version.in_force_from) == (2, LATER)
    event = AuditEvent.objects.filter(action="policy.published").latest("id")
    assert event.after is not None
    assert (event.reason, event.after["number"]) == ("Too many small orders", 2)
    assert event.before == TYPICAL.to_json()


def test_the_version_in_force_is_pinned_by_time(company: Company) -> None:
    publish(company, STRICTER, reason="From tomorrow", now=LATER)
    path = company.groups["Field Service"].path
    numbers = [
        [found.number for found in selectors.policies_in_force(path, moment)]
        for moment in (NOW - timedelta(seconds=1), NOW, LATER - timedelta(seconds=1), LATER)
    ]
    assert numbers == [[], [1], [1], [2]]


def test_a_version_may_come_into_force_later(company: Company) -> None:
    services.publish_policy(
        actor=company.actor("Adam"),
        group=company.root,
        name="",
        document=STRICTER,
        reason="From next week",
        accepted="Engineering has no supervisor yet.",
        in_force_from=NOW + timedelta(days=7),
        now=LATER,
    )
    page = selectors.policy_page(company.actor("Adam"), company.root.id, LATER)
    coming, current = page.versions
    assert (coming.is_coming, current.is_in_force) == (True, True)
    assert current.until == NOW + timedelta(days=7)


def test_versions_never_come_into_force_in_the_past_or_out_of_turn(company: Company) -> None:
    for moment in (NOW - timedelta(days=1), NOW + timedelta(hours=1)):
        with pytest.raises(DomainError) as refused:
            services.publish_policy(
                actor=company.actor("Adam"),
                group=company.root,
                name="",
                document=STRICTER,
                reason="Backdated",
                in_force_from=moment,
                now=LATER,
            )
        assert refused.value.field == "in_force_from"


def test_publishing_takes_a_reason(company: Company) -> None:
    with pytest.raises(DomainError) as refused:
        publish(company, STRICTER, reason="  ", now=LATER)
    assert refused.value.field == "reason"


def test_publishing_what_is_in_force_already_is_refused(company: Company) -> None:
    with pytest.raises(DomainError, match="Nothing has changed since version 1"):
        publish(company, TYPICAL, reason="Again", now=LATER)


def test_publishing_on_top_of_an_outdated_version_is_a_conflict(company: Company) -> None:
    with pytest.raises(Conflict, match="Version 1 has been published in the meantime"):
        services.publish_policy(
            actor=company.actor("Adam"),
            group=company.root,
            name="",
            document=STRICTER,
            reason="Meanwhile",
            based_on=0,
            now=LATER,
        )


def test_only_who_manages_policies_publishes(company: Company) -> None:
    with pytest.raises(NotAllowed):
        services.publish_policy(
            actor=company.actor("Bob"),
            group=company.root,
            name="",
            document=STRICTER,
            reason="I would like it",
            now=LATER,
        )


def test_seats_that_the_organization_does_not_have_are_named(company: Company) -> None:
    unknown = ApproverSpec(ApproverKind.POSITION, "astronaut", "Astronaut")
    assert "“Astronaut” is no seat here any more" in problems(company, unknown)
    assert "no seat" in problems(company, ApproverSpec(ApproverKind.ROLE, "KING"))
    bob = company.people["Bob"]
    named = ApproverSpec(ApproverKind.PERSON, str(bob.id), "Bob Supervisor")
    accounts.suspend_member(
        actor=system(company.organization), membership=bob, reason="Left", now=NOW
    )
    assert "“Bob Supervisor” is no seat here" in problems(company, named)


def test_a_document_with_gaps_is_refused(company: Company) -> None:
    with pytest.raises(services.PolicyNotPublishable) as refused:
        publish(company, replace(TYPICAL, tiers=TYPICAL.tiers[:2]), reason="Oops", now=LATER)
    assert [problem.where for problem in refused.value.problems] == ["tiers.1.up_to"]


def test_a_group_has_its_own_policy_which_is_nearer(company: Company) -> None:
    publish(company, through(stage(SUPERVISOR)), company.groups["Facilities"], reason="Own")
    actor = company.actor("Adam")
    page = selectors.policy_page(actor, company.groups["Field Service"].id, NOW)
    assert (page.policy, page.is_inherited) == (None, True)
    assert page.effective is not None
    assert page.effective.group_name == "Facilities"
    names = [row.policy.group.name for row in selectors.policies_in_sight(actor, NOW)]
    assert names == [company.root.name, "Facilities"]


def test_policies_out_of_sight_are_not_found(company: Company) -> None:
    with pytest.raises(NotFound):
        selectors.policy_page(company.actor("Alice"), company.groups["Engineering"].id, NOW)
    assert selectors.policies_in_sight(company.actor("Bob"), NOW) == []


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_published_version(company: Company, change: str) -> None:
    rows = PolicyVersion.objects.all()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(reason="Never mind") if change == "update" else rows.delete()


def test_the_database_refuses_a_backdated_version(company: Company) -> None:
    policy = ApprovalPolicy.objects.get()
    with pytest.raises(IntegrityError, match="not_backdated"), transaction.atomic():
        PolicyVersion.objects.create(
            organization_id=company.organization.id,
            policy=policy,
            number=2,
            document=TYPICAL.to_json(),
            in_force_from=NOW - timedelta(days=300),
            published_at=NOW,
            published_by_label="Somebody",
            reason="Backdated",
        )
