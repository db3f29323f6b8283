"""Addresses of groups and people."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.groups, name="groups"),
    path("<uuid:group_id>/", views.groups, name="group"),
    path("<uuid:group_id>/new/", views.create_group, name="create-group"),
    path("<uuid:group_id>/edit/", views.change_group, name="change-group"),
    path("<uuid:group_id>/move/", views.move_group, name="move-group"),
    path("<uuid:group_id>/merge/", views.merge_group, name="merge-group"),
    path("<uuid:group_id>/archive/", views.archive_group, name="archive-group"),
    path("<uuid:group_id>/restore/", views.restore_group, name="restore-group"),
    path("<uuid:group_id>/limit/", views.limit_orders, name="limit-orders"),
    path("<uuid:group_id>/access/", views.group_access, name="group-access"),
    path("<uuid:group_id>/access/csv/", views.group_access_csv, name="group-access-csv"),
    path("<uuid:group_id>/members/", views.add_member, name="add-member"),
    path("<uuid:group_id>/grants/", views.grant_role, name="grant-role"),
    path("<uuid:group_id>/grants/end/", views.revoke_role, name="revoke-role"),
    path("<uuid:group_id>/seats/", views.fill_position, name="fill-position"),
    path("check/", views.check_hierarchy, name="check"),
    path("find/", views.find_groups, name="find-groups"),
    path("people/find/", views.find_people, name="find-people"),
    path("people/<uuid:membership_id>/access/", views.person_access, name="person-access"),
    path(
        "people/<uuid:membership_id>/access/csv/",
        views.person_access_csv,
        name="person-access-csv",
    ),
    path("people/<uuid:membership_id>/suspend/", views.suspend_member, name="suspend-member"),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/new/", views.invite, name="invite"),
    path("invitations/batches/<uuid:batch_id>/", views.invitation_batch, name="invitation-batch"),
    path(
        "invitations/batches/<uuid:batch_id>/rejects/",
        views.invitation_rejects,
        name="invitation-rejects",
    ),
    path(
        "invitations/batches/<uuid:batch_id>/send/",
        views.send_invitations,
        name="send-invitations",
    ),
    path(
        "invitations/batches/<uuid:batch_id>/discard/",
        views.discard_invitations,
        name="discard-invitations",
    ),
    path(
        "invitations/<uuid:invitation_id>/resend/",
        views.resend_invitation,
        name="resend-invitation",
    ),
    path(
        "invitations/<uuid:invitation_id>/revoke/",
        views.revoke_invitation,
        name="revoke-invitation",
    ),
    path("positions/", views.positions, name="positions"),
    path("positions/new/", views.create_position, name="create-position"),
    path("positions/<uuid:position_id>/", views.rename_position, name="rename-position"),
    path("positions/<uuid:position_id>/archive/", views.archive_position, name="archive-position"),
    path("vacancies/", views.vacancies, name="vacancies"),
    path("duties/", views.duties, name="duties"),
    path("duties/csv/", views.duties_csv, name="duties-csv"),
    path(
        "duties/<uuid:holder_id>/<uuid:place_id>/<str:kind>/",
        views.accept_duty,
        name="accept-duty",
    ),
    path("duties/<uuid:acceptance_id>/reopen/", views.reopen_duty, name="reopen-duty"),
    path("roles/", views.roles, name="roles"),
    path("mail/", views.undelivered_mail, name="mail"),
    path("mail/<uuid:message_id>/retry/", views.retry_mail, name="retry-mail"),
]
