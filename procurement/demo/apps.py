"""The demo as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A seeded company and development-only pages."""

    name = "procurement.demo"
    label = "demo"
