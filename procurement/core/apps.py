"""The floor as a Django app: it brings system checks, commands and template tags."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers the checks that refuse an unsafe database role."""

    name = "procurement.core"
    label = "core"

    def ready(self) -> None:
        """Load the system checks."""
        from procurement.core import checks  # noqa: F401 – Django's documented place
