"""The reader against an oracle: 36 months of a large city's purchasing cards.

Contains information licensed under the Open Government Licence – Toronto.
"""

import csv
import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from procurement.orders.history.dates import DateStyle
from procurement.orders.history.reading import Reading, Row
from procurement.orders.history.source import fingerprint
from procurement.orders.history.spool import spooling
from procurement.orders.history.survey import Options, survey
from tests.orders.history.files import read, shared_data, write

pytestmark = pytest.mark.data


def test_every_row_is_read_and_every_order_adds_up_to_what_the_city_published() -> None:
    path = shared_data("toronto_pcard.csv.gz")
    published = {}
    with gzip.open(shared_data("toronto_statements.csv.gz"), "rt", encoding="utf-8") as text:
        for statement in csv.DictReader(text):
            if statement["agrees"] == "1":
                published[statement["statement_id"]] = Decimal(statement["published_total_cad"])
    layout = survey(path, fingerprint(path), Options())
    with spooling() as spool:
        rejects = 0
        for one in Reading(path, layout):
            if isinstance(one, Row):
                spool.add(one)
            else:
                rejects += 1
        spool.close_orders()
        totals = {draft.number: draft.amount for draft in spool.drafts()}
        assert (spool.rows, rejects, len(totals)) == (173_377, 0, 31_668)
        assert spool.amount == Decimal("50223796.30")
    assert len(published) == 31_666
    assert {number: totals[number] for number in published} == published


def test_the_sample_is_read_as_it_stands() -> None:
    found = read(shared_data("toronto_pcard_sample.csv.gz"))
    assert (len(found.rows), len(found.rejects), found.layout.currency) == (5_000, 0, "CAD")


def other_shape(rows: list[dict[str, str]]) -> str:
    """Write purchases as quite another system would: tabs, day first, sub-totals, tax columns."""
    lines = ["Card transactions 2017 to 2019", ""]
    head = ["Merchant", "Purpose", "Posted (dd/mm/yy)", "Tax", "Net Amount", "Total (CAD)"]
    lines.append("\t".join([*head, "Statement No.", "Kostenstelle", "Department Name", "Currency"]))
    for number, statement in enumerate(by_statement(rows)):
        for row in statement:
            amount = Decimal(row["amount_cad"])
            year, month, day = row["posting_date"].split("-")
            shown = f"{abs(amount):,.2f}"
            cells = [
                row["merchant"],
                row["purpose"].replace("\t", " "),
                f"{day}/{month}/{year[2:]}",
                "0.00",
                shown,
                f"(${shown})" if amount < 0 else f"${shown}",
                row["statement_id"],
                row["cost_centre"],
                row["division"],
                "CAD",
            ]
            lines.append("\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells))
        if number % 10 == 0:
            total = sum(Decimal(row["amount_cad"]) for row in statement)
            lines.append(f"Subtotal\t\t\t\t\t{total:,.2f}\t\t\t\t")
    return "\r\n".join([*lines, f"Grand Total\t\t\t\t\t{1:,.2f}\t\t\t\t", ""])


def by_statement(rows: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["statement_id"], []).append(row)
    return list(found.values())


def test_the_sample_in_quite_another_shape_adds_up_to_the_same(tmp_path: Path) -> None:
    with gzip.open(
        shared_data("toronto_pcard_sample.csv.gz"), "rt", encoding="utf-8", newline=""
    ) as text:
        rows = list(csv.DictReader(text))
    content = other_shape(rows).encode("cp1252", errors="replace")
    found = read(write(tmp_path, content, name="export.txt"))
    assert (found.layout.separator, found.layout.date_style) == ("\t", DateStyle.DAY_FIRST)
    assert {reject.reason for reject in found.rejects} == {"sub-total or total row"}
    assert len(found.rows) == len(rows)
    read_back = {(row.order, row.posted_on, row.supplier, row.amount) for row in found.rows}
    assert read_back == {
        (
            row["statement_id"],
            date.fromisoformat(row["posting_date"]),
            row["merchant"],
            Decimal(row["amount_cad"]),
        )
        for row in rows
    }
