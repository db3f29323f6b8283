"""Addresses of budgets."""

from django.urls import path

from budgets import views

app_name = "budgets"

urlpatterns = [
    path("", views.budget_list, name="list"),
    path("ledger.csv", views.ledgers_csv, name="ledgers-csv"),
    path("new/", views.create_budget, name="create"),
    path("caps/<uuid:budget_id>/", views.change_cap, name="change-cap"),
    path("caps/<uuid:budget_id>/end/", views.end_budget, name="end"),
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
    path("<uuid:period_id>/", views.ledger, name="ledger"),
    path("<uuid:period_id>/ledger.csv", views.ledger_csv, name="ledger-csv"),
]
