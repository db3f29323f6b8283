from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.prose import BlockKind, Span, blocks_of
from accounts.starters import STARTERS
from accounts.training import (
    GRACE,
    NEVER,
    Link,
    Obligation,
    Reading,
    add_months,
    in_the_way,
    standing,
    standings,
    wrong_with,
)

PUBLISHED = date(2026, 1, 15)
TODAY = date(2026, 11, 24)
LONG_AGO = date(2020, 1, 1)

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
obligations = st.builds(
    Obligation,
    page_id=st.just(UUID(int=1)),
    slug=st.just("guided-buying"),
    title=st.just("Guided buying"),
    roles=st.just(frozenset({"REQUISITIONER"})),
    before_buying=st.booleans(),
    every_months=st.none() | st.integers(1, 60),
    required_from=days,
    counts_from=st.integers(1, 3),
    counts_since=days,
)
readings = st.builds(
    lambda last, counts: Reading(last, last if counts else None), days, st.booleans()
) | st.just(NEVER)


def page(
    *,
    every_months: int | None = None,
    before_buying: bool = True,
    required_from: date = PUBLISHED,
    counts_since: date = PUBLISHED,
) -> Obligation:
    return Obligation(
        page_id=UUID(int=1),
        slug="guided-buying",
        title="Guided buying",
        roles=frozenset({"REQUISITIONER"}),
        before_buying=before_buying,
        every_months=every_months,
        required_from=required_from,
        counts_from=1,
        counts_since=counts_since,
    )


def test_a_page_never_read_is_due_and_blocks_from_the_day_it_is_required() -> None:
    found = standing(page(required_from=TODAY), NEVER, held_since=LONG_AGO)
    assert (found.due_on, found.blocks_on) == (TODAY, TODAY)
    assert not found.is_due(TODAY - timedelta(days=1))
    assert found.blocks(TODAY)


def test_a_page_is_due_no_sooner_than_one_holds_the_role() -> None:
    assert standing(page(), NEVER, held_since=TODAY).due_on == TODAY


def test_once_is_enough_where_no_months_are_named() -> None:
    found = standing(page(), Reading(PUBLISHED, PUBLISHED), held_since=LONG_AGO)
    assert (found.due_on, found.blocks_on) == (None, None)


def test_after_the_months_it_is_due_at_once_and_blocks_thirty_days_later() -> None:
    read = date(2025, 11, 24)
    found = standing(page(every_months=12), Reading(read, read), held_since=LONG_AGO)
    assert (found.due_on, found.blocks_on) == (TODAY, TODAY + GRACE)
    assert found.is_due(TODAY)
    assert not found.blocks(TODAY + GRACE - timedelta(days=1))
    assert found.blocks(TODAY + GRACE)


def test_a_version_to_be_read_again_is_due_from_its_publication_with_the_same_grace() -> None:
    changed = page(counts_since=TODAY)
    found = standing(changed, Reading(PUBLISHED, None), held_since=LONG_AGO)
    assert (found.due_on, found.blocks_on, found.is_again) == (TODAY, TODAY + GRACE, True)


def test_a_page_that_is_not_asked_for_before_buying_never_blocks() -> None:
    found = standing(page(before_buying=False), NEVER, held_since=LONG_AGO)
    assert found.is_due(TODAY)
    assert found.blocks_on is None


def test_who_holds_none_of_the_roles_is_asked_nothing() -> None:
    assert standings([(page(), NEVER)], {"FINANCE": LONG_AGO}) == []


def test_the_role_held_longest_counts() -> None:
    both = replace(page(), roles=frozenset({"FINANCE", "REQUISITIONER"}))
    (found,) = standings([(both, NEVER)], {"FINANCE": TODAY, "REQUISITIONER": LONG_AGO})
    assert found.due_on == PUBLISHED


def test_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 8, 31), 1) == date(2026, 9, 30)


@given(obligations, readings, days, days)
def test_what_blocks_is_due_and_what_is_due_stays_so_until_it_is_read(
    obligation: Obligation, reading: Reading, held: date, on: date
) -> None:
    found = standing(obligation, reading, held_since=held)
    if found.blocks(on):
        assert found.is_due(on)
        assert obligation.before_buying
    if found.is_due(on):
        assert found.is_due(on + timedelta(days=400))
        assert on >= max(obligation.required_from, held)


