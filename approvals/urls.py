"""Addresses of approvals within an organization."""

from django.urls import path

from approvals import views

app_name = "approvals"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("decide/", views.decide_many, name="decide-many"),
    path("absence/", views.absence, name="absence"),
    path("absence/set/", views.set_absence, name="set-absence"),
    path("absence/<uuid:delegation_id>/end/", views.end_absence, name="end-absence"),
    path("absence/calendars/add/", views.add_feed, name="add-feed"),
    path("absence/calendars/<uuid:feed_id>/end/", views.end_feed, name="end-feed"),
    path("absence/all/calendars/add/", views.add_organization_feed, name="add-organization-feed"),
    path("absence/all/", views.absences, name="absences"),
    path("absence/all/set/", views.set_absence_of, name="set-absence-of"),
    path("policies/", views.policies, name="policies"),
    path("policies/check/", views.policy_check, name="policy-check"),
    path("policies/check/csv/", views.policy_check_csv, name="policy-check-csv"),
    path("policies/deciding/", views.deciding_settings, name="deciding-settings"),
    path("policies/<uuid:group_id>/", views.policy, name="policy"),
    path("policies/<uuid:group_id>/edit/", views.policy_edit, name="policy-edit"),
    path("<uuid:request_id>/", views.request_page, name="request"),
    path("<uuid:request_id>/hand-over/", views.hand_over, name="hand-over"),
    path("<uuid:request_id>/add/", views.add_approver, name="add-approver"),
    path("<uuid:request_id>/subject/", views.subject, name="subject"),
    path("policies/<uuid:group_id>/versions/<int:number>/", views.version, name="policy-version"),
    path(
        "policies/<uuid:group_id>/versions/<int:number>/again/",
        views.republish,
        name="policy-republish",
    ),
    path("policies/export/", views.export_policies, name="policies-export"),
    path(
        "policies/<uuid:group_id>/versions/<int:number>/export/",
        views.export_version,
        name="policy-version-export",
    ),
    path("policies/import/", views.import_policies, name="policies-import"),
    path("policies/import/publish/", views.publish_import, name="policies-import-publish"),
    path("limits/", views.limits, name="limits"),
    path("limits/csv/", views.limits_csv, name="limits-csv"),
    path("limits/set/", views.set_limit, name="set-limit"),
    path("limits/<uuid:membership_id>/", views.limit, name="limit"),
    path("limits/<uuid:membership_id>/end/", views.end_limit, name="end-limit"),
]
