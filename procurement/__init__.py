"""The frame of the house: the shell that wires it, the floor it stands on, and the purchase."""

from procurement.celery import app as celery_app

__all__ = ["celery_app"]
