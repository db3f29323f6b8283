"""Reports, backtests and the trail."""

from tests.tenancy.routes.doors import ADAM, KEEPERS, Door, both, get, post

PAGES: tuple[Door, ...] = (
    get("analytics:spend", *KEEPERS),
    get("analytics:orders", *KEEPERS),
    get("analytics:download", *KEEPERS),
    get("analytics:segments", *KEEPERS),
    # Of a budget with one period alone there is no file, whoever asks.
    get("analytics:segments-csv"),
    get("analytics:backtests", *KEEPERS),
    *both("analytics:start-backtest", *KEEPERS),
    get("analytics:compare-backtests", *KEEPERS),
    # Without two finished runs to compare there is no file, whoever asks.
    get("analytics:compare-backtests-csv"),
    get("analytics:backtest", *KEEPERS),
    post("analytics:cancel-backtest", *KEEPERS),
    get("analytics:backtest-changes", *KEEPERS),
    get("analytics:backtest-change", *KEEPERS),
    get("analytics:backtest-csv", *KEEPERS),
    get("analytics:backtest-people-csv", *KEEPERS),
    get("audit:trail", ADAM),
    get("audit:download", ADAM),
)

API: tuple[Door, ...] = (
    get("api:analytics:spend", *KEEPERS),
    *both("api:analytics:backtests", *KEEPERS),
    get("api:analytics:backtest", *KEEPERS),
    Door("DELETE", "api:analytics:backtest", KEEPERS),
    get("api:analytics:backtest-changes", *KEEPERS),
    get("api:analytics:compare-backtests", *KEEPERS),
)
