"""Addresses as people paste them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.addresses import Entry, parse, parse_one, why_not

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_words = st.text(_LETTERS, min_size=1, max_size=8)
_emails = st.builds(lambda local, host: f"{local}@{host}.example", _words, _words)
_names = st.builds(
    lambda *words: " ".join(word.capitalize() for word in words),
    st.text("abcdefgåéü", min_size=1, max_size=8),
    st.text("abcdefg", min_size=1, max_size=8),
)


def people(text: str) -> list[tuple[str, str]]:
    found = parse(text)
    assert not [entry.problem for entry in found if entry.problem]
    return [(entry.name, entry.email) for entry in found]


@pytest.mark.parametrize(
    "text",
    [
        "anna@example.com, ben@example.com",
        "anna@example.com;ben@example.com;",
        "anna@example.com ben@example.com",
        "anna@example.com\r\n\r\n  ben@example.com\n",
        "anna@example.com\tben@example.com",
        "<anna@example.com>, mailto:BEN@Example.COM",
        "<anna@example.com> <ben@example.com>",
    ],
)
def test_any_usual_separator_parts_addresses(text: str) -> None:
    assert people(text) == [("", "anna@example.com"), ("", "ben@example.com")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna Smith <anna@example.com>", "Anna Smith"),
        ('"Smith, Anna" <anna@example.com>', "Anna Smith"),
        ("Smith, Anna <anna@example.com>", "Anna Smith"),
        ("“Smith, Anna” <anna@example.com>", "Anna Smith"),
        ("'Anna Smith' <anna@example.com>", "Anna Smith"),
        ("Anna Smith anna@example.com", "Anna Smith"),
        ("anna@example.com Anna Smith", "Anna Smith"),
        ("Anna Smith\tanna@example.com", "Anna Smith"),
        ("anna@example.com\tSmith, Anna", "Anna Smith"),
        ('"anna@home.example" <anna@example.com>', "anna@home.example"),
    ],
)
def test_a_name_is_found_beside_its_address(text: str, name: str) -> None:
    assert people(text) == [(name, "anna@example.com")]


def test_named_people_stand_one_after_the_other_however_they_are_parted() -> None:
    text = (
        "Smith, Anna <anna@example.com>; Lee, Ben <ben@example.com>, "
        "Cy <cy@example.com> d@example.com"
    )
    assert people(text) == [
        ("Anna Smith", "anna@example.com"),
        ("Ben Lee", "ben@example.com"),
        ("Cy", "cy@example.com"),
        ("", "d@example.com"),
    ]


def test_what_is_no_address_is_told_and_takes_nobody_with_it() -> None:
    found = parse("Anna Smith; ben@example.com; carl@; dora@example; eve@exa mple.com")
    assert [bool(entry.problem) for entry in found] == [True, False, True, True, True]
    assert found[0].problem == "“Anna Smith” has no email address."
    assert "before the @" in why_not("a..b@example.com")
    assert "after the @" in why_not("anna@example")
    assert "longer" in why_not(f"{'a' * 65}@example.com")
    assert not why_not("o'neil+x@sub.exämple.com")


def test_a_quotation_mark_without_its_fellow_swallows_nobody() -> None:
    assert people('"Anna <anna@example.com>, ben@example.com')[1] == ("", "ben@example.com")


def test_a_cell_holds_one_person() -> None:
    assert parse_one("Anna <Anna@Example.com>").email == "anna@example.com"
    assert "several" in parse_one("a@example.com b@example.com").problem
    assert parse_one("  ") == Entry("  ", "", problem="The address is missing.")


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_whatever_is_pasted_is_read_without_an_error(text: str) -> None:
    for entry in parse(text):
        assert entry.raw
        assert bool(entry.problem) == bool(why_not(entry.email) or not entry.email)


@given(
    st.lists(st.tuples(_names, _emails), min_size=1, max_size=6),
    st.sampled_from([", ", ";", "\n", " ; \r\n", ",\n"]),
    st.sampled_from(['"{0}" <{1}>', "{0} <{1}>", "{0}\t{1}"]),
)
@settings(max_examples=60)
def test_everybody_who_was_written_down_is_found_again(
    written: list[tuple[str, str]], between: str, form: str
) -> None:
    if "\t" in form:
        between = "\n"
    text = between.join(form.format(name, email) for name, email in written)
    assert people(text) == written
