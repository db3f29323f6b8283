"""How far the figures are."""

from datetime import datetime
from uuid import UUID

from analytics.models import TrailCursor


def caught_up_at(organization_id: UUID) -> datetime | None:
    """Return the instant up to which everything is counted in; None before the first run.

    One SQL query.
    """
    return (
        TrailCursor.objects.filter(organization_id=organization_id)
        .values_list("caught_up_at", flat=True)
        .first()
    )
