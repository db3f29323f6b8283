"""Waiting for the insights, which follow what was bought in the background."""

import time

from celery import current_app

from tests.e2e.conftest import PATIENCE, Visitor
from tests.factories.world import World


def wait_for_insights(dana: Visitor, world: World, total: str) -> None:
    """Open the insights until they have caught up with the trail, as beat would have them do.

    They wait for every transaction on the server that began before, other databases' included.
    """
    end = time.monotonic() + 4 * PATIENCE
    while time.monotonic() < end:
        current_app.send_task(
            "analytics.follow_trail", kwargs={"organization_id": str(world.company.organization.id)}
        )
        time.sleep(0.5)
        dana.goto(f"/{world.slug}/insights/")
        if total in dana.page.locator("main").inner_text():
            return
    raise AssertionError("Insights have not caught up.")
