"""What a replay adds up to: a value to store and resume, to print, and for machines to read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from budgets.rules import Covering
from procurement.orders.history.crossings import Crossings
from procurement.orders.history.evaluation import Judgement, Outcome
from procurement.orders.history.spool import OrderDraft


@dataclass(slots=True)
class Tally:
    """What the orders judged so far have come to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    approvals: dict[str, Counter[str]] = field(default_factory=dict)
    """By position, then by month (``2017-01``): how many orders it would have been asked about."""
    unseated: int = 0
    crossings: Crossings = field(default_factory=Crossings)

    def add(self, draft: OrderDraft, judgement: Judgement) -> None:
        """Count one order."""
        self.outcomes[judgement.outcome.value] += 1
        self.unseated += judgement.unseated
        month = f"{draft.posted_on:%Y-%m}"
        for position in judgement.asked:
            self.approvals.setdefault(position, Counter())[month] += 1
        self.crossings.add(draft.number, draft.posted_on, judgement.postings, judgement.over)

    def to_json(self) -> dict[str, Any]:
        """Return the tally as plain values; `from_json` reads it back equal."""
        return {
            "outcomes": {outcome.value: self.outcomes[outcome.value] for outcome in Outcome},
            "approvals": {
                position: dict(sorted(months.items()))
                for position, months in sorted(self.approvals.items())
            },
            "unseated": self.unseated,
            "budgets_crossed": self.crossings.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Tally":
        """Read what `to_json` wrote."""
        return cls(
            Counter(stored["outcomes"]),
            {position: Counter(months) for position, months in stored["approvals"].items()},
            stored["unseated"],
            Crossings.from_json(stored.get("budgets_crossed", ())),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one replay."""

    organization: str
    currency: str
    rows: int
    rejected: int
    orders: int
    amount: Decimal
    tally: Tally
    budgets_exceeded: tuple[dict[str, str], ...]
    created: dict[str, int]
    reject_reasons: dict[str, int]
    rejects_file: str
    notes: tuple[str, ...]
    seconds: float
    is_rehearsal: bool
    is_known: bool

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values, money as text."""
        return {
            "organization": self.organization,
            "currency": self.currency,
            "dry_run": self.is_rehearsal,
            "already_loaded": self.is_known,
            "rows": self.rows,
            "rejected": self.rejected,
            "orders": self.orders,
            "amount": format(self.amount, "f"),
            **self.tally.to_json(),
            "budgets_exceeded": list(self.budgets_exceeded),
            "created": self.created,
            "reject_reasons": self.reject_reasons,
            "rejects_file": self.rejects_file,
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }


def exceeded_rows(found: Iterable[Covering]) -> tuple[dict[str, str], ...]:
    """Return the budgets that were exceeded as plain values, the earliest period first."""
    return tuple(
        {
            "group": covering.title,
            "period": covering.period.label,
            "cap": format(covering.cap, "f"),
            "used": format(covering.used, "f"),
            "over": format(covering.used - covering.cap, "f"),
        }
        for covering in sorted(
            found, key=lambda one: (one.period.starts_on, one.group_name, one.period.ends_on)
        )
    )
