import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.core.files import cell, csv_file, text_of


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234.50"), "1234.50"),
        (Decimal("-3.10"), "-3.10"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 11, 24), "2026-11-24"),
        (datetime(2026, 11, 24, 9, 14, tzinfo=UTC), "2026-11-24 09:14:00+00:00"),
        (12, "12"),
        (None, ""),
        ("Kestrel IT", "Kestrel IT"),
        ("=1+1", "'=1+1"),
        ("+1 800 555", "'+1 800 555"),
        ("-2 kg", "'-2 kg"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t=1+1"),
        ("'=1+1", "''=1+1"),
        ("'Tis", "'Tis"),
        ("＝1+1", "'＝1+1"),  # noqa: RUF001 – the full-width sign is the point
    ],
)
def test_a_cell_is_exact_and_never_a_formula(value: Any, written: str) -> None:
    assert cell(value) == written


@given(st.text())
def test_no_text_starts_like_a_formula(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text(st.sampled_from("'=+-@a\t\r\n"), max_size=5) | st.text())
def test_the_text_of_a_cell_is_exact(text: str) -> None:
    assert text_of(cell(text)) == text.replace("\x00", "")


@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\x00"))), max_size=5
    )
)
def test_what_is_written_reads_back(rows: list[tuple[str]]) -> None:
    content = b"".join(csv_file(["Supplier"], rows))
    assert content.startswith(b"\xef\xbb\xbf")
    assert read(content) == [["Supplier"], *([cell(text)] for (text,) in rows)]


def test_a_long_file_comes_in_pieces() -> None:
    pieces = list(csv_file(["n"], ([index] for index in range(2000))))
    assert len(pieces) > 3
    assert len(read(b"".join(pieces))) == 2001
