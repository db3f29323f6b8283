from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from procurement.orders.history.amounts import NumberStyle
from procurement.orders.history.columns import Column
from procurement.orders.history.dates import DateStyle
from procurement.orders.history.source import UnreadableSource, fingerprint
from procurement.orders.history.survey import Options
from tests.orders.history.files import HEADER, Read, read, write


def read_text(folder: Path, text: str, options: Options | None = None) -> Read:
    return read(write(folder, text), options)


def reasons(found: Read) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in found.rejects]


ROW = "A-1,2024-03-04,Parks,P1,ACME,Paint,12.50\n"


def test_every_row_that_cannot_be_read_is_rejected_with_its_line_and_reason(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        HEADER
        + ROW
        + "A-1,soon,Parks,P1,ACME,Paint,12.50\n"
        + "A-1,2024-03-04,Parks,P1,ACME,Paint,twelve\n"
        + "A-1,2024-03-04,Parks,P1,ACME,Paint\n"
        + "A-1,2024-03-04,Parks,P1,ACME,Paint,with,commas,12.50\n"
        + ",,,,,,\n"
        + HEADER
        + "A-1,2024-03-04,Parks,P1,AC\0ME,Paint,12.50\n"
        + ROW,
    )
    assert [row.line for row in found.rows] == [2, 10]
    assert reasons(found) == [
        (3, "'soon' is not a date"),
        (4, "'twelve' is not an amount"),
        (5, "6 fields where the header has 7"),
        (6, "9 fields where the header has 7"),
        (7, "empty row"),
        (8, "the header again"),
        (9, "it has a NUL byte in it"),
    ]
    assert found.rejects[1].raw == "A-1,2024-03-04,Parks,P1,ACME,Paint,twelve"


@pytest.mark.parametrize(
    "row",
    [
        ",,,,Subtotal,,25.00",
        "Subtotal A-1,,,,,,25.00",
        "Total,,,,,,25.00",
        "A-1,2024-03-04,,,Sub-total,,25.00",
        "Grand Total:,2024-03-31,,,,,25.00",
        ",,Parks Total,,,,25.00",
        "Zwischensumme,,,,,,25.00",
        "Total général,,,,,,25.00",
        "Total for A-1,2024-03-04,Parks,P1,,,25.00",
        "Total;25.00",
    ],
)
def test_totals_between_the_rows_are_no_purchases(tmp_path: Path, row: str) -> None:
    found = read_text(tmp_path, HEADER + ROW + row + "\n" + ROW)
    assert (
        reasons(found) == [(3, "sub-total or total row")]
        or "fields where" in found.rejects[0].reason
    )
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    "supplier",
    ["TOTAL WINE & MORE", "TOTAL", "SUM SUM RESTAURANT", "New Balance Store", "TotalEnergies"],
)
def test_a_firm_whose_name_sounds_like_a_total_stays_a_purchase(
    tmp_path: Path, supplier: str
) -> None:
    found = read_text(tmp_path, HEADER + f"A-1,2024-03-04,Parks,P1,{supplier},Paint,12.50\n")
    assert [row.supplier for row in found.rows] == [supplier]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    found = read_text(tmp_path, HEADER + "\n" + ROW + "   \n\n" + ROW + "\n")
    assert [row.line for row in found.rows] == [3, 6]
    assert (found.rejects, found.blank_lines) == ([], 4)


def test_lines_are_counted_as_an_editor_does_when_a_field_has_line_breaks(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        HEADER + 'A-1,2024-03-04,Parks,P1,ACME,"two\r\nlines, and\nmore",12.50\n' + "bad\n" + ROW,
    )
    assert [row.line for row in found.rows] == [2, 6]
    assert [reject.line for reject in found.rejects] == [5]


