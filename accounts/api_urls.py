"""Addresses of the API of groups and people."""

from django.urls import path

from accounts.api import duties, groups, invitations, seats

app_name = "accounts"

urlpatterns = [
    path("groups/", groups.GroupList.as_view(), name="groups"),
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
    path("duties/", duties.DutyList.as_view(), name="duties"),
    path("duties/<uuid:acceptance_id>/", duties.Acceptance.as_view(), name="duty-acceptance"),
]
