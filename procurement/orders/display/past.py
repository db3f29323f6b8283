"""What the outcomes of imported orders are called on pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.orders.history.evaluation import Outcome


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """An outcome as a pill, and what it means in a sentence."""

    kind: str
    label: str
    sentence: str


OUTCOMES: Mapping[str, OutcomeWords] = {
    Outcome.REFUND: OutcomeWords("wait", "Refund", "Money came back; nobody would be asked."),
    Outcome.BLOCKED: OutcomeWords(
        "stop", "Would be blocked", "A buying rule blocks something on it."
    ),
    Outcome.OVER_BUDGET: OutcomeWords(
        "stop", "Would be over budget", "A budget had too little room left for it."
    ),
    Outcome.NOT_COVERED: OutcomeWords(
        "stop", "Not covered", "No policy says who would have to agree."
    ),
    Outcome.RESTRICTED: OutcomeWords(
        "warn", "Would need a reason", "Something on it is restricted, and asks one more approval."
    ),
    Outcome.TO_APPROVERS: OutcomeWords(
        "now", "Would go to approvers", "Policy asks people for an order like this."
    ),
    Outcome.AT_ONCE: OutcomeWords(
        "good", "Would pass at once", "Policy approves an order like this by itself."
    ),
}
