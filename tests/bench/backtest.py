"""A policy tried on a hundred thousand orders of the past, in one worker."""

import logging
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts import selectors
from analytics import services, tasks
from analytics.filters import Source
from analytics.models import BacktestRun
from approvals.routing import Tier
from approvals.starting import starting_policy
from procurement.core import tenancy
from tests.bench.submits import database
from tests.factories.accounts import NOW, Company, actor_of, make_company
from tests.factories.analytics import make_import
from tests.factories.approvals import publish
from tests.factories.catalogs import make_supplier

ORDERS = 100_000
GROUPS = 4
FIRST = date(2023, 1, 1)
DAYS = 1000

_FILL_ORDERS = """
INSERT INTO orders_importedorder (id, organization_id, history_import_id, sequence, number,
    group_id, buyer_id, buyer_name, posted_on, currency, amount, outcome, approvals, explanation)
SELECT gen_random_uuid(), %(organization)s, %(history)s, n, 'B-' || n,
    (%(groups)s::uuid[])[1 + n %% %(many)s], NULL, 'B. Buyer',
    %(first)s::date + (n::bigint * %(days)s / %(orders)s)::int, 'USD',
    (5 + (n * 7919) %% 240000 / 100.0), 'AT_ONCE', '[]', '[]'
FROM generate_series(1, %(orders)s) n
"""

_FILL_LINES = """
INSERT INTO orders_importedline (id, organization_id, order_id, line, group_id, supplier_id,
    supplier_spelling, category_id, account, mcc, description, posted_on, transacted_on, amount,
    guidance)
SELECT gen_random_uuid(), o.organization_id, o.id, 2 * o.sequence + part, o.group_id,
    %(supplier)s, '', NULL, '', '', '', o.posted_on, NULL, o.amount / 2, 'NEUTRAL'
FROM orders_importedorder o, generate_series(0, 1) part
WHERE o.organization_id = %(organization)s
"""


def run() -> None:
    """Measure one run from being taken up to its end, and print the orders of a second."""
    logging.disable(logging.WARNING)
    with database():
        company = make_company("Bench Backtest")
        backtest = _prepared(company)
        start, busy = time.perf_counter(), time.process_time()
        tasks.run_backtest(organization_id=str(company.organization.id), run_id=str(backtest.id))
        spent, busy = time.perf_counter() - start, time.process_time() - busy
        with company.scope():
            backtest.refresh_from_db()
        print(f"\n{ORDERS:,} past orders of two lines each, {backtest.changed:,} of them changed")
        rate = backtest.processed / spent
        print(f"{'try a policy on them':<44}{spent:>9.2f} s {rate:>9,.0f} a second")
        print(f"{'of it in the worker itself':<44}{busy:>9.2f} s")


def _prepared(company: Company) -> BacktestRun:
    """Fill a history and ask for a run that changes a tenth of it."""
    organization = company.organization
    with tenancy.scope(organization.id):
        supplier = make_supplier(company, "Halden Tools")
        parameters: dict[str, Any] = {
            "organization": organization.id,
            "history": make_import(company).id,
            "groups": [group.id for group in company.groups.values()],
            "many": GROUPS,
            "first": FIRST,
            "days": DAYS,
            "orders": ORDERS,
            "supplier": supplier.id,
        }
        with connection.cursor() as cursor:
            cursor.execute(_FILL_ORDERS, parameters)
            cursor.execute(_FILL_LINES, parameters)
        typical = starting_policy(organization.currency)
        publish(company, typical)
        tiers = (Tier(Decimal(250), ()), *typical.tiers[1:])
        return services.start_backtest(
            actor=actor_of(company.people["Adam"]),
            group=selectors.root_group(),
            document=replace(typical, tiers=tiers),
            label="Automatic up to 250",
            first=FIRST,
            last=FIRST + timedelta(days=DAYS),
            sources=[Source.IMPORTED],
            now=NOW,
        )
