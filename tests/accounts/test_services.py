"""Groups, roles, seats and access: what each action changes, and who may take it."""

import pytest
from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db.migrations.state import ProjectState
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.models import GroupPermission, Membership, Role
from accounts.permissions import ROLE_PERMISSIONS, Permission, require
from procurement.audit.models import AuditEvent
from procurement.core import tenancy
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_company,
    make_member,
    make_organization,
    system,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Company:
    return make_company()


def test_a_role_is_inherited_downwards_and_never_upwards_or_sideways(company: Company) -> None:
    with company.scope():
        tom = company.actor("Tom")  # Technician of Facilities
        assert tom.can(Permission.VIEW_ORDERS, company.groups["Facilities"].path)
        assert tom.can(Permission.VIEW_ORDERS, company.groups["Field Service"].path)
        assert not tom.can(Permission.VIEW_ORDERS, company.root.path)
        assert not tom.can(Permission.VIEW_ORDERS, company.groups["Engineering"].path)


def test_djangos_own_permission_check_gives_the_same_answer(company: Company) -> None:
    with company.scope():
        alice = company.people["Alice"].user
        assert alice.has_perm("accounts.place_orders", company.groups["Field Service"])
        assert not alice.has_perm("accounts.place_orders", company.groups["Workplace"])
        assert not alice.has_perm("accounts.manage_people", company.groups["Field Service"])


def test_a_suspended_member_has_no_permission_left(company: Company) -> None:
    with company.scope():
        alice = company.people["Alice"]
        services.suspend_member(
            actor=company.actor("Adam"), membership=alice, reason="Left", now=NOW
        )
        assert (
            selectors.actor_for(
                user_id=alice.user_id, organization_id=company.organization.id, now=NOW
            )
            is None
        )
        assert not alice.user.has_perm("accounts.place_orders", company.groups["Field Service"])


def test_whoever_has_a_closed_account_has_no_permission_left_anywhere(company: Company) -> None:
    with company.scope():
        alice = company.people["Alice"].user
        alice.is_active = False
        alice.save(update_fields=["is_active"])
        found = selectors.actor_for(
            user_id=alice.id, organization_id=company.organization.id, now=NOW
        )
        assert found is None
        assert not alice.has_perm("accounts.place_orders", company.groups["Field Service"])


