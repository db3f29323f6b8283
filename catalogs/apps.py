"""Catalogs as a Django app."""

from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    """Catalogs."""

    name = "catalogs"

    def ready(self) -> None:
        """Follow changes of the tree of groups; let approval rules name what is kept here."""
        from accounts import dependents
        from catalogs.dependents import BuyingRules
        from catalogs.vocabularies import register_vocabularies

        dependents.register(BuyingRules())
        register_vocabularies()
