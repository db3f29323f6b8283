"""The API of insights."""

from analytics.api.backtests import (
    BacktestChanges,
    BacktestComparison,
    BacktestDetail,
    BacktestList,
)
from analytics.api.spend import SpendApi

__all__ = ["BacktestChanges", "BacktestComparison", "BacktestDetail", "BacktestList", "SpendApi"]
