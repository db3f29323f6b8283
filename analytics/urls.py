"""Addresses of insights, below ``/<organization>/insights/``."""

from django.urls import path

from analytics import views

app_name = "analytics"

urlpatterns = [
    path("", views.spend, name="spend"),
    path("orders/", views.orders, name="orders"),
    path("download/spend-by-<str:report>.csv", views.download, name="download"),
    path("budgets/<uuid:period_id>/categories/", views.segments, name="segments"),
    path("budgets/<uuid:period_id>/categories.csv", views.segments_csv, name="segments-csv"),
    path("backtests/", views.backtests, name="backtests"),
    path("backtests/new/", views.start_backtest, name="start-backtest"),
    path("backtests/compare/", views.compare_backtests, name="compare-backtests"),
    path("backtests/compare.csv", views.compare_backtests_csv, name="compare-backtests-csv"),
    path("backtests/<uuid:run_id>/", views.backtest, name="backtest"),
    path("backtests/<uuid:run_id>/cancel/", views.cancel_backtest, name="cancel-backtest"),
    path("backtests/<uuid:run_id>/orders/", views.backtest_changes, name="backtest-changes"),
    path("backtests/<uuid:run_id>/orders.csv", views.backtest_csv, name="backtest-csv"),
    path(
        "backtests/<uuid:run_id>/orders/<uuid:change_id>/",
        views.backtest_change,
        name="backtest-change",
    ),
    path(
        "backtests/<uuid:run_id>/approvals.csv",
        views.backtest_people_csv,
        name="backtest-people-csv",
    ),
]
