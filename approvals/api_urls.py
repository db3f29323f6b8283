"""Addresses of the API of approvals."""

from django.urls import path

from approvals import api, limits_api

app_name = "approvals"

urlpatterns = [
    path("", api.Inbox.as_view(), name="inbox"),
    path("<uuid:request_id>/", api.RequestView.as_view(), name="request"),
    path("<uuid:request_id>/decide/", api.Decide.as_view(), name="decide"),
    path("limits/", limits_api.ApprovalLimitList.as_view(), name="limits"),
    path("limits/<uuid:membership_id>/", limits_api.ApprovalLimitDetail.as_view(), name="limit"),
]
