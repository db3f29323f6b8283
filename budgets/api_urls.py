"""Addresses of the API of budgets."""

from django.urls import path

from budgets import api

app_name = "budgets"

urlpatterns = [
    path("", api.BudgetList.as_view(), name="list"),
    path("increases/", api.IncreaseList.as_view(), name="increases"),
    path("increases/<uuid:increase_id>/", api.IncreaseDetail.as_view(), name="increase"),
    path(
        "increases/<uuid:increase_id>/withdraw/",
        api.IncreaseWithdrawal.as_view(),
        name="withdraw-increase",
    ),
    path("periods/<uuid:period_id>/ledger/", api.PeriodLedger.as_view(), name="period-ledger"),
    path("periods/<uuid:period_id>/outlook/", api.PeriodOutlook.as_view(), name="period-outlook"),
    path(
        "periods/<uuid:period_id>/compare/",
        api.PeriodComparison.as_view(),
        name="period-comparison",
    ),
    path("<uuid:budget_id>/", api.BudgetDetail.as_view(), name="detail"),
]
