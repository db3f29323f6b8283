"""Files of groups: read whatever wrote them, compared with the tree, and written back exactly."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import count, pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.tree_files import (
    HEAD,
    Plan,
    TreeGroup,
    decoded,
    digest_of,
    line_of,
    plan,
    read,
)
from procurement.core.errors import DomainError
from procurement.core.files import csv_file

_new = count(1_000)
ROOT = TreeGroup(UUID(int=1), None, "Northwind Works", "", "ROOT", None, None)
FACILITIES = TreeGroup(UUID(int=2), ROOT.id, "Facilities", "F-1", "DEPARTMENT", None, None)
FIELD = TreeGroup(UUID(int=3), FACILITIES.id, "Field Service", "F-2", "TEAM", None, None)
DESKS = TreeGroup(UUID(int=4), FACILITIES.id, "Workplace", "", "TEAM", None, date(2026, 12, 31))
TREE = (ROOT, FACILITIES, FIELD, DESKS)


def next_id() -> UUID:
    return UUID(int=next(_new))


def written(tree: Sequence[TreeGroup]) -> str:
    return decoded(b"".join(csv_file(HEAD, [line_of(group) for group in tree])))


def planned(text: str, tree: Sequence[TreeGroup] = TREE, *, archive: bool = False) -> Plan:
    return plan(tree, read(text), archive_missing=archive, new_id=next_id)


def applied(tree: Sequence[TreeGroup], made: Plan) -> dict[UUID, TreeGroup]:
    """Return the tree after a plan, done group by group."""
    after = {
        group.id: replace(group, is_active=group.is_active and group.id not in made.closing)
        for group in tree
    }
    for one in (*made.additions, *made.targets):
        after[one.id] = TreeGroup(
            one.id, one.parent_id, one.name, one.code, one.kind, one.starts_on, one.ends_on
        )
    return after


def sentences(made: Plan) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in made.problems]


WORDS = st.text(
    st.sampled_from("=+-@'\"\t\r\n;,| aZé李") | st.characters(codec="utf-8", categories=("L", "P")),
    min_size=1,
    max_size=8,
).filter(lambda text: bool(text.strip()))
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def trees(draw: st.DrawFn, *, fresh: int = 0) -> list[TreeGroup]:
    """Draw a tree whose open siblings have names of their own; its ids overlap with another's."""
    ids = draw(st.lists(st.integers(2, 9 + fresh), max_size=8, unique=True))
    tree = [replace(ROOT, name=draw(WORDS))]
    taken = set()
    for number in ids:
        parent = draw(st.sampled_from(tree))
        name = draw(WORDS)
        if (parent.id, name) in taken or " ".join(name.split()) == "":
            continue
        taken.add((parent.id, name))
        starts_on, ends_on = draw(DAYS), draw(DAYS)
        if starts_on and ends_on and ends_on < starts_on:
            starts_on, ends_on = ends_on, starts_on
        kind = draw(st.sampled_from(("SITE", "DEPARTMENT", "COST_CENTRE", "TEAM", "PROJECT")))
        code = draw(st.just("") | st.text("=-A1 '", max_size=4))
        tree.append(TreeGroup(UUID(int=number), parent.id, name, code, kind, starts_on, ends_on))
    return tree


@settings(max_examples=60)
@given(trees())
def test_a_file_that_was_written_and_is_read_again_changes_nothing(tree: list[TreeGroup]) -> None:
    made = planned(written(tree), tree, archive=True)
    assert not made.problems
    assert not made.notes
    assert made.changes_nothing
    assert made.unchanged == len(tree)


@settings(max_examples=60)
@given(trees(), trees())
def test_a_plan_makes_of_any_tree_what_the_file_says(
    before: list[TreeGroup], wanted: list[TreeGroup]
) -> None:
    made = planned(written(wanted), before, archive=True)
    if made.problems:
        # Codes and names that two lines share are refused where no id tells them apart.
        assert {problem.column for problem in made.problems} <= {"code", "name"}
        return
    after = applied(before, made)
    open_groups = [group for group in after.values() if group.is_active]
    assert len(open_groups) == len(wanted)
    for group in wanted:
        if group.id in {one.id for one in before}:
            assert after[group.id].kind == group.kind
            assert after[group.id].ends_on == group.ends_on
    again = planned(written(wanted), list(after.values()), archive=True)
    assert not again.problems
    assert again.changes_nothing


