"""Pages of insights."""

from analytics.views.spend import download, orders, spend

__all__ = ["download", "orders", "spend"]