def test_every_permission_comes_in_one_query_however_deep_the_tree(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        dana = company.people["Dana"]
        with django_assert_num_queries(1):
            actor = actor_of(dana)
            require(actor, Permission.VIEW_REPORTS, company.groups["Field Service"])


def test_ending_one_of_two_roles_keeps_what_the_other_gives(company: Company) -> None:
    with company.scope():
        group, adam = company.groups["Workplace"], company.actor("Adam")
        member = make_member(company.organization, group, "Pat Both", Role.FINANCE, Role.TECHNICIAN)
        services.revoke_role(actor=adam, membership=member, group=group, role=Role.FINANCE, now=NOW)
        held = set(
            GroupPermission.objects.filter(user=member.user).values_list(
                "permission__codename", flat=True
            )
        )
        assert held == set(ROLE_PERMISSIONS[Role.TECHNICIAN])


def test_granting_a_role_twice_leaves_one_grant_and_one_event(company: Company) -> None:
    with company.scope():
        alice, group = company.people["Alice"], company.groups["Workplace"]
        for _ in range(2):
            services.grant_role(
                actor=company.actor("Adam"),
                membership=alice,
                group=group,
                role=Role.REQUISITIONER,
                now=NOW,
            )
        assert alice.grants.filter(group=group).count() == 1
        events = AuditEvent.objects.filter(action="role.granted", group_id=group.id)
        assert events.count() == 1


def test_who_may_not_manage_people_cannot_grant_roles(company: Company) -> None:
    with company.scope(), pytest.raises(NotAllowed, match="Dana"):
        services.grant_role(
            actor=company.actor("Dana"),
            membership=company.people["Dana"],
            group=company.root,
            role=Role.ADMINISTRATOR,
            now=NOW,
        )


def test_two_siblings_cannot_have_the_same_name(company: Company) -> None:
    with company.scope():
        with pytest.raises(DomainError, match="already has a group") as refusal:
            services.create_group(
                actor=company.actor("Adam"), parent=company.root, name=" Facilities ", now=NOW
            )
        assert refusal.value.field == "name"
        # The refusal left the transaction whole.
        services.create_group(
            actor=company.actor("Adam"), parent=company.root, name="Legal", now=NOW
        )


def test_a_groups_path_leads_from_the_root_to_itself(company: Company) -> None:
    with company.scope():
        group = company.groups["Field Service"]
        names = [ancestor.name for ancestor in selectors.ancestor_groups(group.path)]
        assert names == ["Northwind Works", "Facilities", "Field Service"]
        assert group.path[-1] == group.id


def test_a_seat_has_one_holder_and_an_empty_one_is_answered_from_above(company: Company) -> None:
    with company.scope():
        (seat, *_rest) = [
            state
            for state in selectors.seat_overview(company.groups["Field Service"])
            if state.name == "Supervisor"
        ]
        assert seat.holder is not None
        assert (seat.holder.name, seat.answered_by) == ("Bob Supervisor", "Facilities")
        services.fill_position(
            actor=company.actor("Adam"),
            position=selectors.positions().get(code="supervisor"),
            group=company.groups["Facilities"],
            membership=company.people["Tom"],
            now=NOW,
        )
        (seat, *_rest) = [
            state
            for state in selectors.seat_overview(company.groups["Facilities"])
            if state.name == "Supervisor"
        ]
        assert seat.holder is not None
        assert seat.holder.name == "Tom Technician"


def test_nobody_ends_their_own_access(company: Company) -> None:
    with company.scope(), pytest.raises(DomainError, match="their own access"):
        services.suspend_member(
            actor=company.actor("Adam"),
            membership=Membership.objects.select_related("user", "group").get(
                id=company.people["Adam"].id
            ),
            reason="Enough",
            now=NOW,
        )


def test_somebody_is_a_member_of_an_organization_once(company: Company) -> None:
    with company.scope(), pytest.raises(DomainError, match="member already"):
        services.add_member(
            actor=system(company.organization),
            group=company.root,
            email=company.people["Alice"].user.email.upper(),
            name="Alice Again",
            now=NOW,
        )


def test_a_person_can_belong_to_two_organizations() -> None:
    first, second = make_company("Northwind Works"), make_company("Contoso")
    with second.scope():
        services.add_member(
            actor=system(second.organization),
            group=second.root,
            email=first.people["Alice"].user.email,
            name="Alice Requester",
            now=NOW,
        )
    found = selectors.memberships_of(first.people["Alice"].user_id)
    assert {organization.name for organization, _ in found} == {"Northwind Works", "Contoso"}


@pytest.mark.parametrize("slug", ["api", "accounts", "decide"])
def test_an_address_of_the_products_own_cannot_be_an_organizations(slug: str) -> None:
    with pytest.raises(DomainError, match="cannot be an address"):
        services.create_organization(
            name="Squatter", slug=slug, currency="USD", time_zone="UTC", now=NOW
        )


def test_an_unknown_time_zone_is_refused_beside_its_field() -> None:
    with pytest.raises(DomainError) as refusal:
        services.create_organization(
            name="Nowhere", currency="USD", time_zone="Mars/Olympus", now=NOW
        )
    assert refusal.value.field == "time_zone"


def test_a_secret_is_stored_as_a_hash_and_leads_to_its_row() -> None:
    organization = make_organization()
    with tenancy.scope(organization.id):
        token = services.issue_secret(
            organization_id=organization.id,
            kind="DECISION",
            row_id=organization.id,
            expires_at=NOW,
            now=NOW,
        )
    found = selectors.resolve_secret(token, "DECISION")
    assert found is not None
    assert found.row_id == organization.id
    assert selectors.resolve_secret(token, "OTHER") is None
    assert selectors.resolve_secret(token[:-1], "DECISION") is None


def test_a_group_out_of_sight_is_not_found(company: Company) -> None:
    with company.scope(), pytest.raises(NotFound):
        selectors.group_for(company.actor("Tom"), company.groups["Engineering"].id)


def test_after_a_migration_permissions_are_what_the_table_of_roles_says(company: Company) -> None:
    with company.scope():
        held = GroupPermission.objects.count()
        GroupPermission.objects.filter(permission__codename="view_orders").delete()
    emit_post_migrate_signal(0, False, "default", apps=ProjectState().apps, plan=[])
    with company.scope():
        assert GroupPermission.objects.count() < held, (
            "what is before the first migration is left alone"
        )
    emit_post_migrate_signal(0, False, "default", apps=apps, plan=[])
    with company.scope():
        assert GroupPermission.objects.count() == held
