"""Addresses of the API of approvals."""

from django.urls import path

from approvals import (
    absence_api,
    actions_api,
    api,
    api_checking,
    limits_api,
    lines_api,
    policy_api,
    policy_files_api,
    settings_api,
)

app_name = "approvals"

urlpatterns = [
    path("", api.Inbox.as_view(), name="inbox"),
    path("absences/", absence_api.AbsenceList.as_view(), name="absences"),
    path(
        "absences/<uuid:delegation_id>/",
        absence_api.AbsenceDetail.as_view(),
        name="absence",
    ),
    path("policies/check/", api_checking.PolicyCheckView.as_view(), name="policy-check"),
    path(
        "policies/deciding/", settings_api.DecidingSettingsView.as_view(), name="deciding-settings"
    ),
    path("<uuid:request_id>/", api.RequestView.as_view(), name="request"),
    path("<uuid:request_id>/decide/", api.Decide.as_view(), name="decide"),
    path("decide-many/", actions_api.DecideMany.as_view(), name="decide-many"),
    path("<uuid:request_id>/questions/", actions_api.Questions.as_view(), name="questions"),
    path("questions/<uuid:question_id>/answer/", actions_api.Answer.as_view(), name="answer"),
    path("<uuid:request_id>/hand-over/", actions_api.HandOver.as_view(), name="hand-over"),
    path("<uuid:request_id>/approvers/", actions_api.Approvers.as_view(), name="add-approver"),
    path(
        "stages/<uuid:stage_id>/remove/",
        actions_api.RemoveApprover.as_view(),
        name="remove-approver",
    ),
    path("stages/<uuid:stage_id>/due/", actions_api.Extend.as_view(), name="extend"),
    path("<uuid:request_id>/reject-lines/", lines_api.RejectLines.as_view(), name="reject-lines"),
    path("policies/export/", policy_files_api.PolicyExport.as_view(), name="policies-export"),
    path(
        "policies/import/check/",
        policy_files_api.FileCheck.as_view(),
        name="policies-import-check",
    ),
    path("policies/import/", policy_files_api.PolicyImport.as_view(), name="policies-import"),
    path("limits/", limits_api.ApprovalLimitList.as_view(), name="limits"),
    path("limits/<uuid:membership_id>/", limits_api.ApprovalLimitDetail.as_view(), name="limit"),
    path("policies/<uuid:group_id>/", policy_api.GroupPolicy.as_view(), name="policy"),
]
