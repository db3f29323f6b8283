"""Addresses of the audit trail, below ``/<organization>/audit/``."""

from django.urls import path

from procurement.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.trail, name="trail"),
    path("audit-trail.csv", views.download, name="download"),
]
