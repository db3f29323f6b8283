"""Addresses of the API of budgets."""

from django.urls import path

from budgets import api

app_name = "budgets"

urlpatterns = [
    path("", api.BudgetList.as_view(), name="list"),
    path("export/", api.BudgetExport.as_view(), name="export"),
    path("imports/", api.BudgetImportList.as_view(), name="imports"),
    path("imports/<uuid:file_id>/", api.BudgetImportDetail.as_view(), name="import"),
    path("imports/<uuid:file_id>/apply/", api.BudgetImportApply.as_view(), name="import-apply"),
    path("imports/<uuid:file_id>/again/", api.BudgetImportAgain.as_view(), name="import-again"),
    path("plans/caps/", api.PlanCaps.as_view(), name="plan-caps"),
    path("plans/copy/", api.PlanCopy.as_view(), name="plan-copy"),
    path("plans/split/", api.PlanSplit.as_view(), name="plan-split"),
    path("plans/roll-up/", api.PlanRollUp.as_view(), name="plan-roll-up"),
    path("<uuid:budget_id>/", api.BudgetDetail.as_view(), name="detail"),
]
