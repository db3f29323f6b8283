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
    BUDGET_ROOM = "BUDGET_ROOM"
    POLICY_CHECK = "POLICY_CHECK"
    HIERARCHY_REVIEW = "HIERARCHY_REVIEW"
    TRAINING_DUE = "TRAINING_DUE"


# In the place of an organization's address at the start of a path; no organization is called so.
HERE = "-"


# What each event is called, and what is told of it.
EVENT_WORDS: Mapping[NotificationEvent, tuple[str, str]] = {
    NotificationEvent.DECISION_NEEDED: ("Your decision is needed", "Somebody waits for you."),
    NotificationEvent.DECISION_REMINDER: (
        "Reminders of decisions",
        "Something that waits for you is about to be late.",
    ),
    NotificationEvent.QUESTION_ASKED: (
        "Questions to you",
        "An approver asks about what you want to buy; until you answer, nothing goes on.",
    ),
    NotificationEvent.QUESTION_ANSWERED: ("Answers to you", "Your question has been answered."),
    NotificationEvent.ORDER_DECIDED: (
        "How your orders end",
        "What you asked for is approved or rejected.",
    ),
    NotificationEvent.ORDER_EXPIRING: (
        "Orders about to expire",
        "Nobody has decided what you asked for, and time runs out.",
    ),
    NotificationEvent.STANDING_IN: ("Standing in", "You decide for somebody who is away."),
    NotificationEvent.BUDGET_ALERT: (
        "Budgets",
        "A budget that you keep, or one of your own, has passed a mark.",
    ),
    NotificationEvent.BUDGET_ROOM: (
        "Room on budgets",
        "Somebody asks you for room on a budget, or answers you.",
    ),
    NotificationEvent.POLICY_CHECK: (
        "Check of the policies",
        "Something new that orders could get stuck on.",
    ),
    NotificationEvent.HIERARCHY_REVIEW: (
        "Check of the groups",
        "Twice a year, what is worth a look.",
    ),
    NotificationEvent.TRAINING_DUE: ("Training", "Pages that you have to read, once a week."),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one person, whatever the channel.

    ``key`` is the idempotency key. ``template`` names ``templates/email/<template>.*``, rendered
    with ``context`` and ``secrets``. ``title``, ``body`` and ``path`` are what fits on a phone's
    lock screen and where it leads, from the root of the site; no secret stands in them. Whoever
    does not know the organization's address writes `HERE` in its place. ``link`` is where a mail's
    own link leads instead, with the name of a secret in braces where the secret belongs
    (``/decide/{token}``): an entry of a daily summary leads there. Notices with one ``thread``
    belong together: mail clients show them as one conversation.
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
    link: str = ""

    def path_in(self, slug: str) -> str:
        """Return where it leads, in the organization of an address."""
        here = f"/{HERE}/"
        return (
            f"/{slug}/{self.path.removeprefix(here)}" if self.path.startswith(here) else self.path
        )


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: ``1 thing``, ``3 things``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