@given(obligations, readings, days, days)
def test_reading_a_version_that_counts_ends_what_is_due_and_clears_the_way(
    obligation: Obligation, reading: Reading, held: date, on: date
) -> None:
    after = standing(obligation, Reading(on, on), held_since=held)
    assert not after.is_due(on)
    assert in_the_way([after], on) == ()
    if obligation.every_months is None:
        assert after.due_on is None


@given(obligations, readings, days, days)
def test_nobody_who_has_read_a_page_once_is_kept_from_buying_without_thirty_days_notice(
    obligation: Obligation, reading: Reading, held: date, on: date
) -> None:
    found = standing(obligation, reading, held_since=held)
    if reading.last_on is not None and found.blocks(on):
        assert found.due_on is not None
        assert on - found.due_on >= GRACE


@pytest.mark.parametrize(
    ("link", "field"),
    [
        (Link("POEM", "Ode", "https://example.com"), "kind"),
        (Link("PAGE", "  ", "https://example.com"), "label"),
        (Link("PAGE", "Site", "http://example.com"), "url"),
        (Link("PAGE", "Site", "javascript:alert(1)"), "url"),
        (Link("PAGE", "Site", "https://"), "url"),
        (Link("PAGE", "Site", "https://bank.example@evil.example/"), "url"),
        (Link("PAGE", "Site", "https://example.com/a b"), "url"),
        (Link("PAGE", "Site", "https://[::1"), "url"),
        (Link("VIDEO", "Clip", "https://example.com"), "seconds"),
        (Link("VIDEO", "Clip", "https://example.com", 181), "seconds"),
        (Link("SLIDES", "Deck", "https://example.com", 60), "seconds"),
    ],
)
def test_a_link_that_will_not_do_is_told_beside_its_field(link: Link, field: str) -> None:
    wrong = wrong_with(link)
    assert wrong is not None
    assert wrong[0] == field


def test_a_video_may_run_three_minutes() -> None:
    assert wrong_with(Link("VIDEO", "Clip", "https://example.com/v", 180)) is None
    wrong = wrong_with(Link("VIDEO", "Clip", "https://example.com/v", 205))
    assert wrong is not None
    assert "3 minutes (180 seconds) at most, and this one for 3:25" in wrong[1]


def test_text_becomes_paragraphs_lists_and_links() -> None:
    found = blocks_of(
        "# Start\nLook **here**.\n\n- one\n- two [the shop](https://shop.example/a)\n1. first\n"
    )
    assert [block.kind for block in found] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.BULLETS,
        BlockKind.STEPS,
    ]
    assert found[1].lines == ((Span("Look "), Span("here", is_strong=True), Span(".")),)
    assert found[2].lines[1] == (Span("two "), Span("the shop", "https://shop.example/a"))


@pytest.mark.parametrize(
    "text",
    [
        "[press](javascript:alert(1))",
        "[press](http://example.com)",
        "[press](https://bank.example@evil.example/)",
        "<a href='x'>press</a>",
    ],
)
def test_what_is_no_safe_link_stays_text(text: str) -> None:
    (block,) = blocks_of(text)
    assert "".join(span.text for span in block.lines[0]) == text
    assert not any(span.url for span in block.lines[0])


def test_a_full_stop_after_an_address_does_not_belong_to_it() -> None:
    (block,) = blocks_of("See https://shop.example/catalog.")
    assert block.lines[0][1] == Span("https://shop.example/catalog", "https://shop.example/catalog")


@given(st.text(alphabet="ab*#-[]()<>1. \nhttps:/", max_size=80))
def test_no_text_gets_lost_and_none_breaks_it(text: str) -> None:
    shown = "".join(span.text for block in blocks_of(text) for line in block.lines for span in line)
    assert shown.count("a") + shown.count("b") <= text.count("a") + text.count("b")
    assert all(
        span.url == "" or span.url.startswith("https://")
        for block in blocks_of(text)
        for line in block.lines
        for span in line
    )


def test_five_pages_are_offered_to_begin_with_under_addresses_of_their_own() -> None:
    assert len({starter.slug for starter in STARTERS}) == 5
    assert all(blocks_of(starter.body) for starter in STARTERS)
