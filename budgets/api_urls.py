"""Addresses of the API of budgets."""

from django.urls import path

from budgets import api

app_name = "budgets"

urlpatterns = [
    path("", api.BudgetList.as_view(), name="list"),
    path("<uuid:budget_id>/", api.BudgetDetail.as_view(), name="detail"),
]
