"""Words of a search, as the search vector has them."""

from catalogs.words import plain_words


def test_case_accents_and_punctuation_do_not_matter() -> None:
    assert plain_words("Café-Crème, 3.5 mm!") == ["cafe", "creme", "3", "5", "mm"]


def test_search_operators_are_only_punctuation() -> None:
    assert plain_words("tablet' | !case:* & (x)") == ["tablet", "case", "x"]


def test_a_pasted_page_is_served_by_its_start() -> None:
    assert plain_words("one two three four five six seven eight nine") == [
        "one", "two", "three", "four", "five", "six", "seven", "eight",
    ]  # fmt: skip


def test_nothing_gives_no_words() -> None:
    assert plain_words("  –  ") == []
