"""The API of insights."""

from analytics.api.spend import SpendApi

__all__ = ["SpendApi"]
