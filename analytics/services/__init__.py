"""Every write of analytics, by noun."""

from analytics.services.backtests import (
    Backtest,
    advance_backtest,
    cancel_backtest,
    drop_old_backtests,
    fail_backtest,
    may_backtest,
    record_backtest_download,
    start_backtest,
    sweep_backtests,
    take_up_backtest,
)
from analytics.services.following import (
    Progress,
    follow_trail,
    forget,
    record_download,
    record_segments_download,
)

__all__ = [
    "Backtest",
    "Progress",
    "advance_backtest",
    "cancel_backtest",
    "drop_old_backtests",
    "fail_backtest",
    "follow_trail",
    "forget",
    "may_backtest",
    "record_backtest_download",
    "record_download",
    "record_segments_download",
    "start_backtest",
    "sweep_backtests",
    "take_up_backtest",
]
