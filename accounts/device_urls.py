"""Addresses of one's own devices that show notifications."""

from django.urls import path

from accounts import views

app_name = "devices"

urlpatterns = [
    path("", views.own_devices, name="list"),
    path("<uuid:subscription_id>/end/", views.end_device, name="end"),
    path("<uuid:subscription_id>/try/", views.try_device, name="try"),
]
