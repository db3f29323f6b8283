"""Addresses of the API of approvals."""

from django.urls import path

from approvals import api, api_checking

app_name = "approvals"

urlpatterns = [
    path("", api.Inbox.as_view(), name="inbox"),
    path("policies/check/", api_checking.PolicyCheckView.as_view(), name="policy-check"),
    path("<uuid:request_id>/", api.RequestView.as_view(), name="request"),
    path("<uuid:request_id>/decide/", api.Decide.as_view(), name="decide"),
]
