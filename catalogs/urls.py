"""Addresses of the catalog, below ``/<organization>/catalog/``."""

from django.urls import path

from catalogs import views

app_name = "catalogs"

urlpatterns = [
    path("", views.search, name="search"),
    path("items/<uuid:item_id>/", views.item, name="item"),
    path("suppliers/", views.suppliers, name="suppliers"),
    path("suppliers/<uuid:supplier_id>/", views.supplier, name="supplier"),
    path("suppliers/spellings/<uuid:alias_id>/unfold/", views.unfold, name="unfold"),
    path("suppliers/spellings/<uuid:alias_id>/fold/", views.fold, name="fold"),
    path("rules/", views.rules, name="rules"),
    path("rules/set/", views.rule_set, name="rule_set"),
    path("rules/<uuid:rule_id>/end/", views.rule_end, name="rule_end"),
    path("owners/", views.owners, name="owners"),
    path("owners/csv/", views.owners_csv, name="owners-csv"),
    path("owners/name/", views.name_owner, name="name-owner"),
    path("owners/<uuid:owner_id>/end/", views.end_owner, name="end-owner"),
]
