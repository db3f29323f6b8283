"""Pages of insights."""

from analytics.views.backtests import (
    backtest,
    backtest_change,
    backtest_changes,
    backtest_csv,
    backtest_people_csv,
    backtests,
    cancel_backtest,
    compare_backtests,
    compare_backtests_csv,
    start_backtest,
)
from analytics.views.segments import segments, segments_csv
from analytics.views.spend import download, orders, spend

__all__ = [
    "backtest",
    "backtest_change",
    "backtest_changes",
    "backtest_csv",
    "backtest_people_csv",
    "backtests",
    "cancel_backtest",
    "compare_backtests",
    "compare_backtests_csv",
    "download",
    "orders",
    "segments",
    "segments_csv",
    "spend",
    "start_backtest",
]
