"""The reader against an oracle: 36 months of a large city's purchasing cards.

Contains information licensed under the Open Government Licence – Toronto.
"""

import csv
import gzip
from decimal import Decimal

import pytest

from procurement.orders.history.reading import Reading, Row
from procurement.orders.history.source import fingerprint
from procurement.orders.history.spool import spooling
from procurement.orders.history.survey import Options, survey
from tests.orders.history.files import read, shared_data

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
