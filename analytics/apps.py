"""Insights as a Django app."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Reports over what other apps have recorded."""

    name = "analytics"
