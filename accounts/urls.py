"""Addresses of groups and people."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.groups, name="groups"),
    path("<uuid:group_id>/", views.groups, name="group"),
    path("<uuid:group_id>/new/", views.create_group, name="create-group"),
    path("<uuid:group_id>/edit/", views.change_group, name="change-group"),
    path("<uuid:group_id>/members/", views.add_member, name="add-member"),
    path("<uuid:group_id>/grants/", views.grant_role, name="grant-role"),
    path("<uuid:group_id>/grants/end/", views.revoke_role, name="revoke-role"),
    path("<uuid:group_id>/seats/", views.fill_position, name="fill-position"),
    path("people/find/", views.find_people, name="find-people"),
    path("people/<uuid:membership_id>/suspend/", views.suspend_member, name="suspend-member"),
    path("roles/", views.roles, name="roles"),
    path("mail/", views.undelivered_mail, name="mail"),
    path("mail/<uuid:message_id>/retry/", views.retry_mail, name="retry-mail"),
]
