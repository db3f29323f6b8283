"""Accounts as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from procurement.core import clock, directory, tenancy


class AccountsConfig(AppConfig):
    """Organizations, groups, memberships, roles and positions."""

    name = "accounts"

    def ready(self) -> None:
        """Renew what roles allow after each migration: a release may have changed their table."""
        post_migrate.connect(_renew_permissions, sender=self)


def _renew_permissions(**_: Any) -> None:
    """Go from tenant to tenant; nothing is written where nothing has changed."""
    from accounts.services import renew_permissions  # noqa: PLC0415 – models are ready only now

    for tenant in directory.tenants():
        with tenancy.scope(tenant.id):
            renew_permissions(now=clock.now())
