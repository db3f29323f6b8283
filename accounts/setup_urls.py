"""Addresses of the first-run guide and of an organization's particulars."""

from django.urls import path

from accounts.views import setup

app_name = "setup"

urlpatterns = [
    path("", setup.guide, name="guide"),
    path("organization/", setup.organization, name="organization"),
    path("close/", setup.close, name="close"),
    path("<slug:step>/skip/", setup.skip, name="skip"),
]