@settings(max_examples=60)
@given(trees(), trees())
def test_paths_lead_from_the_top_to_each_group_as_its_parents_say(
    before: list[TreeGroup], wanted: list[TreeGroup]
) -> None:
    made = planned(written(wanted), before, archive=True)
    after = applied(before, made)
    for one, path in made.paths.items():
        assert path[0] == ROOT.id
        assert path[-1] == one
        for above, below in pairwise(path):
            assert after[below].parent_id == above


def test_a_foreign_file_is_read_by_its_keys_and_found_again_by_its_codes() -> None:
    text = (
        "unit_id;parent_id;source_code;name;budget\n"
        "ou0;;root;Works of the North;1\n"
        "ou1;ou0;310;Repairs;2\n"
        "ou2;ou1;311;Desks;3\n"
        "ou3;ou1;312;Desks;4\n"
    )
    made = planned(text)
    assert not made.problems
    assert [one.name for one in made.additions] == ["Repairs", "Desks", "Desks (312)"]
    assert [one.kind for one in made.additions] == ["DEPARTMENT", "TEAM", "TEAM"]
    assert [(note.line, note.sentence) for note in made.notes] == [
        (5, "Beside another “Desks”, so it is called “Desks (312)”.")
    ]
    (change,) = made.changes
    assert ("name", "Northwind Works", "Works of the North") in change.fields
    after = list(applied(TREE, made).values())
    again = planned(text, after)
    assert again.changes_nothing
    assert not again.notes


def test_groups_move_by_code_and_what_the_file_does_not_say_stays() -> None:
    made = planned("Code,Parent code,Name\nF-1,Northwind Works,Facilities\nF-2,,Field Service\n")
    assert sentences(made) == [(3, "parent")]
    made = planned("code,parent code,name\nF-2,Northwind Works,Field\n")
    (move,) = made.moves
    assert (move.name, move.from_id, move.to_id) == ("Field Service", FACILITIES.id, ROOT.id)
    (target,) = made.targets
    assert (target.name, target.kind) == ("Field", "TEAM")
    assert made.paths == {FIELD.id: (ROOT.id, FIELD.id)}
    assert not made.closing


def test_paths_of_names_place_groups_with_or_without_the_organizations_own() -> None:
    for text in (
        "path\nFacilities / Field Service\nFacilities / Field Service / North\n",
        "path\nNorthwind Works > Facilities > Field Service > North\n",
    ):
        made = planned(text)
        assert not made.problems
        assert [(one.name, one.parent_id) for one in made.additions] == [("North", FIELD.id)]
    assert sentences(planned("path\nElsewhere / Field Service\n")) == [(2, "path")]


def test_two_siblings_may_swap_their_names() -> None:
    made = planned(
        f"id,name\n{FIELD.id},Workplace\n{DESKS.id},Field Service\n",
    )
    assert not made.problems
    assert not made.notes
    after = applied(TREE, made)
    assert (after[FIELD.id].name, after[DESKS.id].name) == ("Workplace", "Field Service")
    assert after[DESKS.id].ends_on == DESKS.ends_on


def test_what_the_file_leaves_out_is_archived_only_when_that_is_asked_for() -> None:
    text = written([ROOT, FACILITIES])
    assert planned(text).changes_nothing
    made = planned(text, archive=True)
    assert set(made.closing) == {FIELD.id, DESKS.id}
    assert set(made.tops) == {FIELD.id, DESKS.id}
    top = planned(written([ROOT]), archive=True)
    assert set(top.closing) == {FACILITIES.id, FIELD.id, DESKS.id}
    assert top.tops == (FACILITIES.id,)


