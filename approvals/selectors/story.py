"""What has happened around a request."""

from uuid import UUID

from approvals.models import RequestEvent


def events_of(request_id: UUID) -> list[RequestEvent]:
    """Return what is told of a request beside its decisions, the earliest first. One SQL query.

    The caller has found the request for its actor.
    """
    return list(
        RequestEvent.objects.filter(request_id=request_id)
        .select_related("by__user", "about__user")
        .order_by("at", "id")
    )
