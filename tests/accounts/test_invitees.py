"""What becomes of people who are to be invited: rows of a paste or a file, judged."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.invitees import (
    Acquaintance,
    Chosen,
    Directory,
    Fate,
    Judged,
    Place,
    Standing,
    judge,
)
from accounts.rosters import MOST, Roster, read_file, read_text
from procurement.core.errors import DomainError

ROOT, FIELD, EAST, WEST = (UUID(int=number) for number in range(4))
CHOSEN = Chosen(FIELD, "REQUISITIONER")
DIRECTORY = Directory(
    people={
        "adam@example.com": Acquaintance(Standing.MEMBER),
        "ines@example.com": Acquaintance(Standing.ASKED, "Nov 3, 2026"),
        "lars@example.com": Acquaintance(Standing.LAPSED, "Oct 1, 2026"),
        "sam@example.com": Acquaintance(Standing.OFF_BOARDED, "Sep 30, 2026"),
        "nora@example.com": Acquaintance(Standing.NEVER_JOINED),
    },
    places=(
        Place(ROOT, ("Northwind",)),
        Place(FIELD, ("Northwind", "Facilities", "Field Service"), "4100"),
        Place(EAST, ("Northwind", "East", "Tools")),
        Place(WEST, ("Northwind", "West", "Tools")),
    ),
    roles={"requisitioner": "REQUISITIONER", "finance": "FINANCE"},
    positions={"supervisor": "supervisor", "hr partner": "hr-partner"},
)


def judged(text: str) -> list[Judged]:
    return judge(read_text(text).rows, DIRECTORY, CHOSEN)


def one(head: str, line: str) -> Judged:
    (found,) = judged(f"{head}\n{line}")
    return found


def says(found: Judged) -> list[tuple[str, str]]:
    return [(problem.column, problem.sentence) for problem in found.problems]


def test_whoever_is_new_gets_what_was_chosen_for_all() -> None:
    (found,) = judged("Anna Smith <anna@example.com>")
    assert found.fate is Fate.READY
    assert (found.row.name, found.group_id, found.role) == ("Anna Smith", FIELD, "REQUISITIONER")


@pytest.mark.parametrize(
    ("email", "fate", "words"),
    [
        ("adam@example.com", Fate.KNOWN, "is a member already"),
        ("ines@example.com", Fate.KNOWN, "was invited on Nov 3, 2026"),
        ("lars@example.com", Fate.KNOWN, "has expired"),
        ("sam@example.com", Fate.REJECTED, "off-boarded on Sep 30, 2026: reinstate"),
        ("nora@example.com", Fate.READY, ""),
    ],
)
def test_whom_the_organization_knows_is_recognised(email: str, fate: Fate, words: str) -> None:
    (found,) = judged(email.upper())
    assert found.fate is fate
    assert words in "".join(problem.sentence for problem in found.problems)


def test_the_second_line_with_an_address_names_the_first() -> None:
    first, again = judged("anna@example.com\nANNA@example.com")
    assert first.fate is Fate.READY
    assert again.fate is Fate.DUPLICATE
    assert says(again) == [("Email", "anna@example.com stands on line 1 already.")]


def test_a_refused_line_does_not_make_a_later_good_one_a_duplicate() -> None:
    bad, good = judged("email,group\nanna@example.com,Nowhere\nanna@example.com,4100")
    assert (bad.fate, good.fate) == (Fate.REJECTED, Fate.READY)


@pytest.mark.parametrize(
    "written",
    [
        "4100",
        "field  service",
        "Facilities › Field Service",
        "northwind/facilities/field service",
        "Northwind > Facilities > Field Service",
    ],
)
def test_a_group_is_found_by_code_name_or_way(written: str) -> None:
    assert one("email,group", f"a@example.com,{written}").group_id == FIELD


def test_a_group_of_which_there_are_several_is_refused_with_the_choices() -> None:
    found = one("email,group", "a@example.com,Tools")
    assert found.fate is Fate.REJECTED
    ((column, sentence),) = says(found)
    assert column == "Group"
    assert "Northwind › East › Tools; Northwind › West › Tools" in sentence
    assert one("email,group", "a@example.com,West / Tools").group_id == WEST


def test_every_problem_of_a_line_is_told_beside_its_column() -> None:
    found = one("email,group,role,manager,position", "a@example.com,Mars,King,boss,Court jester")
    assert [problem.column for problem in found.problems] == [
        "Group",
        "Role",
        "Manager",
        "Position",
    ]
    assert "roles are Finance, Requisitioner" in found.problems[1].sentence


def test_a_manager_is_a_member_or_stands_in_the_file() -> None:
    rows = judged(
        "email,manager\n"
        "anna@example.com,adam@example.com\n"
        "ben@example.com,Anna <anna@example.com>\n"
        "cy@example.com,nobody@example.com\n"
        "dora@example.com,cy@example.com\n"
        "eve@example.com,eve@example.com\n"
        "finn@example.com,sam@example.com\n"
    )
    assert [row.fate for row in rows] == [Fate.READY, Fate.READY, *[Fate.REJECTED] * 4]
    assert rows[1].manager_email == "anna@example.com"
    assert says(rows[3]) == [("Manager", "cy@example.com on line 4 cannot be invited.")]


def test_managers_that_go_round_in_a_circle_are_refused() -> None:
    rows = judged(
        "email,manager\na@example.com,b@example.com\nb@example.com,a@example.com\n"
        "c@example.com,a@example.com"
    )
    assert {row.fate for row in rows} == {Fate.REJECTED}


def test_a_file_is_read_whatever_its_encoding_delimiter_and_order_of_columns() -> None:
    text = "Position;E-Mail;Last name;First Name;Shoe size\r\n;jose@example.com;Núñez;José;43\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        roster = read_file(text.encode(encoding))
        assert roster.columns == ("Position", "E-Mail", "Last name", "First Name", "Shoe size")
        assert [(row.number, row.name, row.email) for row in roster.rows] == [
            (2, "José Núñez", "jose@example.com")
        ]


def test_a_file_without_a_head_is_read_as_addresses() -> None:
    roster = read_file(b"sep=;\nName;Email\nAnna;anna@example.com\n")
    assert roster.rows[0].name == "Anna"
    assert [row.email for row in read_file(b"a@example.com\nb@example.com").rows] == [
        "a@example.com",
        "b@example.com",
    ]


def test_an_empty_or_too_long_list_is_refused_with_what_to_do() -> None:
    with pytest.raises(DomainError, match="at least one address"):
        read_text(" \n ")
    with pytest.raises(DomainError, match="5,001 people"):
        read_text("\n".join(f"p{number}@example.com" for number in range(MOST + 1)))
    with pytest.raises(DomainError, match="larger than 4 MB") as refusal:
        read_file(b"x" * (5 << 20))
    assert refusal.value.field == "upload"


@given(st.binary(max_size=200))
@settings(max_examples=40)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        roster = read_file(content)
    except DomainError:
        return
    assert isinstance(roster, Roster)
    judge(roster.rows, DIRECTORY, CHOSEN)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["", *"abcdef"])),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=60)
def test_whoever_is_ready_has_a_chain_of_managers_that_ends(pairs: list[tuple[str, str]]) -> None:
    lines = [f"{who}@example.com,{above and f'{above}@example.com'}" for who, above in pairs]
    found = judged("\n".join(["email,manager", *lines]))
    ready = {one.row.email: one.manager_email for one in found if one.fate is Fate.READY}
    assert len(ready) == sum(one.fate is Fate.READY for one in found)
    for email in ready:
        above, steps = email, 0
        while above:
            above, steps = ready[above], steps + 1
            assert steps <= len(ready)
