"""How often a submit waits for the database, counted from libpq's own trace."""

import tempfile

import pytest
from django.db import connection

from procurement.orders import services
from tests.factories.accounts import NOW
from tests.factories.orders import make_market

# BEGIN, tenant and COMMIT included; asking how people want to be told is one of them.
MOST = 14


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_a_submit_that_asks_somebody_takes_few_round_trips() -> None:
    market = make_market()
    with market.scope():
        actor = market.actor("Alice")
        draft = market.cart(("drill", 4))
    # Prepared statements and catalogs are warm after a few.
    for _ in range(8):
        with market.scope():
            services.submit_requisition(actor=actor, requisition_id=draft.id, now=NOW)
            draft = market.cart(("drill", 4))
    connection.ensure_connection()
    raw = connection.connection.pgconn
    with tempfile.TemporaryFile() as trace:
        raw.trace(trace.fileno())
        try:
            with market.scope():
                verdict = services.submit_requisition(actor=actor, requisition_id=draft.id, now=NOW)
        finally:
            raw.untrace()
        trace.seek(0)
        told = trace.read()
    # A pipeline whose answers are read before its end waits there, too.
    waited = told.count(b"ReadyForQuery") + told.count(b"\tFlush")
    assert verdict.outcome == services.SubmitOutcome.SUBMITTED
    assert waited <= MOST, waited
