"""Who can do what, asked of a person and of a group, for now and for days that have gone."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.models import OrgGroup, Role, RoleGrant
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.web import org_reverse
from procurement.core.errors import DomainError
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_company,
    make_group,
    make_member,
    system,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAY = timedelta(days=1)


@pytest.fixture
def company() -> Company:
    return make_company()


def names(company: Company, group: str, permission: Permission, at: datetime) -> list[str]:
    found = selectors.holders_on(company.groups[group].id, permission, at=at)
    return [f"{one.name}, {one.on_group_name}" for one in found.rows]


def test_a_person_sees_each_grant_with_what_it_covers(company: Company) -> None:
    with company.scope():
        access = selectors.access_of(company.people["Tom"].id, at=NOW)
        (power,) = access.powers
        assert access.has_access
        assert (power.role_name, power.group_name, power.covers) == ("Technician", "Facilities", 3)
        assert set(power.permissions) == ROLE_PERMISSIONS["TECHNICIAN"]


def test_a_group_names_who_can_do_something_there_and_by_which_grant(company: Company) -> None:
    with company.scope():
        assert names(company, "Field Service", Permission.VIEW_ORDERS, NOW) == [
            "Adam Administrator, Northwind Works",
            "Dana Finance, Northwind Works",
            "Tom Technician, Facilities",
        ]
        assert names(company, "Engineering", Permission.PLACE_ORDERS, NOW) == []


def test_a_day_of_the_past_is_told_as_it_was_whatever_has_happened_since(company: Company) -> None:
    with company.scope():
        adam, tom = company.actor("Adam"), company.people["Tom"]
        facilities = company.groups["Facilities"]
        services.revoke_role(
            actor=adam, membership=tom, group=facilities, role=Role.TECHNICIAN, now=NOW + DAY
        )
        services.suspend_member(
            actor=adam, membership=company.people["Alice"], reason="Left", now=NOW + 2 * DAY
        )
        services.move_group(
            actor=adam,
            group=company.groups["Field Service"],
            target=company.groups["Engineering"],
            now=NOW + 3 * DAY,
        )
        make_member_later(company)
        field, sees = "Field Service", Permission.VIEW_ORDERS
        assert "Tom Technician, Facilities" in names(company, field, sees, NOW)
        assert "Tom Technician, Facilities" not in names(company, field, sees, NOW + DAY)
        buys = Permission.PLACE_ORDERS
        assert names(company, field, buys, NOW + DAY) == ["Alice Requester, Field Service"]
        assert names(company, field, buys, NOW + 2 * DAY) == []
        eve = "Eve Engineer, Engineering"
        assert eve not in names(company, field, sees, NOW + 2 * DAY)
        assert eve in names(company, field, sees, NOW + 4 * DAY)
        was, is_now = (
            selectors.access_of(company.people["Alice"].id, at=at) for at in (NOW, NOW + 4 * DAY)
        )
        assert (was.has_access, is_now.has_access) == (True, False)


def make_member_later(company: Company) -> None:
    engineering = company.groups["Engineering"]
    eve = make_member(company.organization, engineering, "Eve Engineer")
    services.grant_role(
        actor=system(company.organization),
        membership=eve,
        group=engineering,
        role=Role.TECHNICIAN,
        now=NOW + timedelta(hours=1),
    )


def test_a_day_means_its_end_where_the_organization_is(company: Company) -> None:
    zone = company.organization.time_zone
    at = selectors.instant_of(date(2026, 11, 20), time_zone=zone, now=NOW)
    assert at.isoformat() == "2026-11-20T23:59:59.999999-05:00"
    assert selectors.instant_of(None, time_zone=zone, now=NOW) == NOW
    assert selectors.instant_of(date(2026, 11, 24), time_zone=zone, now=NOW) == NOW
    with pytest.raises(DomainError, match="day of the past"):
        selectors.instant_of(date(2026, 11, 25), time_zone=zone, now=NOW)


def test_each_report_takes_one_query_however_deep_the_tree(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        group = company.groups["Field Service"]
        for number in range(8):
            group = make_group(company.organization, group, f"Level {number}")
        with django_assert_num_queries(1):
            assert selectors.holders_on(group.id, Permission.VIEW_ORDERS, at=NOW).total == 3
        with django_assert_num_queries(1):
            (power,) = selectors.access_of(company.people["Adam"].id, at=NOW).powers
        assert power.covers == OrgGroup.objects.count()


def test_permission_checks_of_one_request_take_one_query(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        dana = company.people["Dana"].user
        with django_assert_num_queries(1):
            for group in company.groups.values():
                assert dana.has_perm("accounts.view_reports", group)
                assert not dana.has_perm("accounts.manage_people", group)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(ROLE_PERMISSIONS)),
            st.integers(0, 4),
            st.integers(0, 3),
            st.integers(-3, 3),
            st.one_of(st.none(), st.integers(1, 4)),
        ),
        max_size=6,
    )
)
def test_both_reports_say_what_a_plain_recomputation_says(
    company: Company, grants: list[tuple[str, int, int, int, int | None]]
) -> None:
    with company.scope():
        RoleGrant.objects.all().delete()
        groups = [company.root, *company.groups.values()]
        people = [company.people[name] for name in ("Alice", "Bob", "Erin", "Tom")]
        for role, on_group, holder, start, length in grants:
            starts_at = NOW + start * DAY
            services.grant_role(
                actor=system(company.organization),
                membership=people[holder],
                group=groups[on_group],
                role=role,
                spending_limit=Decimal("100.00"),
                starts_at=starts_at,
                ends_at=starts_at + length * DAY if length else None,
                now=NOW,
            )
        for at in (NOW - 2 * DAY, NOW, NOW + 2 * DAY):
            for permission in (Permission.PLACE_ORDERS, Permission.VIEW_ORDERS):
                expected = naive(at, permission)
                by_group = {
                    (one.membership_id, group.id)
                    for group in groups
                    for one in selectors.holders_on(group.id, permission, at=at).rows
                }
                # Everybody has been here since NOW: before that, nobody had access.
                assert by_group == (expected if at >= NOW else set())
        for person in people:
            actor = actor_of(person)
            for group in groups:
                for permission in Permission:
                    held = (person.id, group.id) in naive(NOW, permission)
                    assert actor.can(permission, group.path) == held


def naive(at: datetime, permission: Permission) -> set[tuple[UUID, UUID]]:
    """Return who holds a permission on which group at an instant, from grants and parents alone."""
    parents = dict(OrgGroup.objects.values_list("id", "parent_id"))
    found = set()
    for grant in RoleGrant.objects.all():
        in_force = grant.starts_at <= at and (grant.ends_at is None or grant.ends_at > at)
        if not in_force or permission not in ROLE_PERMISSIONS[grant.role]:
            continue
        for group in parents:
            step: UUID | None = group
            while step is not None and step != grant.group_id:
                step = parents[step]
            if step == grant.group_id:
                found.add((grant.membership_id, group))
    return found


def sign_in(client: Client, company: Company, who: str) -> Client:
    client.force_login(company.people[who].user, backend=BACKEND)
    return client


def lines(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_file_of_a_person_has_a_line_for_each_thing_they_can_do(
    client: Client, company: Company
) -> None:
    address = org_reverse(
        company.organization,
        "accounts:person-access-csv",
        membership_id=company.people["Tom"].id,
    )
    body = b"".join(sign_in(client, company, "Adam").get(address))
    assert {line["Permission"] for line in lines(body)} == {
        permission.label for permission in ROLE_PERMISSIONS["TECHNICIAN"]
    }
    assert {line["Granted on"] for line in lines(body)} == {"Facilities"}


@pytest.mark.django_db(transaction=True)
def test_the_file_of_a_group_is_written_after_the_request_has_ended(
    client: Client, company: Company
) -> None:
    address = org_reverse(
        company.organization,
        "accounts:group-access-csv",
        group_id=company.groups["Field Service"].id,
    )
    body = b"".join(sign_in(client, company, "Adam").get(f"{address}?permission=view_orders"))
    assert [line["Person"] for line in lines(body)] == [
        "Adam Administrator",
        "Dana Finance",
        "Tom Technician",
    ]


def test_a_day_to_come_is_refused_beside_its_field(client: Client, company: Company) -> None:
    address = org_reverse(
        company.organization,
        "accounts:group-access",
        group_id=company.groups["Field Service"].id,
    )
    answer = sign_in(client, company, "Adam").get(f"{address}?at=2199-01-01")
    assert answer.status_code == 422
    assert "Choose today or a day of the past." in answer.content.decode()


def test_everybody_may_see_what_they_can_do_themselves(client: Client, company: Company) -> None:
    for who, status in (("Alice", 200), ("Tom", 404)):
        address = org_reverse(
            company.organization,
            "accounts:person-access",
            membership_id=company.people["Alice"].id,
        )
        assert sign_in(client, company, who).get(address).status_code == status