def test_a_group_that_stays_must_not_stand_below_one_that_is_archived() -> None:
    made = planned(written([ROOT, FIELD]), archive=True)
    assert sentences(made) == [(3, "parent")]
    closed = replace(FACILITIES, is_active=False)
    made = planned(written([closed]))
    assert set(made.closing) == {FACILITIES.id, FIELD.id, DESKS.id}
    assert sentences(planned(written([ROOT, closed, FIELD]))) == [(4, "parent")]


def test_archived_groups_stay_as_they_are() -> None:
    tree = [*TREE, replace(DESKS, id=UUID(int=5), name="Old", is_active=False)]
    assert planned(written(tree), tree, archive=True).changes_nothing
    reopened = written(tree).replace("archived", "open")
    assert sentences(planned(reopened, tree)) == [(6, "id")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("a,,Northwind Works\nb,nowhere,Lost\nc,b,Below\n", [(3, "parent")]),
        ("a,,Northwind Works\nb,a,One\nb,a,Two\n", [(4, "id")]),
        ("a,,Northwind Works\nb,c,One\nc,b,Two\n", [(4, "parent")]),
        ("a,,Northwind Works\nb,b,Own\n", [(3, "parent")]),
        ("a,,Top\nb,,Other\nc,a,Below\n", [(3, "parent")]),
        ("a,,Northwind Works\nb,a,\n", [(3, "name")]),
        (f"a,,Northwind Works\nb,a,{'x' * 201}\n", [(3, "name")]),
        (f"a,,Northwind Works\n{'b' * 121},a,One\n", [(3, "code")]),
    ],
    ids=["lost", "twice", "circle", "own", "two tops", "no name", "long name", "long code"],
)
def test_what_is_wrong_stands_beside_its_line(lines: str, said: list[tuple[int, str]]) -> None:
    made = planned(f"id,parent,name\n{lines}")
    assert sorted(sentences(made)) == sorted(said)


def test_cells_that_cannot_be_read_are_named() -> None:
    made = planned(
        "code,parent,name,kind,starts on,ends on,state\n"
        "1,Facilities,One,galaxy,2026-02-30,,\n"
        "2,Facilities,Two,Cost center,31.07.2026,2026-06-30,\n"
        "3,Facilities,Three,ROOT,,,gone\n"
    )
    assert sentences(made) == [
        (2, "kind"),
        (2, "starts_on"),
        (3, "ends_on"),
        (4, "kind"),
        (4, "state"),
    ]


def test_a_chain_without_end_is_refused() -> None:
    lines = "".join(f"G{number},G{number - 1}\n" for number in range(1, 300))
    made = planned(f"name,parent\nG0,Facilities\n{lines}")
    assert {column for _, column in sentences(made)} == {"parent"}
    assert max(len(path) for path in made.paths.values()) <= 100


def test_a_circle_through_groups_that_the_file_leaves_out_is_refused() -> None:
    made = planned(f"id,parent_id,name\n{FACILITIES.id},{FIELD.id},Facilities\n")
    assert sentences(made) == [(2, "parent")]


def test_a_name_that_is_taken_needs_a_code() -> None:
    made = planned("parent,name\nFacilities,Annex\nFacilities,Annex\n")
    assert sentences(made) == [(3, "name")]
    assert "the name of line 2" in made.problems[0].sentence


def test_a_single_line_without_a_parent_never_renames_the_organization() -> None:
    assert sentences(planned("name,parent\nRobotics,\n")) == [(2, "parent")]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "name,parent\n", "budget,owner\n1,2\n", "name,name\na,b\n", 'name\n"open\n'],
)
def test_what_is_no_table_of_groups_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_will_do(encoding: str) -> None:
    text = "name\tparent\nBüro für Übergänge\tFacilities\nCafé\tFacilities\n"
    made = planned(decoded(text.encode(encoding)))
    assert [one.name for one in made.additions] == ["Büro für Übergänge", "Café"]


def test_the_digest_is_another_one_once_anything_has_changed() -> None:
    assert digest_of(TREE) == digest_of(reversed(TREE))
    for changed in (
        replace(DESKS, name="Desks"),
        replace(DESKS, parent_id=ROOT.id),
        replace(DESKS, is_active=False),
    ):
        assert digest_of((*TREE[:-1], changed)) != digest_of(TREE)
