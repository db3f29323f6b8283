"""The Celery application: tasks of every app, and the beat schedule, which is code."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from procurement.core import jobs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")

app = Celery("procurement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Keep Celery from replacing the product's log configuration."""
    assert settings.configured


@app.on_after_finalize.connect
def schedule_periodic_tasks(sender: Celery, **_: Any) -> None:
    """Have beat fan out each registered periodic task to the organizations."""
    sender.loader.import_default_modules()
    for periodic in jobs.periodic_tasks().values():
        sender.add_periodic_task(
            periodic.interval.total_seconds(),
            sender.signature("accounts.fan_out", kwargs={"task": periodic.task}),
            name=periodic.task,
            expires=periodic.interval.total_seconds(),
        )
    sender.add_periodic_task(
        10.0, sender.signature("core.heartbeat"), name="core.heartbeat", expires=10
    )
