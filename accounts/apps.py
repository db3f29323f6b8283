"""Accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organizations, groups, memberships, roles and positions."""

    name = "accounts"
