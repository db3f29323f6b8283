"""Addresses of the API of budgets."""

from django.urls import path

from budgets import api

app_name = "budgets"

urlpatterns = [
    path("", api.BudgetList.as_view(), name="list"),
    path("ledger-checks/", api.LedgerCheckList.as_view(), name="ledger-checks"),
    path("ledger-checks/<uuid:check_id>/", api.LedgerCheckDetail.as_view(), name="ledger-check"),
    path("increases/", api.IncreaseList.as_view(), name="increases"),
    path("increases/<uuid:increase_id>/", api.IncreaseDetail.as_view(), name="increase"),
    path(
        "increases/<uuid:increase_id>/withdraw/",
        api.IncreaseWithdrawal.as_view(),
        name="withdraw-increase",
    ),
    path("settings/", api.BudgetSettingsView.as_view(), name="settings"),
    path("fiscal-calendar/", api.FiscalCalendarView.as_view(), name="fiscal-calendar"),
    path("periods/<uuid:period_id>/freeze/", api.PeriodFreeze.as_view(), name="freeze"),
    path("periods/<uuid:period_id>/thaw/", api.PeriodThaw.as_view(), name="thaw"),
    path("periods/<uuid:period_id>/close/", api.PeriodClose.as_view(), name="close"),
    path("periods/<uuid:period_id>/reopen/", api.PeriodReopen.as_view(), name="reopen"),
    path(
        "periods/<uuid:period_id>/adjustments/", api.PeriodAdjustments.as_view(), name="adjustments"
    ),
    path("periods/<uuid:period_id>/earmarks/", api.PeriodEarmarks.as_view(), name="earmarks"),
    path("earmarks/<uuid:earmark_id>/", api.EarmarkDetail.as_view(), name="earmark"),
    path("transfers/", api.TransferList.as_view(), name="transfers"),
    path("transfers/<uuid:transfer_id>/", api.TransferDetail.as_view(), name="transfer"),
    path("transfers/<uuid:transfer_id>/answer/", api.TransferAnswer.as_view(), name="answer"),
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
