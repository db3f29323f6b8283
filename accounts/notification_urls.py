"""Addresses of how people are told about things."""

from django.urls import path

from accounts import views

app_name = "notifications"

urlpatterns = [path("", views.notifications, name="choose")]
