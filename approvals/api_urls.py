"""Addresses of the API of approvals."""

from django.urls import path

from approvals import api, policy_files_api

app_name = "approvals"

urlpatterns = [
    path("", api.Inbox.as_view(), name="inbox"),
    path("<uuid:request_id>/", api.RequestView.as_view(), name="request"),
    path("<uuid:request_id>/decide/", api.Decide.as_view(), name="decide"),
    path("policies/export/", policy_files_api.PolicyExport.as_view(), name="policies-export"),
    path("policies/check/", policy_files_api.PolicyCheck.as_view(), name="policies-check"),
    path("policies/import/", policy_files_api.PolicyImport.as_view(), name="policies-import"),
]
