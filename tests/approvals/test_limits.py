"""How much somebody may agree to: who says so, and what held when."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from approvals import selectors, services
from approvals.models import ApprovalLimit
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import NOW, Company, actor_of, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=10)


def limit(company: Company, name: str, amount: str | None, by: str = "Adam") -> ApprovalLimit:
    return services.set_approval_limit(
        actor=company.actor(by),
        membership=company.people[name],
        amount=Decimal(amount) if amount is not None else None,
        now=NOW,
    )


def test_a_limit_that_changes_leaves_the_one_before_on_record(company: Company) -> None:
    adam, bob = company.actor("Adam"), company.people["Bob"]
    limit(company, "Bob", "1000.00")
    services.set_approval_limit(actor=adam, membership=bob, amount=None, now=LATER)
    history = selectors.limit_history(adam, bob)
    assert [(one.amount, one.since, one.until) for one in history] == [
        (None, LATER, None),
        (Decimal("1000.00"), NOW, LATER),
    ]
    then, later = (
        [one.amount for one in selectors.limits_in_sight(adam, at=at)] for at in (NOW, LATER)
    )
    assert (then, later) == ([Decimal("1000.00")], [None])


def test_setting_the_same_limit_again_changes_and_records_nothing(company: Company) -> None:
    first = limit(company, "Bob", "1000.00")
    assert limit(company, "Bob", "1000.00") == first
    assert AuditEvent.objects.filter(action="approval_limit.set").count() == 1


def test_the_trail_tells_what_the_limit_was_and_what_it_became(company: Company) -> None:
    limit(company, "Bob", "1000.00")
    limit(company, "Bob", None)
    services.end_approval_limit(
        actor=company.actor("Adam"), membership=company.people["Bob"], now=LATER
    )
    events = AuditEvent.objects.filter(subject_type="approval_limit").order_by("id")
    assert [(event.action, event.before, event.after) for event in events] == [
        ("approval_limit.set", None, {"amount": "1000.00"}),
        ("approval_limit.set", {"amount": "1000.00"}, {"amount": "any amount"}),
        ("approval_limit.ended", {"amount": "any amount"}, None),
    ]


def test_ending_a_limit_that_is_not_there_changes_nothing(company: Company) -> None:
    ended = services.end_approval_limit(
        actor=company.actor("Adam"), membership=company.people["Bob"], now=NOW
    )
    assert ended is None
    assert not AuditEvent.objects.filter(action="approval_limit.ended").exists()


def test_nobody_sets_or_ends_their_own_limit(company: Company) -> None:
    with pytest.raises(DomainError, match="their own limit"):
        limit(company, "Adam", "1000.00")
    with pytest.raises(DomainError, match="their own limit"):
        services.end_approval_limit(
            actor=company.actor("Adam"), membership=company.people["Adam"], now=NOW
        )


def test_a_limit_below_zero_is_refused(company: Company) -> None:
    with pytest.raises(DomainError, match="zero or more"):
        limit(company, "Bob", "-1")


def test_it_takes_the_permission_to_manage_the_people_of_the_home_group(company: Company) -> None:
    fay = make_member(
        company.organization, company.groups["Facilities"], "Fay Local", Role.ADMINISTRATOR
    )
    services.set_approval_limit(
        actor=actor_of(fay), membership=company.people["Bob"], amount=Decimal(5), now=NOW
    )
    for actor, name in ((company.actor("Dana"), "Bob"), (actor_of(fay), "Erin")):
        with pytest.raises(NotAllowed):
            services.set_approval_limit(
                actor=actor, membership=company.people[name], amount=Decimal(5), now=NOW
            )
    with pytest.raises(NotFound):
        selectors.limit_history(actor_of(fay), company.people["Erin"])
    limit(company, "Erin", "9")
    mine = selectors.limits_in_sight(actor_of(fay), at=NOW)
    assert [one.membership_id for one in mine] == [company.people["Bob"].id]


def test_limits_are_found_by_name_address_and_group(company: Company) -> None:
    limit(company, "Bob", "1000.00")
    limit(company, "Erin", None)
    adam = company.actor("Adam")
    for query, found in (("bob", 1), ("supervisor facilities", 1), ("northwind", 2), ("zoe", 0)):
        assert selectors.limits_in_sight(adam, query=query, at=NOW).count() == found


def test_the_database_refuses_two_limits_at_once(company: Company) -> None:
    limit(company, "Bob", "1000.00")
    with pytest.raises(IntegrityError, match="approval_limit_one_current"), transaction.atomic():
        ApprovalLimit.objects.create(
            organization_id=company.organization.id, membership=company.people["Bob"], since=NOW
        )
