"""Addresses of the API of budgets."""

from django.urls import path

from budgets import api

app_name = "budgets"

urlpatterns = [
    path("", api.BudgetList.as_view(), name="list"),
    path("mine/", api.OwnBudgets.as_view(), name="mine"),
    path("allowances/", api.AllowanceList.as_view(), name="allowances"),
    path("allowances/<uuid:allowance_id>/", api.AllowanceDetail.as_view(), name="allowance"),
    path(
        "allowances/<uuid:allowance_id>/people/",
        api.AllowancePeople.as_view(),
        name="allowance-people",
    ),
    path("increases/", api.IncreaseList.as_view(), name="increases"),
    path("increases/<uuid:increase_id>/", api.IncreaseDetail.as_view(), name="increase"),
    path(
        "increases/<uuid:increase_id>/withdraw/",
        api.IncreaseWithdrawal.as_view(),
        name="withdraw-increase",
    ),
    path("<uuid:budget_id>/", api.BudgetDetail.as_view(), name="detail"),
]
