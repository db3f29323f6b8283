"""How long deciding has taken, as far as requests tell."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from approvals.models import ApprovalRequest
from approvals.timeliness import FEWEST, Spread, spread_of

_LOOKED_BACK = timedelta(days=180)
_MOST = 200
_DECIDED = (ApprovalRequest.Status.APPROVED, ApprovalRequest.Status.REJECTED)


def usual_time(group_id: UUID, *, now: datetime) -> Spread | None:
    """Return how long the latest requests of a group took to their end, None where too few ended.

    Of the last 180 days and at most 200; what policy approved at once does not count. One SQL
    query.
    """
    latest = (
        ApprovalRequest.objects.filter(
            group_id=group_id,
            status__in=_DECIDED,
            closed_at__gte=now - _LOOKED_BACK,
            closed_at__gt=F("opened_at"),
        )
        .order_by("-closed_at")
        .values_list("opened_at", "closed_at")[:_MOST]
    )
    took = [closed - opened for opened, closed in latest if closed is not None]
    return spread_of(took) if len(took) >= FEWEST else None