@pytest.mark.parametrize("column", ["middle", "last"])
def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_alone(
    tmp_path: Path, column: str
) -> None:
    header = "Date,Supplier,Amount,Purpose\n"
    good = '2024-03-04,ACME,12.50,"a, b"\n'
    bad = '2024-03-04,"ACME,12.50,c\n' if column == "middle" else '2024-03-04,ACME,12.50,"c\n'
    found = read_text(
        tmp_path, header + good + bad + good * 3 + bad + "2024-03-04,ACME,12.50,\n" * 900
    )
    assert len(found.rows) == 904
    assert [line for line, _ in reasons(found)] == [3, 7]
    assert {reason for _, reason in reasons(found)} == {"a quotation mark is never closed"}


def test_a_byte_of_another_encoding_costs_its_own_row_alone(tmp_path: Path) -> None:
    rows = [f"A-{number},2024-03-04,Parks,P1,Café,Paint,1.00\n".encode() for number in range(40)]
    rows[7] = rows[7].replace("é".encode(), b"\xe9")
    found = read(write(tmp_path, HEADER.encode() + b"".join(rows)))
    assert len(found.rows) == 39
    assert reasons(found) == [(9, "byte 0xe9 is no character in utf-8")]


def test_the_posting_date_is_preferred_and_the_transaction_date_stands_in(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        "Transaction Date,Posting Date,Vendor,Amount\n"
        "2014-01-02,2017-01-04,ACME,1.00\n2017-01-05,,ACME,2.00\nsoon,2017-01-06,ACME,3.00\n",
    )
    assert [(row.posted_on, row.transacted_on) for row in found.rows] == [
        (date(2017, 1, 4), date(2014, 1, 2)),
        (date(2017, 1, 5), date(2017, 1, 5)),
        (date(2017, 1, 6), None),
    ]


def test_the_order_number_is_no_transaction_number(tmp_path: Path) -> None:
    found = read_text(
        tmp_path, "Transaction Number,Date,Supplier,Amount\n77,2024-01-31,ACME,1.00\n"
    )
    assert found.rows[0].order == ""


@pytest.mark.parametrize(
    ("header", "cells", "amount"),
    [
        ("Net,Tax,Gross", "100.00,13.00,113.00", "113.00"),
        ("Net Amount,VAT", "100.00,13.00", "113.00"),
        ("Debit,Credit", "25.00,", "25.00"),
        ("Debit,Credit", ",25.00", "-25.00"),
        ("Debit,Credit", ",-25.00", "-25.00"),
        ("Amount,D/C", "25.00,C", "-25.00"),
        ("Quantity,Unit Price", "3,1.34", "4.02"),
        ("Amount (CAD),Original Amount", "13.10,10.00", "13.10"),
        ("Original Amount,Transaction Amount", "10.00,13.10", "13.10"),
        ("Total Amount,Amount,Sales Tax", "11.30,10.00,1.30", "11.30"),
    ],
)
def test_the_amount_with_tax_is_found_in_whichever_columns_hold_it(
    tmp_path: Path, header: str, cells: str, amount: str
) -> None:
    found = read_text(tmp_path, f"Date,Supplier,{header}\n2024-01-31,ACME,{cells}\n")
    assert [row.amount for row in found.rows] == [Decimal(amount)]


def test_rows_in_another_currency_are_rejected_not_added_up(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        "Date,Supplier,Amount,Currency\n2024-01-31,A,1.00,CAD\n2024-01-31,B,2.00,CAD\n2024-01-31,C,3.00,EUR\n",
    )
    assert found.layout.currency == "CAD"
    assert reasons(found) == [(4, "its amount is in EUR, the file's in CAD")]


def test_titles_above_the_header_and_a_separator_line_are_passed_over(tmp_path: Path) -> None:
    found = read_text(
        tmp_path,
        "sep=;\nPurchasing card transactions;;\nas of March 2024;;\n\n"
        "Datum;Lieferant;Betrag\n31.01.2024;ACME;1.234,50\n",
    )
    assert found.layout.header_line == 5
    assert [(row.posted_on, row.amount) for row in found.rows] == [
        (date(2024, 1, 31), Decimal("1234.50"))
    ]


