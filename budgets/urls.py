"""Addresses of budgets."""

from django.urls import path

from budgets import views

app_name = "budgets"

urlpatterns = [
    path("", views.budget_list, name="list"),
    path("meters.csv", views.tree_csv, name="tree-csv"),
    path("ledger.csv", views.ledgers_csv, name="ledgers-csv"),
    path("new/", views.create_budget, name="create"),
    path("caps/<uuid:budget_id>/", views.change_cap, name="change-cap"),
    path("caps/<uuid:budget_id>/end/", views.end_budget, name="end"),
    path("mine/", views.own_budgets, name="mine"),
    path("allowances/", views.allowances, name="allowances"),
    path("allowances/new/", views.create_allowance, name="create-allowance"),
    path("allowances/<uuid:allowance_id>/", views.allowance, name="allowance"),
    path("allowances/<uuid:allowance_id>/change/", views.change_allowance, name="change-allowance"),
    path("allowances/<uuid:allowance_id>/end/", views.end_allowance, name="end-allowance"),
    path("ledger-checks/", views.ledger_checks, name="ledger-checks"),
    path("ledger-checks/<uuid:check_id>/", views.ledger_check, name="ledger-check"),
    path("increases/", views.increases, name="increases"),
    path("increases/<uuid:increase_id>/", views.increase, name="increase"),
    path(
        "increases/<uuid:increase_id>/withdraw/", views.withdraw_increase, name="withdraw-increase"
    ),
    path(
        "increases/<uuid:increase_id>/questions/<uuid:question_id>/",
        views.answer_increase,
        name="answer-increase",
    ),
    path("<uuid:period_id>/increase/", views.ask_increase, name="ask-increase"),
    path("plan/", views.plan_table, name="plan"),
    path("plan/caps/", views.plan_caps, name="plan-caps"),
    path("plan/copy/", views.copy_plan, name="plan-copy"),
    path("plan/split/<uuid:budget_id>/", views.split_plan, name="plan-split"),
    path("plan/roll-up/", views.roll_up_plan, name="plan-roll-up"),
    path("plan/budgets.csv", views.export_budgets, name="export"),
    path("plan/import/", views.import_budgets, name="import"),
    path("plan/import/<uuid:file_id>/", views.budget_import, name="import-plan"),
    path(
        "plan/import/<uuid:file_id>/problems.csv",
        views.import_problems_csv,
        name="import-problems-csv",
    ),
    path("settings/", views.settings, name="settings"),
    path("settings/calendar/", views.fiscal_calendar, name="fiscal-calendar"),
    path("transfers/", views.transfers, name="transfers"),
    path("transfers/<uuid:transfer_id>/", views.transfer, name="transfer"),
    path(
        "transfers/<uuid:transfer_id>/withdraw/", views.withdraw_transfer, name="withdraw-transfer"
    ),
    path("earmarks/<uuid:earmark_id>/release/", views.release_earmark, name="release-earmark"),
    path("<uuid:period_id>/freeze/", views.freeze, name="freeze"),
    path("<uuid:period_id>/thaw/", views.thaw, name="thaw"),
    path("<uuid:period_id>/close/", views.close, name="close"),
    path("<uuid:period_id>/reopen/", views.reopen, name="reopen"),
    path("<uuid:period_id>/adjust/", views.adjust, name="adjust"),
    path("<uuid:period_id>/earmarks/", views.earmarks, name="earmarks"),
    path("<uuid:period_id>/earmarks/new/", views.set_aside, name="set-aside"),
    path("<uuid:period_id>/transfer/", views.ask_transfer, name="ask-transfer"),
    path("plan/import/<uuid:file_id>/apply/", views.apply_import, name="import-apply"),
    path("plan/import/<uuid:file_id>/again/", views.renew_import, name="import-renew"),
    path("plan/import/<uuid:file_id>/discard/", views.discard_import, name="import-discard"),
    path("<uuid:period_id>/", views.ledger, name="ledger"),
    path("<uuid:period_id>/outlook/", views.outlook, name="outlook"),
    path("<uuid:period_id>/outlook.csv", views.outlook_csv, name="outlook-csv"),
    path("<uuid:period_id>/compare/", views.compare, name="compare"),
    path("<uuid:period_id>/ledger.csv", views.ledger_csv, name="ledger-csv"),
]
