"""What people can be told, and one thing told to one person (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class NotificationEvent(StrEnum):
    """What somebody can be told about; each person chooses how."""

    DECISION_NEEDED = "DECISION_NEEDED"
    DECISION_REMINDER = "DECISION_REMINDER"
    QUESTION_ASKED = "QUESTION_ASKED"
    QUESTION_ANSWERED = "QUESTION_ANSWERED"
    ORDER_DECIDED = "ORDER_DECIDED"
    ORDER_EXPIRING = "ORDER_EXPIRING"
    STANDING_IN = "STANDING_IN"
    BUDGET_ALERT = "BUDGET_ALERT"
    POLICY_CHECK = "POLICY_CHECK"
    HIERARCHY_REVIEW = "HIERARCHY_REVIEW"
    TRAINING_DUE = "TRAINING_DUE"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one person, whatever the channel.

    ``key`` is the idempotency key. ``template`` names ``templates/email/<template>.*``, rendered
    with ``context`` and ``secrets``. ``title``, ``body`` and ``path`` are what fits on a phone's
    lock screen and where it leads, from the root of the site; no secret stands in them. Notices
    with one ``thread`` belong together: mail clients show them as one conversation.
    """

    event: NotificationEvent
    key: str
    membership_id: UUID
    email: str
    template: str
    title: str
    body: str
    path: str
    context: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    thread: str = ""
