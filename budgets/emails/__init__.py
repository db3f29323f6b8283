"""What mails about budgets say, as plain data for their templates, by noun."""

from budgets.emails.alerts import (
    TITLE_PARTS,
    alert_context,
    alert_words,
    own_alert_context,
    own_alert_words,
)
from budgets.emails.closing import stuck_context, stuck_words
from budgets.emails.transfers import (
    answered_context,
    asked_context,
    expired_context,
    transfer_words,
)

__all__ = [
    "TITLE_PARTS",
    "alert_context",
    "alert_words",
    "answered_context",
    "asked_context",
    "expired_context",
    "own_alert_context",
    "own_alert_words",
    "stuck_context",
    "stuck_words",
    "transfer_words",
]
