"""What is told of a request beside its decisions: rows that pages show in order."""

from datetime import datetime
from uuid import UUID

from approvals.models import ApprovalRequest, RequestEvent, Stage
from procurement.core import writes
from procurement.core.ids import new_id


def tell(
    request: ApprovalRequest,
    kind: RequestEvent.Kind,
    *,
    stage: Stage | None = None,
    by: UUID | None = None,
    about: UUID | None = None,
    text: str = "",
    now: datetime,
) -> RequestEvent:
    """Add a line to a request's story. One SQL statement.

    ``by`` and ``about`` are memberships: who did it (None for the clock) and whom it concerns. The
    caller records the audit event.
    """
    event = RequestEvent(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        stage_id=stage.id if stage else None,
        kind=kind,
        by_id=by,
        about_id=about,
        text=text,
        at=now,
    )
    writes.insert(event)
    return event
