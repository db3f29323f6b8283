"""Addresses of the first-run guide and of an organization's particulars."""

from django.urls import path

from accounts.views import calendar, setup

app_name = "setup"

urlpatterns = [
    path("", setup.guide, name="guide"),
    path("organization/", setup.organization, name="organization"),
    path("organization/hours/", calendar.working_hours, name="working-hours"),
    path("organization/hours/days/", calendar.set_day, name="set-calendar-day"),
    path(
        "organization/hours/days/<uuid:day_id>/remove/",
        calendar.remove_day,
        name="remove-calendar-day",
    ),
    path("close/", setup.close, name="close"),
    path("<slug:step>/skip/", setup.skip, name="skip"),
]
