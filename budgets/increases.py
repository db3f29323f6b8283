"""What is asked for with an increase, as deciders read it, and what binds their decision (pure).

Amounts are Decimals in the budget's currency.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.sign_in import must_sign_in
from approvals.routing import BudgetStanding, Facts
from approvals.routing.usual import SubjectKind
from approvals.summary import BudgetEffect, SubjectSummary, Wording
from budgets.movements import Document
from budgets.rules import ZERO, BudgetState, Covering, effects, state_of
from procurement.core.money import format_money

KIND = SubjectKind.BUDGET_INCREASE.value
NOUN = "Budget increase"
_STANDINGS = {
    BudgetState.STOP: BudgetStanding.OVER,
    BudgetState.OVER: BudgetStanding.OVER,
    BudgetState.WARN: BudgetStanding.WARNING,
    BudgetState.OK: BudgetStanding.WITHIN,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """More room that somebody asks for on a period of a budget.

    ``covering`` is the period as it stands when it is asked. ``is_lasting`` raises what follows,
    too. ``document`` is the order that waits for it, if one does; ``id`` is the increase's.
    """

    id: UUID
    covering: Covering
    amount: Decimal
    reason: str
    is_lasting: bool
    asker_id: UUID
    asker_name: str
    document: Document | None = None

    @property
    def label(self) -> str:
        """Return what it is called beside its noun: the budget and the period."""
        return label_of(self.covering)

    @property
    def raised(self) -> Covering:
        """Return the period as it would stand with the amount."""
        return replace(self.covering, cap=self.covering.cap + self.amount)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was asked for on the same period before: the amount, and what became of it in a word."""

    amount: Decimal
    outcome: str


def label_of(covering: Covering) -> str:
    """Return a budget's period as a sentence names it: ``Facilities, Nov 2026``."""
    return f"{covering.title}, {covering.period.label}"


def content_hash_of(wish: Wish) -> str:
    """Return the SHA-256, in hex, of what a decision on it is bound to."""
    content = {
        "id": str(wish.id),
        "budget": str(wish.covering.budget_id),
        "starts_on": wish.covering.period.starts_on.isoformat(),
        "amount": format(wish.amount, "f"),
        "is_lasting": wish.is_lasting,
        "reason": wish.reason,
        "document": str(wish.document.id) if wish.document else "",
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def facts_of(
    wish: Wish, *, on: date, requester_roles: frozenset[str], cost_centre: str = ""
) -> Facts:
    """Return the frozen description that approval policy is evaluated on.

    ``on`` is the day it is asked, in the organization's time zone.
    """
    scope = wish.covering.scope
    return Facts(
        subject_kind=KIND,
        currency=wish.covering.currency,
        amount=wish.amount,
        group_id=wish.covering.group_id,
        group_path=wish.covering.group_path,
        requester_id=wish.asker_id,
        category_codes=(scope.category,) if scope.category else (),
        supplier_ids=(scope.supplier_id,) if scope.supplier_id else (),
        guidance="",
        flags=frozenset(),
        on=on,
        cost_centre=cost_centre,
        requester_roles=requester_roles,
        budget_state=_STANDINGS[state_of(wish.covering)].value,
    )


def summary_of(
    wish: Wish,
    earlier: Sequence[Earlier],
    *,
    organization_name: str,
    sign_in_above: Decimal | None,
) -> SubjectSummary:
    """Return what deciders are shown: the budget as it is and as it would be, and why."""
    covering, currency = wish.covering, wish.covering.currency
    amount, cap = (format_money(one, currency) for one in (wish.amount, wish.raised.cap))
    first = wish.asker_name.split(maxsplit=1)[0] if wish.asker_name else "They"
    applies = f"The cap of {wish.label} becomes {cap} at once"
    lasting = ", and the periods after it get as much more" if wish.is_lasting else ""
    waits = f", and {wish.document.label} goes on by itself" if wish.document else ""
    return SubjectSummary(
        organization_name=organization_name,
        noun=NOUN,
        label=wish.label,
        title=f"{amount} more for {wish.label}",
        requester_name=wish.asker_name,
        requester_key=str(wish.asker_id),
        group_name=covering.group_name,
        group_key=str(covering.group_id),
        currency=currency,
        total=wish.amount,
        note=wish.reason,
        lines=(),
        budgets=(_effect(wish),),
        details=_details(wish, earlier),
        asks_to_sign_in=must_sign_in(sign_in_above, wish.amount),
        wording=Wording(
            headline=f"{wish.asker_name} asks for {amount} more for {wish.label}",
            extent="for good" if wish.is_lasting else "once, for this period",
            approved=f"{applies}{lasting}{waits}.",
            ended=f"The budget {wish.label} stays as it is.",
            again=f"{first} can ask again, with another amount or more to say.",
        ),
    )


def _effect(wish: Wish) -> BudgetEffect:
    before = effects([wish.covering], ZERO)[0]
    after = effects([wish.raised], ZERO)[0]
    currency = wish.covering.currency
    was, then = (format_money(one.cap, currency) for one in (wish.covering, wish.raised))
    return replace(
        BudgetEffect.of(after.meter),
        used_percent_before=before.percent_after,
        sentence=f"The cap goes from {was} to {then}.",
    )


def _details(wish: Wish, earlier: Sequence[Earlier]) -> tuple[tuple[str, str], ...]:
    covering, raised = wish.covering, wish.raised

    def money(amount: Decimal) -> str:
        return format_money(amount, covering.currency)

    found = [
        ("Budget", f"{covering.title}, {covering.period.kind.adjective}"),
        ("Period", covering.period.label),
        ("Asked for", f"{money(wish.amount)} more"),
        ("Cap", f"{money(covering.cap)}, then {money(raised.cap)}"),
        ("Used", _parts(covering)),
        ("Free", f"{money(covering.free)}, then {money(raised.free)}"),
        ("How long", "For good: later periods, too" if wish.is_lasting else "This period alone"),
    ]
    if wish.document:
        found.append(("Waits for it", wish.document.label))
    if earlier:
        said = "; ".join(f"{money(one.amount)}, {one.outcome}" for one in earlier)
        found.append(("Asked for before", said))
    return tuple(found)


def _parts(covering: Covering) -> str:
    parts = (
        ("spent", covering.spent),
        ("committed", covering.committed),
        ("reserved", covering.reserved),
    )
    said = [f"{format_money(amount, covering.currency)} {name}" for name, amount in parts if amount]
    if len(said) == 1:
        return said[0]
    used = format_money(covering.used, covering.currency)
    return f"{used}: {', '.join(said)}" if said else used
