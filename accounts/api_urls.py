"""Addresses of the API of groups and people."""

from django.urls import path

from accounts.api import (
    calendar,
    devices,
    duties,
    groups,
    invitations,
    notifications,
    organization,
    people,
    seats,
    training,
    tree_files,
)

app_name = "accounts"

urlpatterns = [
    path("organization/", organization.OrganizationDetail.as_view(), name="organization"),
    path("organization/hours/", calendar.WorkingHoursDetail.as_view(), name="working-hours"),
    path("setup/", organization.Setup.as_view(), name="setup"),
    path("groups/", groups.GroupList.as_view(), name="groups"),
    path("groups/export.csv", tree_files.TreeExport.as_view(), name="tree-export"),
    path("groups/imports/", tree_files.TreeImportList.as_view(), name="tree-imports"),
    path(
        "groups/imports/<uuid:import_id>/",
        tree_files.TreeImportDetail.as_view(),
        name="tree-import",
    ),
    path(
        "groups/imports/<uuid:import_id>/apply/",
        tree_files.TreeImportApply.as_view(),
        name="tree-import-apply",
    ),
    path(
        "groups/imports/<uuid:import_id>/again/",
        tree_files.TreeImportAgain.as_view(),
        name="tree-import-again",
    ),
    path("groups/<uuid:group_id>/", groups.GroupDetail.as_view(), name="group"),
    path("groups/<uuid:group_id>/move/", groups.GroupMove.as_view(), name="move"),
    path("groups/<uuid:group_id>/merge/", groups.GroupMerge.as_view(), name="merge"),
    path("groups/<uuid:group_id>/archive/", groups.GroupArchive.as_view(), name="archive"),
    path("groups/<uuid:group_id>/restore/", groups.GroupRestore.as_view(), name="restore"),
    path("groups/<uuid:group_id>/limit/", groups.OrderLimit.as_view(), name="limit"),
    path("groups/<uuid:group_id>/access/", groups.GroupAccess.as_view(), name="group-access"),
    path(
        "people/<uuid:membership_id>/access/", groups.PersonAccess.as_view(), name="person-access"
    ),
    path("people/", people.PeopleList.as_view(), name="people"),
    path("people/<uuid:membership_id>/", people.PersonDetail.as_view(), name="person"),
    path(
        "people/<uuid:membership_id>/suspension/",
        people.PersonSuspension.as_view(),
        name="suspension",
    ),
    path("people/<uuid:membership_id>/move/", people.PersonMove.as_view(), name="move-person"),
    path("people/<uuid:membership_id>/grants/", people.PersonGrants.as_view(), name="grants"),
    path(
        "people/<uuid:membership_id>/grants/<uuid:grant_id>/",
        people.PersonGrant.as_view(),
        name="grant",
    ),
    path("moves/", people.MoveList.as_view(), name="moves"),
    path("moves/<uuid:move_id>/", people.MoveDetail.as_view(), name="planned-move"),
    path("invitations/", invitations.InvitationList.as_view(), name="invitations"),
    path(
        "invitations/<uuid:invitation_id>/",
        invitations.InvitationDetail.as_view(),
        name="invitation",
    ),
    path(
        "invitations/<uuid:invitation_id>/resend/",
        invitations.InvitationResend.as_view(),
        name="resend-invitation",
    ),
    path(
        "invitations/batches/",
        invitations.InvitationBatchList.as_view(),
        name="invitation-batches",
    ),
    path(
        "invitations/batches/<uuid:batch_id>/",
        invitations.InvitationBatchDetail.as_view(),
        name="invitation-batch",
    ),
    path(
        "invitations/batches/<uuid:batch_id>/lines/",
        invitations.InvitationBatchLines.as_view(),
        name="invitation-lines",
    ),
    path(
        "invitations/batches/<uuid:batch_id>/send/",
        invitations.InvitationBatchSend.as_view(),
        name="send-invitations",
    ),
    path("positions/", seats.PositionList.as_view(), name="positions"),
    path("positions/<uuid:position_id>/", seats.PositionDetail.as_view(), name="position"),
    path("groups/<uuid:group_id>/seats/", seats.SeatList.as_view(), name="seats"),
    path("vacancies/", seats.VacancyList.as_view(), name="vacancies"),
    path("devices/", devices.DeviceList.as_view(), name="devices"),
    path("devices/<uuid:subscription_id>/", devices.DeviceDetail.as_view(), name="device"),
    path("duties/", duties.DutyList.as_view(), name="duties"),
    path("duties/<uuid:acceptance_id>/", duties.Acceptance.as_view(), name="duty-acceptance"),
    path("notifications/", notifications.Notifications.as_view(), name="notifications"),
    path("training/", training.OwnTraining.as_view(), name="training"),
    path("training/due/", training.TrainingDue.as_view(), name="training-due"),
    path("training/pages/", training.TrainingPages.as_view(), name="training-pages"),
    path("training/pages/<slug:slug>/", training.TrainingDetail.as_view(), name="training-page"),
    path(
        "training/pages/<slug:slug>/archived/",
        training.TrainingArchived.as_view(),
        name="training-archived",
    ),
    path(
        "training/pages/<slug:slug>/requirement/",
        training.TrainingRequired.as_view(),
        name="training-requirement",
    ),
    path(
        "training/pages/<slug:slug>/acknowledgements/",
        training.TrainingAcknowledged.as_view(),
        name="training-acknowledgements",
    ),
]
