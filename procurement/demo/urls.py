"""Addresses of the development-only pages."""

from django.urls import path

from procurement.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.people, name="people"),
    path("sign-in/<uuid:user_id>/", views.sign_in, name="sign-in"),
    path("mailbox/", views.letters, name="mailbox"),
    path("mailbox/<str:key>/", views.letter, name="letter"),
    path("mailbox/<str:key>/html/", views.letter_html, name="letter-html"),
    path("kit/", views.components, name="kit"),
]
