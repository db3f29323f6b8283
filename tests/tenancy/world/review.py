"""An order of the past, and policies tried on it."""

from approvals.starting import starting_policy
from tests.factories.accounts import NOW
from tests.factories.analytics import (
    make_backtest,
    make_backtest_change,
    make_import,
    make_imported_line,
    make_imported_order,
)
from tests.tenancy.world.stage import World


def set_up(world: World) -> None:
    """Have two policies tried, of which one would have changed an order's way."""
    market = world.market
    facilities = market.groups["Facilities"]
    supplier = market.items["glasses"].supplier
    past = make_imported_order(make_import(market), facilities, "S-1", 1)
    make_imported_line(past, 1, facilities, supplier, None, NOW.date(), "12.50")
    tried = make_backtest(market)
    world.ids |= {
        "order_id": past.id,
        "run_id": tried.id,
        "other_id": make_backtest(market).id,
        "change_id": make_backtest_change(tried, past).id,
    }
    world.forms |= {
        "api:analytics:backtests": {
            "group": str(market.groups["Workplace"].id),
            "document": starting_policy("USD").to_json(),
            "first": "2026-01-01",
            "last": "2026-12-31",
        },
    }
