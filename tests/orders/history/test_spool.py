from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from procurement.orders.history.reading import Row
from procurement.orders.history.spool import OrderDraft, spooling


def row(line: int, order: str, day: int, amount: str = "1.00", supplier: str = "ACME") -> Row:
    return Row(
        line, order, date(2024, 1, day), None, Decimal(amount), "Parks", "P1", "Parks north",
        supplier, "", "", "", "", "", "", "", "",
    )  # fmt: skip


def drafts_of(rows: list[Row]) -> list[OrderDraft]:
    with spooling() as spool:
        for one in rows:
            spool.add(one)
        assert spool.close_orders() == len({r.order or r.line for r in rows})
        return list(spool.drafts())


def test_rows_of_one_order_belong_together_however_far_apart() -> None:
    found = drafts_of([row(2, "A", 5), row(3, "B", 4), row(4, "A", 3)])
    assert [(draft.number, [line.line for line in draft.lines]) for draft in found] == [
        ("B", [3]),
        ("A", [2, 4]),
    ]


def test_a_row_without_an_order_number_is_an_order_of_its_own() -> None:
    assert [
        (draft.number, len(draft.lines)) for draft in drafts_of([row(2, "", 5), row(3, "", 5)])
    ] == [
        ("", 1),
        ("", 1),
    ]


def test_orders_come_by_the_date_of_their_last_line_then_by_their_place_in_the_file() -> None:
    found = drafts_of([row(2, "A", 9), row(3, "B", 5), row(4, "C", 5), row(5, "B", 9)])
    assert [(draft.sequence, draft.number) for draft in found] == [(1, "C"), (2, "A"), (3, "B")]


def test_spellings_that_differ_in_blanks_alone_are_one_word_of_the_vocabulary() -> None:
    with spooling() as spool:
        spool.add(row(2, "A", 1, supplier="THE  DEPOT"))
        spool.add(row(3, "A", 1, supplier="THE DEPOT"))
        assert list(spool.suppliers) == ["THE DEPOT"]
        assert spool.place_names == {0: "Parks north"}


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "A", "B", "C"]), st.integers(1, 28), st.integers(-500, 500)),
        max_size=40,
    )
)
def test_no_line_and_no_cent_is_lost(purchases: list[tuple[str, int, int]]) -> None:
    rows = [
        row(number, order, day, str(Decimal(cents) / 100))
        for number, (order, day, cents) in enumerate(purchases, start=2)
    ]
    found = drafts_of(rows)
    assert sorted(line.line for draft in found for line in draft.lines) == [r.line for r in rows]
    assert sum(draft.amount for draft in found) == sum(r.amount for r in rows)
    assert [draft.sequence for draft in found] == list(range(1, len(found) + 1))
    assert [draft.posted_on for draft in found] == sorted(draft.posted_on for draft in found)
