"""Files of groups, planned and applied: every floor follows, all of it or nothing."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors, services
from accounts.effects import Effect, EffectKind
from accounts.health import FindingKind
from accounts.models import (
    GroupPlacement,
    MemberMove,
    Membership,
    OrgGroup,
    PositionHolder,
    Role,
    RoleGrant,
    TreeImport,
)
from accounts.permissions import Permission
from accounts.tree_files import decoded
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.orders import selectors as orders
from procurement.orders.services import submit_requisition
from tests.factories.accounts import NOW, Company, make_company, make_group, make_member
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(days=1)
ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("PROCUREMENT_DATA", ROOT.parent / "shared" / "data"))
FEDERAL = DATA / "org_units_us_federal.csv"


@pytest.fixture
def company() -> Iterator[Company]:
    made = make_company()
    with made.scope():
        yield made


def exported(company: Company) -> str:
    return decoded(b"".join(services.export_tree(actor=company.actor("Adam"), now=NOW)))


def planned(company: Company, text: str, *, archive: bool = False, who: str = "Adam") -> TreeImport:
    return services.plan_tree_import(
        actor=company.actor(who),
        file_name="groups.csv",
        content=text,
        archive_missing=archive,
        now=NOW,
    )


def apply(company: Company, plan: TreeImport, *, seen: str | None = None) -> TreeImport:
    return services.apply_tree_import(
        actor=company.actor("Adam"), import_id=plan.id, seen=seen or plan.plan["seen"], now=LATER
    )


def fresh(group: OrgGroup) -> OrgGroup:
    return OrgGroup.objects.get(id=group.id)


def assert_paths_agree() -> None:
    groups = {group.id: group for group in OrgGroup.objects.all()}
    for group in groups.values():
        above = groups[group.parent_id].path if group.parent_id else []
        assert group.path == [*above, group.id]
    standing = GroupPlacement.objects.filter(until__isnull=True)
    assert {(one.group_id, one.parent_id, one.is_active) for one in standing} == {
        (group.id, group.parent_id, group.is_active) for group in groups.values()
    }


def test_what_was_downloaded_changes_nothing_when_it_is_uploaded(company: Company) -> None:
    make_group(company.organization, company.root, "=SUM(A1)")
    make_group(company.organization, company.root, "'=quoted, “twice”")
    services.archive_group(actor=company.actor("Adam"), group=company.groups["Workplace"], now=NOW)
    plan = planned(company, exported(company), archive=True)
    assert plan.plan["counts"] == {
        "additions": 0,
        "moves": 0,
        "changes": 0,
        "removals": 0,
        "unchanged": 6,
        "notes": 0,
        "problems": 0,
    }
    with pytest.raises(DomainError, match="nothing to change"):
        apply(company, plan)


def test_a_plan_changes_nothing_and_is_applied_as_it_was_shown(company: Company) -> None:
    facilities, workplace = company.groups["Facilities"], company.groups["Workplace"]
    text = (
        "id,parent_id,name,code\n"
        f"{workplace.id},Engineering,Desks,4410\n"
        f"new,{facilities.id},Grounds,4500\n"
        "newer,new,Trees,4510\n"
    )
    plan = planned(company, text)
    assert fresh(workplace).name == "Workplace"
    assert OrgGroup.objects.count() == 5
    assert [one["place"] for one in plan.plan["additions"]] == [
        "Facilities",
        "Facilities › Grounds",
    ]
    (move,) = plan.plan["moves"]
    assert (move["from"], move["to"]) == ("Facilities", "Engineering")
    assert "Tom Technician ceases to be Technician of Desks." in [
        effect["sentence"] for effect in plan.plan["effects"]
    ]
    done = apply(company, plan)
    assert done.status == TreeImport.Status.APPLIED
    moved = fresh(workplace)
    assert (moved.name, moved.code, moved.parent_id) == (
        "Desks",
        "4410",
        company.groups["Engineering"].id,
    )
    trees = OrgGroup.objects.get(name="Trees")
    assert [fresh_name(one) for one in trees.path[1:]] == ["Facilities", "Grounds", "Trees"]
    assert_paths_agree()
    with pytest.raises(Conflict, match="applied already"):
        apply(company, plan)


def fresh_name(group_id: UUID) -> str:
    return OrgGroup.objects.get(id=group_id).name


def test_siblings_swap_their_names_and_a_new_one_takes_a_freed_name(company: Company) -> None:
    field, desks = company.groups["Field Service"], company.groups["Workplace"]
    facilities = company.groups["Facilities"]
    text = (
        "id,parent_id,name,code\n"
        f"{field.id},{facilities.id},Workplace,\n"
        f"{desks.id},{company.root.id},Field Service,\n"
        f"x,{facilities.id},Field Service,77\n"
    )
    apply(company, planned(company, text))
    assert fresh(field).name == "Workplace"
    assert (fresh(desks).name, fresh(desks).parent_id) == ("Field Service", company.root.id)
    assert OrgGroup.objects.filter(parent=facilities, name="Field Service").count() == 1
    assert_paths_agree()


def test_what_the_file_leaves_out_is_archived_with_all_that_hangs_on_it(company: Company) -> None:
    facilities = company.groups["Facilities"]
    text = "\r\n".join(
        line
        for line in exported(company).splitlines()
        if "Facilities" not in line and str(facilities.id) not in line
    )
    plan = planned(company, text, archive=True)
    assert {one["name"] for one in plan.plan["removals"]} == {
        "Facilities",
        "Field Service",
        "Workplace",
    }
    apply(company, plan)
    assert not fresh(facilities).is_active
    alice = company.people["Alice"]
    assert Membership.objects.get(id=alice.id).group_id == company.root.id
    assert not RoleGrant.objects.in_force(LATER).filter(membership=alice).exists()
    assert not PositionHolder.objects.current().filter(group=facilities).exists()
    archived = AuditEvent.objects.get(action=AuditAction.GROUP_ARCHIVED)
    assert (archived.subject_id, archived.after) == (facilities.id, {"groups": 3})
    assert_paths_agree()


def test_orders_stay_with_their_group_when_a_file_moves_or_archives_it() -> None:
    market = make_market()
    with market.scope():
        cart = market.cart(("drill", 4))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        group, engineering = market.groups["Field Service"], market.groups["Engineering"]
        text = f"id,parent_id,name\n{group.id},{engineering.id},Field Service\n"
        apply(market, planned(market, text))
        assert seen_by_dana(market, cart.id)
        without = f"id,parent_id,name,state\n{group.id},{engineering.id},Field Service,archived\n"
        plan = planned(market, without)
        assert [one["name"] for one in plan.plan["removals"]] == ["Field Service"]
        apply(market, plan)
        assert seen_by_dana(market, cart.id)


def seen_by_dana(market: Market, requisition_id: UUID) -> bool:
    dana = market.actor("Dana")
    return orders.requisition_for(dana, requisition_id) is not None


def test_a_file_with_problems_is_kept_and_cannot_be_applied(company: Company) -> None:
    plan = planned(company, "name,parent\nAnnex,Nowhere\n")
    assert plan.plan["problems"] == [
        {
            "line": 2,
            "column": "parent",
            "sentence": "There is no group “Nowhere”, in the file or among the groups.",
        }
    ]
    with pytest.raises(DomainError, match="problems"):
        apply(company, plan)
    assert not OrgGroup.objects.filter(name="Annex").exists()


def test_what_has_changed_since_is_a_conflict_until_it_is_compared_again(company: Company) -> None:
    plan = planned(company, "name,parent\nAnnex,Engineering\n")
    make_group(company.organization, company.root, "In the meantime")
    with pytest.raises(Conflict, match="have changed since"):
        apply(company, plan)
    renewed = services.renew_tree_import(actor=company.actor("Adam"), import_id=plan.id, now=LATER)
    assert apply(company, renewed).status == TreeImport.Status.APPLIED


def test_effects_that_are_others_than_the_ones_shown_are_a_conflict(company: Company) -> None:
    workplace = company.groups["Workplace"]
    plan = planned(company, f"id,parent_id,name\n{workplace.id},Engineering,Workplace\n")
    make_member(company.organization, company.groups["Facilities"], "Ute New", Role.FINANCE)
    with pytest.raises(Conflict, match="not what you were shown"):
        apply(company, plan)
    assert fresh(workplace).parent_id == company.groups["Facilities"].id
    assert TreeImport.objects.get().status == TreeImport.Status.PLANNED


def test_what_follows_is_what_follows_a_move_and_an_archiving_by_hand() -> None:
    market = make_market()
    with market.scope():
        cart = market.cart(("drill", 4))
        submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
        actor, group = market.actor("Adam"), market.groups["Field Service"]
        target = market.groups["Engineering"]
        head = "id,parent_id,name,state\n"
        move = planned(market, f"{head}{group.id},{target.id},Field Service,\n")
        by_hand = services.preview_move(actor=actor, group=group, target=target, now=NOW)
        assert sentences_of(move) == beside_the_group(by_hand)
        archive = planned(market, f"{head}{group.id},,Field Service,archived\n")
        by_hand = services.preview_archive(actor=actor, group=group, now=NOW)
        assert sentences_of(archive) == beside_the_group(by_hand)


def sentences_of(plan: TreeImport) -> set[str]:
    return {effect["sentence"] for effect in plan.plan["effects"]}


def beside_the_group(effects: list[Effect]) -> set[str]:
    return {one.sentence for one in effects if one.kind is not EffectKind.GROUP_CHANGED}


def test_a_planned_move_of_a_person_keeps_a_file_from_archiving_where_they_go(
    company: Company,
) -> None:
    target = company.groups["Engineering"]
    MemberMove.objects.create(
        organization_id=company.organization.id,
        membership=company.people["Alice"],
        from_group=company.groups["Field Service"],
        to_group=target,
        effective_at=LATER,
        ordered_by="Adam Administrator",
        created_at=NOW,
    )
    plan = planned(company, f"id,parent_id,name,state\n{target.id},,Engineering,archived\n")
    assert plan.plan["is_blocked"]
    with pytest.raises(DomainError, match="Call that move off"):
        apply(company, plan)
    assert fresh(target).is_active


def test_archiving_by_file_takes_the_permission_to_manage_people(company: Company) -> None:
    adam = company.actor("Adam")
    shaper = replace(adam, grants={**adam.grants, Permission.MANAGE_PEOPLE: frozenset()})
    asked: dict[str, Any] = {
        "actor": shaper,
        "file_name": "groups.csv",
        "content": "name,parent\nAnnex,Engineering\n",
        "now": NOW,
    }
    services.plan_tree_import(**asked)
    with pytest.raises(NotAllowed):
        services.plan_tree_import(**asked, archive_missing=True)


def test_a_file_is_put_aside(company: Company) -> None:
    plan = planned(company, "name,parent\nAnnex,Engineering\n")
    actor = company.actor("Adam")
    services.discard_tree_import(actor=actor, import_id=plan.id, now=NOW)
    with pytest.raises(Conflict, match="discarded already"):
        apply(company, plan)


@pytest.mark.parametrize("who", ["Alice", "Dana", "Tom"])
def test_it_takes_the_permission_to_shape_the_whole_tree(company: Company, who: str) -> None:
    with pytest.raises(NotAllowed):
        planned(company, "name,parent\nAnnex,Engineering\n", who=who)


def test_each_step_is_in_the_trail(company: Company) -> None:
    plan = planned(company, "name,parent\nAnnex,Engineering\n")
    apply(company, plan)
    events = list(
        AuditEvent.objects.filter(subject_id=plan.id).order_by("at").values_list("action", "after")
    )
    assert [action for action, _ in events] == ["tree.import_planned", "tree.imported"]
    assert events[1][1] == {**plan.plan["counts"], "digest": plan.digest}
    exported(company)
    assert AuditEvent.objects.filter(action=AuditAction.TREE_EXPORTED).count() == 1


def test_its_sql_does_not_grow_with_the_number_of_groups(company: Company) -> None:
    def queries(groups: int) -> int:
        lines = "".join(f"Annex {groups} {one},Engineering\n" for one in range(groups))
        plan = planned(company, f"name,parent\n{lines}")
        with CaptureQueriesContext(
            connection,
        ) as counted:
            apply(company, plan)
        return len(counted)

    assert queries(2) == queries(40)


@pytest.mark.data
@pytest.mark.skipif(
    not FEDERAL.exists(),
    reason=f"{FEDERAL} is missing; set PROCUREMENT_DATA to the directory with it",
)
def test_the_federal_tree_comes_in_and_goes_out_as_it_is(company: Company) -> None:
    text = decoded(FEDERAL.read_bytes())
    plan = planned(company, text)
    counts = plan.plan["counts"]
    assert (counts["additions"], counts["notes"], counts["problems"]) == (3_653, 397, 0)
    apply(company, plan)
    assert OrgGroup.objects.count() == 3_653 + 5
    assert_paths_agree()
    again = planned(company, text)
    assert again.plan["counts"]["unchanged"] == 3_654
    assert not again.plan["changes"]
    back = planned(company, exported(company), archive=True)
    assert back.plan["counts"]["unchanged"] == 3_658
    found = selectors.check_hierarchy(company.actor("Adam"), on=NOW.date(), now=NOW)
    assert FindingKind.UNSEATED not in {one.kind for one in found}
