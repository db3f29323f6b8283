"""The clock of a stage: by when it is to be decided, stopping it and letting it go on."""

from datetime import datetime
from uuid import UUID

from approvals.models import Stage
from approvals.selectors import timing_of


def due_for(organization_id: UUID, now: datetime) -> datetime:
    """Return by when a stage that opens now is to be decided. One SQL query."""
    return timing_of(organization_id).due_at(now)


def start_clock(stage: Stage, now: datetime) -> None:
    """Let a stage's clock go on with what was left, or begin with the whole time.

    Of a stage whose request is locked. Nothing while it runs already, else two SQL statements.
    """
    if stage.due_at is not None:
        return
    timing = timing_of(stage.organization_id)
    if stage.minutes_left is None:
        stage.due_at = timing.due_at(now)
    else:
        stage.due_at = timing.calendar.add_minutes(now, stage.minutes_left)
    stage.minutes_left = None
    stage.save(update_fields=["due_at", "minutes_left"])


def stop_clock(stage: Stage, now: datetime) -> None:
    """Have a stage's clock stand still, and keep the working time that is left.

    Of a stage whose request is locked. Nothing while it stands already, else two SQL statements.
    """
    if stage.due_at is None:
        return
    stage.minutes_left = timing_of(stage.organization_id).minutes_left(stage.due_at, now)
    stage.due_at = None
    stage.save(update_fields=["due_at", "minutes_left"])
