"""People as administrators look them up, and what is known of each."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.models import Membership, Role, RoleGrant
from accounts.selectors import PeopleFilters
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotFound
from tests.factories.accounts import NOW, Company, actor_of, make_company, make_member, seat

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Company:
    return make_company()


def names(company: Company, **filters: Any) -> list[str]:
    found = selectors.managed_people(
        company.actor("Adam"),
        PeopleFilters(**filters),
        at=NOW,
    )
    return [member.user.name for member in found]


def test_people_are_found_by_name_status_role_and_group(company: Company) -> None:
    with company.scope():
        services.suspend_member(
            actor=company.actor("Adam"), membership=company.people["Tom"], reason="Left", now=NOW
        )
        assert names(company, query="requester ali") == ["Alice Requester"]
        assert names(company, status="SUSPENDED") == ["Tom Technician"]
        assert names(company, role=Role.FINANCE) == ["Dana Finance"]
        assert names(company, group_id=company.groups["Facilities"].id) == [
            "Alice Requester",
            "Bob Supervisor",
            "Tom Technician",
        ]
        assert selectors.people_by_status(company.actor("Adam")) == {"ACTIVE": 5, "SUSPENDED": 1}


def test_only_the_people_that_one_manages_are_listed(company: Company) -> None:
    with company.scope():
        facilities = company.groups["Facilities"]
        eve = make_member(company.organization, facilities, "Eve Local", Role.ADMINISTRATOR)
        found = selectors.managed_people(actor_of(eve), at=NOW)
        assert "Dana Finance" not in [member.user.name for member in found]
        assert not selectors.managed_people(company.actor("Alice"), at=NOW)


def test_a_page_of_people_takes_two_queries(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        actor = company.actor("Adam")
        with django_assert_num_queries(2):
            for member in selectors.managed_people(actor, at=NOW)[:25]:
                assert member.user.name
                assert member.group.name
                assert all(grant.group.name for grant in member.grants.all())


def test_an_overview_and_the_history_tell_what_holds_and_what_did(company: Company) -> None:
    with company.scope():
        alice, adam = company.people["Alice"], company.actor("Adam")
        services.grant_role(
            actor=adam,
            membership=alice,
            group=company.root,
            role=Role.FINANCE,
            starts_at=NOW + timedelta(days=3),
            now=NOW,
        )
        seat(company.organization, "director", company.groups["Facilities"], alice)
        services.revoke_role(
            actor=adam,
            membership=alice,
            group=company.groups["Field Service"],
            role=Role.REQUISITIONER,
            now=NOW + timedelta(days=1),
        )
        overview = selectors.person_overview(alice, now=NOW + timedelta(days=1))
        assert overview.grants == ()
        assert [grant.role for grant in overview.promised] == ["FINANCE"]
        assert [one.position.name for one in overview.seats] == ["Director"]
        assert selectors.person_overview(company.people["Bob"], now=NOW).reports == 1
        history = selectors.person_history(alice, now=NOW + timedelta(days=1))
        assert [(fact.what, fact.where, fact.until) for fact in history] == [
            ("Requisitioner", "Field Service", NOW + timedelta(days=1)),
            ("Director", "Facilities", None),
            ("At home; reports to Bob Supervisor", "Field Service", None),
        ]


def test_changing_what_is_known_is_recorded_with_before_and_after(company: Company) -> None:
    with company.scope():
        for _ in range(2):
            services.change_member(
                actor=company.actor("Adam"),
                membership=company.people["Alice"],
                title="Planner",
                site="Oslo",
                manager=company.people["Erin"],
                now=NOW,
            )
        event = AuditEvent.objects.get(action="member.changed")
        assert event.after is not None
        assert event.before == {"title": "", "site": "", "manager": "Bob Supervisor"}
        assert event.after == {"title": "Planner", "site": "Oslo", "manager": "Erin Director"}


def test_the_line_of_managers_never_comes_round_again(company: Company) -> None:
    with company.scope():
        with pytest.raises(DomainError, match="Alice Requester reports to Bob") as refusal:
            services.change_member(
                actor=company.actor("Adam"),
                membership=company.people["Bob"],
                title="",
                site="",
                manager=company.people["Alice"],
                now=NOW,
            )
        assert refusal.value.field == "manager"


def test_a_role_for_good_takes_the_place_of_one_promised_for_later(company: Company) -> None:
    with company.scope():
        terms: dict[str, Any] = {
            "actor": company.actor("Adam"),
            "membership": company.people["Alice"],
            "group": company.root,
            "role": Role.FINANCE,
            "now": NOW,
        }
        services.grant_role(**terms, starts_at=NOW + timedelta(days=3))
        services.grant_role(**terms)
        later = NOW + timedelta(days=30)
        (grant,) = RoleGrant.objects.in_force(later).filter(
            group=company.root, role=Role.FINANCE, membership=company.people["Alice"]
        )
        assert grant.starts_at == NOW


def test_a_changed_limit_leaves_the_former_one_in_the_trail(company: Company) -> None:
    with company.scope():
        for limit in (Decimal(500), Decimal(800)):
            services.grant_role(
                actor=company.actor("Adam"),
                membership=company.people["Alice"],
                group=company.root,
                role=Role.REQUISITIONER,
                spending_limit=limit,
                now=NOW,
            )
        event = AuditEvent.objects.get(action="role.revoked")
        assert event.after is not None
        assert event.after["spending_limit"] == "500.00"


def test_one_grant_is_ended_and_not_found_again(company: Company) -> None:
    with company.scope():
        alice, adam = company.people["Alice"], company.actor("Adam")
        held = alice.grants.get()
        grant = selectors.grant_of(alice, held.id, now=NOW)
        services.end_grant(actor=adam, grant=grant, now=NOW)
        with pytest.raises(NotFound):
            selectors.grant_of(alice, held.id, now=NOW)


def test_access_opens_again_with_a_reason_only(company: Company) -> None:
    with company.scope():
        alice, adam = company.people["Alice"], company.actor("Adam")
        services.suspend_member(actor=adam, membership=alice, reason="Leave", now=NOW)
        with pytest.raises(DomainError, match="Say why"):
            services.reinstate_member(actor=adam, membership=alice, reason=" ", now=NOW)
        services.reinstate_member(actor=adam, membership=alice, reason="Back", now=NOW)
        assert Membership.objects.get(id=alice.id).status == Membership.Status.ACTIVE
