"""Addresses of the API of approvals."""

from django.urls import path

from approvals import api

app_name = "approvals"

urlpatterns = [
    path("", api.Inbox.as_view(), name="inbox"),
    path("absences/", api.AbsenceList.as_view(), name="absences"),
    path(
        "absences/<uuid:delegation_id>/",
        api.AbsenceDetail.as_view(),
        name="absence",
    ),
    path("policies/check/", api.PolicyCheckView.as_view(), name="policy-check"),
    path("policies/deciding/", api.DecidingSettingsView.as_view(), name="deciding-settings"),
    path("<uuid:request_id>/", api.RequestView.as_view(), name="request"),
    path("<uuid:request_id>/decide/", api.Decide.as_view(), name="decide"),
    path("decide-many/", api.DecideMany.as_view(), name="decide-many"),
    path("<uuid:request_id>/questions/", api.Questions.as_view(), name="questions"),
    path("questions/<uuid:question_id>/answer/", api.Answer.as_view(), name="answer"),
    path("<uuid:request_id>/hand-over/", api.HandOver.as_view(), name="hand-over"),
    path("<uuid:request_id>/approvers/", api.Approvers.as_view(), name="add-approver"),
    path(
        "stages/<uuid:stage_id>/remove/",
        api.RemoveApprover.as_view(),
        name="remove-approver",
    ),
    path("stages/<uuid:stage_id>/due/", api.Extend.as_view(), name="extend"),
    path("<uuid:request_id>/reject-lines/", api.RejectLines.as_view(), name="reject-lines"),
    path("policies/export/", api.PolicyExport.as_view(), name="policies-export"),
    path(
        "policies/import/check/",
        api.FileCheck.as_view(),
        name="policies-import-check",
    ),
    path("policies/import/", api.PolicyImport.as_view(), name="policies-import"),
    path("limits/", api.ApprovalLimitList.as_view(), name="limits"),
    path("limits/<uuid:membership_id>/", api.ApprovalLimitDetail.as_view(), name="limit"),
    path("policies/<uuid:group_id>/", api.GroupPolicy.as_view(), name="policy"),
]
