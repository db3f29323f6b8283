"""Addresses of the API of insights, below ``/api/v1/analytics/``."""

from django.urls import path

from analytics import api

app_name = "analytics"

urlpatterns = [path("spend/", api.SpendApi.as_view(), name="spend")]
