"""Addresses of the API of the catalog."""

from django.urls import path

from catalogs import api

app_name = "catalog"

urlpatterns = [
    path("items/", api.ItemSearch.as_view(), name="search"),
    path("items/<uuid:item_id>/", api.ItemDetail.as_view(), name="item"),
    path("suppliers/", api.SupplierList.as_view(), name="suppliers"),
    path("rules/", api.RuleList.as_view(), name="rules"),
    path("rules/<uuid:rule_id>/", api.RuleDetail.as_view(), name="rule"),
    path("owners/", api.CategoryOwnerList.as_view(), name="owners"),
    path("owners/<uuid:owner_id>/", api.CategoryOwnerDetail.as_view(), name="owner"),
]
