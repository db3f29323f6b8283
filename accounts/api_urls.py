"""Addresses of the API of groups and people."""

from django.urls import path

from accounts.api import duties, seats

app_name = "accounts"

urlpatterns = [
    path("positions/", seats.PositionList.as_view(), name="positions"),
    path("positions/<uuid:position_id>/", seats.PositionDetail.as_view(), name="position"),
    path("groups/<uuid:group_id>/seats/", seats.SeatList.as_view(), name="seats"),
    path("vacancies/", seats.VacancyList.as_view(), name="vacancies"),
    path("duties/", duties.DutyList.as_view(), name="duties"),
    path("duties/<uuid:acceptance_id>/", duties.Acceptance.as_view(), name="duty-acceptance"),
]