def test_unknown_headers_are_understood_by_their_cells(tmp_path: Path) -> None:
    found = read_text(
        tmp_path, "Foo,Wen,Bar,Xyz\n1,2024-01-31,ACME,12.50\n2,2024-02-29,ACME,-3.10\n"
    )
    assert [(row.posted_on, row.amount) for row in found.rows] == [
        (date(2024, 1, 31), Decimal("12.50")),
        (date(2024, 2, 29), Decimal("-3.10")),
    ]


def test_a_header_whose_cells_contradict_it_is_not_believed(tmp_path: Path) -> None:
    found = read_text(
        tmp_path, "Buchungstag;Valuta;Empfänger;Umsatz\n31.01.2024;02.02.2024;ACME;1,50\n"
    )
    assert Column.CURRENCY not in found.layout.columns
    assert found.rows[0].amount == Decimal("1.50")


def test_flags_overrule_what_would_be_detected(tmp_path: Path) -> None:
    text = "When|Who|How much|Extra\n03/04/2024|ACME|1.234|5.00\n"
    found = read_text(
        tmp_path,
        text,
        Options(
            separator="|",
            date_style=DateStyle.DAY_FIRST,
            number_style=NumberStyle.COMMA,
            columns={Column.SUPPLIER: "who", Column.AMOUNT: "#3", Column.POSTED: "When"},
        ),
    )
    assert [(row.posted_on, row.supplier, row.amount) for row in found.rows] == [
        (date(2024, 4, 3), "ACME", Decimal(1234))
    ]


def test_a_guess_is_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, "Date,Supplier,Amount\n03/04/2024,ACME,1.00\n")
    assert any("day or the month first" in note for note in found.layout.notes)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b,c\n1,2,3\n", "No column for the posted"),
        (b"Date,Supplier\n2024-01-31,ACME\n", "No column for the amount"),
        (b"\x1f\x8bnothing of the kind", "cannot be read"),
    ],
)
def test_a_file_that_is_no_history_is_refused_with_a_way_out(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(UnreadableSource, match=sentence):
        read(write(tmp_path, content))


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"no column 'Price'.*Date, Supplier, Amount"):
        read_text(
            tmp_path,
            "Date,Supplier,Amount\n2024-01-31,ACME,1.00\n",
            Options(columns={Column.AMOUNT: "Price"}),
        )


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + ROW * 500, name="history.csv.gz")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableSource, match="cut off"):
        read(path)


def test_compressed_or_not_the_content_is_the_same(tmp_path: Path) -> None:
    plain = fingerprint(write(tmp_path, HEADER + ROW))
    packed = fingerprint(write(tmp_path, HEADER + ROW, name="history.csv.gz"))
    assert plain == packed


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Café Zürich – 5 €", "cp1252"),
        ("naïve façade", "cp1252"),
        ("Łódź Wrocław Kraków żółw gęś", "cp1250"),
        ("Příliš žluťoučký kůň", "cp1250"),
        ("Москва поставщик бумаги и картона", "cp1251"),
        ("İstanbul çağrı şirketi", "cp1254"),
        ("Αθήνα προμηθευτής", "cp1253"),
        ("crème brûlée à la carte", "mac_roman"),
        ("crème brûlée à la carte", "cp850"),
        ("日本語のテスト株式会社", "shift_jis"),
    ],
)
def test_encodings_of_one_byte_are_told_apart(tmp_path: Path, text: str, encoding: str) -> None:
    rows = "".join(f"2024-01-31,{text} {number},1.00\n" for number in range(30))
    found = read(write(tmp_path, "Date,Supplier,Amount\n" + rows, encoding=encoding))
    assert found.rows[0].supplier == f"{text} 0"
