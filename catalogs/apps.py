"""Catalogs as a Django app."""

from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    """Catalogs."""

    name = "catalogs"
