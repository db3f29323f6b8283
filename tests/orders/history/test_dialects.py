"""What is written in any dialect of a purchase history reads back the same."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.orders.history.amounts import NumberStyle
from procurement.orders.history.dates import DateStyle
from procurement.orders.history.survey import Options
from tests.orders.history.files import read, write

# Order, date, department, cost centre, supplier, purpose, amount.
_HEADERS = """
english: Order No.|Posting Date|Division|Cost Center|Merchant|Purpose|Amount
snake: po_number|posted_date|department|cost_centre|vendor_name|description|total
camel: PurchaseOrderId|PostingDate|DeptName|CostCentre|SupplierName|Details|LineAmount
german: Bestellnummer|Buchungsdatum|Abteilung|Kostenstelle|Lieferant|Verwendungszweck|Betrag
french: N° de commande|Date comptable|Département|Centre de coûts|Fournisseur|Libellé|Montant TTC
spanish: Número de pedido|Fecha contable|Departamento|Centro de costo|Proveedor|Concepto|Importe
"""

HEADERS = {
    name: headers.split("|")
    for name, headers in (line.split(": ") for line in _HEADERS.strip().splitlines())
}

DATE_FORMATS = {
    DateStyle.YEAR_FIRST: "%Y-%m-%d",
    DateStyle.MONTH_FIRST: "%m/%d/%Y",
    DateStyle.DAY_FIRST: "%d/%m/%Y",
}

# Text that no encoding of the dialects below refuses, and that is no total's label by chance.
LETTERS = st.sampled_from("ABCXYZabcxyz019 éüñçß&'\",;|\t.#*/-()")

WORD = (
    st.text(alphabet=LETTERS, min_size=1, max_size=24)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(character.isalnum() for character in text))
)


class Purchase(NamedTuple):
    order: str
    posted_on: date
    department: str
    cost_centre: str
    supplier: str
    description: str
    amount: Decimal


@dataclass(frozen=True)
class Dialect:
    encoding: str
    separator: str
    headers: str
    order: tuple[int, ...]
    number_style: NumberStyle
    date_style: DateStyle
    line_end: str
    is_compressed: bool
    quoting: int


PURCHASES = st.lists(
    st.builds(
        Purchase,
        order=st.from_regex(r"[A-Z]{1,2}-[0-9]{1,5}", fullmatch=True),
        posted_on=st.dates(min_value=date(2010, 1, 1), max_value=date(2030, 12, 31)),
        department=WORD,
        cost_centre=st.from_regex(r"[A-Z][0-9]{4}", fullmatch=True),
        supplier=WORD,
        description=st.one_of(WORD, st.just(""), st.just("two\nlines")),
        amount=st.integers(-10_000_000, 10_000_000).map(lambda cents: Decimal(cents) / 100),
    ),
    min_size=3,
    max_size=25,
)

DIALECTS = st.builds(
    Dialect,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    headers=st.sampled_from(sorted(HEADERS)),
    order=st.permutations(range(7)).map(tuple),
    number_style=st.sampled_from(NumberStyle),
    date_style=st.sampled_from(sorted(DATE_FORMATS)),
    line_end=st.sampled_from(["\r\n", "\n"]),
    is_compressed=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)


def cells_of(purchase: Purchase, dialect: Dialect) -> list[str]:
    amount = f"{purchase.amount:,.2f}"
    if dialect.number_style is NumberStyle.COMMA:
        amount = amount.translate(str.maketrans(",.", ".,"))
    day = purchase.posted_on.strftime(DATE_FORMATS[dialect.date_style])
    return [purchase.order, day, *purchase[2:6], amount]


def written(purchases: list[Purchase], dialect: Dialect) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=dialect.separator,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_ALL if dialect.quoting == csv.QUOTE_ALL else csv.QUOTE_MINIMAL,
    )
    for cells in [HEADERS[dialect.headers], *(cells_of(one, dialect) for one in purchases)]:
        writer.writerow([cells[index] for index in dialect.order])
    return text.getvalue().encode(dialect.encoding)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(purchases=PURCHASES, dialect=DIALECTS)
def test_what_is_written_in_any_dialect_reads_back_the_same(
    tmp_path: Path, purchases: list[Purchase], dialect: Dialect
) -> None:
    name = "history.csv.gz" if dialect.is_compressed else "history.csv"
    path = write(tmp_path, written(purchases, dialect), name=name)
    # Where every day is below the thirteenth, the style is a guess; the flag settles it.
    is_open = all(one.posted_on.day <= 12 for one in purchases)
    found = read(path, Options(date_style=dialect.date_style if is_open else None))
    assert found.rejects == []
    assert [
        Purchase(row[1], row[2], row[5], row[6], row[8], row[15], row[4]) for row in found.rows
    ] == purchases
