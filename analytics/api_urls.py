"""Addresses of the API of insights, below ``/api/v1/analytics/``."""

from django.urls import path

from analytics import api

app_name = "analytics"

urlpatterns = [
    path("spend/", api.SpendApi.as_view(), name="spend"),
    path("backtests/", api.BacktestList.as_view(), name="backtests"),
    path(
        "backtests/<uuid:run_id>/compare/<uuid:other_id>/",
        api.BacktestComparison.as_view(),
        name="compare-backtests",
    ),
    path("backtests/<uuid:run_id>/", api.BacktestDetail.as_view(), name="backtest"),
    path("backtests/<uuid:run_id>/orders/", api.BacktestChanges.as_view(), name="backtest-changes"),
]
