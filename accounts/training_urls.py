"""Addresses of training."""

from django.urls import path

from accounts import views

app_name = "training"

urlpatterns = [
    path("", views.own_training, name="own"),
    path("manage/", views.kept_training, name="manage"),
    path("manage/starters/", views.add_starter_pages, name="starters"),
    path("manage/new/", views.create_training, name="create"),
    path("manage/pages/<slug:slug>/", views.revise_training, name="revise"),
    path("manage/pages/<slug:slug>/require/", views.require_training, name="require"),
    path("manage/pages/<slug:slug>/require/end/", views.end_requirement, name="end-requirement"),
    path("manage/pages/<slug:slug>/archive/", views.archive_training, name="archive"),
    path("due/", views.training_due, name="due"),
    path("due.csv", views.training_due_csv, name="due-csv"),
    path("<slug:slug>/", views.training_page, name="page"),
]
