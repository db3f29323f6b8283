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
    path("<uuid:period_id>/", views.ledger, name="ledger"),
    path("<uuid:period_id>/outlook/", views.outlook, name="outlook"),
    path("<uuid:period_id>/outlook.csv", views.outlook_csv, name="outlook-csv"),
    path("<uuid:period_id>/compare/", views.compare, name="compare"),
    path("<uuid:period_id>/ledger.csv", views.ledger_csv, name="ledger-csv"),
]
