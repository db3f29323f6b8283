"""Addresses of insights, below ``/<organization>/insights/``."""

from django.urls import path

from analytics import views

app_name = "analytics"

urlpatterns = [
    path("", views.spend, name="spend"),
    path("orders/", views.orders, name="orders"),
    path("download/spend-by-<str:report>.csv", views.download, name="download"),
]
