"""The tree around one group, however large the organization is."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import selectors
from accounts.models import OrgGroup, Role
from accounts.services.placements import keep_group_history
from accounts.web import org_reverse
from procurement.core.ids import new_id
from tests.accounts.test_group_pages import BACKEND
from tests.factories.accounts import NOW, Company, make_company, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def widen(company: Company, parent: OrgGroup, number: int) -> list[OrgGroup]:
    """Add many groups below one at once."""
    ids = [new_id() for _ in range(number)]
    made = OrgGroup.objects.bulk_create(
        OrgGroup(
            id=group_id,
            organization_id=company.organization.id,
            parent=parent,
            path=[*parent.path, group_id],
            name=f"Depot {place:04}",
        )
        for place, group_id in enumerate(ids)
    )
    keep_group_history(ids, now=NOW)
    return made


def tree(company: Company, who: str, group: OrgGroup | None, **how: Any) -> selectors.Tree:
    return selectors.tree_around(company.actor(who), group, on=NOW.date(), now=NOW, **how)


def outline(found: selectors.Tree) -> list[str]:
    return [f"{'  ' * (node.level - 1)}{node.name} {node.people}" for node in found.nodes]


def test_only_the_way_to_a_group_is_opened(company: Company) -> None:
    with company.scope():
        assert outline(tree(company, "Adam", company.root)) == [
            "Northwind Works 6",
            "  Engineering 0",
            "  Facilities 3",
        ]
        assert outline(tree(company, "Adam", company.groups["Workplace"])) == [
            "Northwind Works 6",
            "  Engineering 0",
            "  Facilities 3",
            "    Field Service 1",
            "    Workplace 0",
        ]


def test_the_tree_starts_where_the_readers_sight_does(company: Company) -> None:
    with company.scope():
        assert outline(tree(company, "Tom", company.groups["Workplace"])) == [
            "Facilities 3",
            "  Field Service 1",
            "  Workplace 0",
        ]
        assert outline(tree(company, "Bob", None)) == []


def test_a_wide_branch_is_cut_and_says_how_much_is_left(company: Company) -> None:
    with company.scope():
        made = widen(company, company.groups["Engineering"], 130)
        found = tree(company, "Adam", company.groups["Engineering"])
        listed = [node for node in found.nodes if node.name.startswith("Depot")]
        assert (len(listed), listed[-1].rest) == (100, 30)
        deep = tree(company, "Adam", made[-1])
        assert deep.node(made[-1].id), "the group itself is listed, however far down it stands"
        assert deep.nodes[-2].rest in (0, 29)
        wide = tree(company, "Adam", company.groups["Engineering"], shown=200)
        assert sum(node.rest for node in wide.nodes) == 0


def test_archived_groups_are_listed_when_asked_for_and_when_looked_at(company: Company) -> None:
    with company.scope():
        workplace = company.groups["Workplace"]
        OrgGroup.objects.filter(id=workplace.id).update(is_active=False, archived_at=NOW)
        field = company.groups["Field Service"]
        assert tree(company, "Adam", field).node(workplace.id) is None
        assert tree(company, "Adam", field, archived=True).node(workplace.id)
        assert tree(company, "Adam", workplace).node(workplace.id)


def test_the_page_takes_no_more_queries_for_thousands_of_groups(
    client: Client, company: Company
) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    facilities = company.groups["Facilities"]
    address = org_reverse(company.organization, "accounts:group", group_id=facilities.id)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with company.scope():
        widen(company, facilities, 1_500)
        for number in range(30):
            make_member(company.organization, facilities, f"Person {number}", Role.REQUISITIONER)
    with CaptureQueriesContext(connection) as many:
        html = client.get(address).content.decode()
    assert len(many) <= len(few) + 1
    assert "1,400 more" in html.replace("1400", "1,400") or "1402 more" in html
    assert "1–25 of" in html


def test_a_search_finds_groups_anywhere_with_their_place(client: Client, company: Company) -> None:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    address = org_reverse(company.organization, "accounts:groups")
    html = client.get(f"{address}{company.root.id}/?q=field").content.decode()
    assert "1 group with “field”" in html
    assert "Northwind Works › Facilities" in html
    nothing = client.get(f"{address}{company.root.id}/?q=zebra").content.decode()
    assert "No group that you see has “zebra”" in nothing
