"""Catalogs as a Django app."""

from django.apps import AppConfig


class CatalogsConfig(AppConfig):
    """Catalogs."""

    name = "catalogs"

    def ready(self) -> None:
        """Follow changes of the tree of groups; let approval rules name what is kept here."""
        from accounts import dependents  # noqa: PLC0415 – models are ready only now
        from catalogs.dependents import BuyingRules  # noqa: PLC0415
        from catalogs.vocabularies import register_vocabularies  # noqa: PLC0415

        dependents.register(BuyingRules())
        register_vocabularies()
