"""Accounts as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db.models.signals import post_migrate

from procurement.core import clock, directory, tenancy
from procurement.outbox import channels
from procurement.outbox.kinds import Channel


class AccountsConfig(AppConfig):
    """Organizations, groups, memberships, roles and positions."""

    name = "accounts"

    def ready(self) -> None:
        """Renew what roles allow after each migration; watch seats when people change."""
        from accounts import dependents
        from accounts.seat_watch import SeatWatch

        dependents.register(SeatWatch())
        channels.when_gone(Channel.PUSH, "accounts.end_gone_devices")
        post_migrate.connect(_renew_permissions, sender=self)


def _renew_permissions(*, apps: Apps = installed, **_: Any) -> None:
    """Go from tenant to tenant; nothing is written where nothing has changed.

    Nothing is done on the way back to before the first migration.
    """
    try:
        apps.get_model("accounts", "GroupPermission")
    except LookupError:
        return
    from accounts.services import renew_permissions

    for tenant in directory.tenants():
        with tenancy.scope(tenant.id):
            renew_permissions(now=clock.now())
