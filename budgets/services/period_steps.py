"""Steps that every write on a period by hand is made of: whose it is, held, marked, recorded."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from accounts.permissions import Permission, require
from budgets.lifecycle import crossed
from budgets.models import LedgerEntry
from budgets.movements import Document
from budgets.rules import LARGEST_AMOUNT, ZERO, Covering, Effect, state_of
from budgets.selectors.covering import PERIOD_COLUMNS, by_period, from_period_row
from budgets.selectors.ledger import period_for
from budgets.services.alerts import raise_alerts, rearm_alerts
from budgets.services.caps import let_waiting_orders_go_on
from budgets.services.posting import Line, post_many
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.locking import turns_of
from procurement.core.money import format_money, quantize

_TURNS = turns_of("SELECT unnest(%(periods)s::uuid[])")
# The statement that locks sees every movement that it waited for.
_HOLD = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id = ANY(%(periods)s::uuid[])
ORDER BY p.id FOR NO KEY UPDATE OF p
"""


def today_of(now: datetime) -> date:
    """Return the organization's own day. One SQL query."""
    return local_date(now, accounts.organization_by_id(tenancy.current()).time_zone)


def managed(actor: Actor, period_id: UUID) -> Covering:
    """Return a period whose budget an actor may change. One SQL query.

    Raises `NotFound` where it is not theirs to see, and `NotAllowed`.
    """
    covering = period_for(actor, period_id)
    require(actor, Permission.MANAGE_BUDGETS, covering.group_path)
    return covering


def hold(period_ids: Collection[UUID]) -> dict[UUID, Covering]:
    """Lock periods in the order of their ids; return them as they stand.

    Two SQL statements in one round trip. Raises `NotFound` where one of them has gone.
    """
    parameters = {"organization": tenancy.current(), "periods": list(set(period_ids))}
    with writes.batch():
        writes.execute(_TURNS, parameters)
        holding = writes.execute(_HOLD, parameters)
    rows = holding.fetchall()
    found = by_period(from_period_row(row) for row in rows)
    if len(found) != len(set(period_ids)):
        raise NotFound("There is no such budget, or it is not yours to see.")
    return found


def moved(
    standing: Covering,
    *,
    cap: Decimal = ZERO,
    reserved: Decimal = ZERO,
    committed: Decimal = ZERO,
    spent: Decimal = ZERO,
) -> Covering:
    """Return a period with its counters moved, to be judged by its cap and use. No SQL."""
    return replace(
        standing,
        cap=standing.cap + cap,
        reserved=standing.reserved + reserved,
        committed=standing.committed + committed,
        spent=standing.spent + spent,
    )


def post_on(on: Covering, lines: Sequence[Line], *, actor: Actor, now: datetime) -> Covering:
    """Post lines that move what is set aside on one held period; return it as it then stands.

    One SQL statement, none for no line.
    """
    if not lines:
        return on
    post_many(actor=actor, lines=lines, now=now)
    return moved(
        on,
        reserved=sum((line.reserved for line in lines), ZERO),
        committed=sum((line.committed for line in lines), ZERO),
    )


def follow_marks(
    *, actor: Actor, before: Covering, after: Covering, document: Document, now: datetime
) -> None:
    """Alert where a movement has made a running period reach a mark; re-arm what it fell below.

    Orders that wait for room are looked at again where there is more. No SQL where neither can be,
    else one statement, and two for each mark.
    """
    if after.period.ends_on < document.occurred_on:
        return
    if marks := crossed(before, after):
        effect = Effect(after, ZERO, state_of(after), marks, "")
        raise_alerts(actor=actor, effects=[effect], document=document, now=now)
    if after.cap > before.cap or after.used < before.used:
        rearm_alerts(actor=actor, covering=[after], document=document, now=now)
        let_waiting_orders_go_on(actor)


def record_on(
    covering: Covering,
    action: AuditAction,
    *,
    actor: Actor,
    after: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
    reason: str = "",
    now: datetime,
) -> None:
    """Leave a line in the trail about a budget's period. One SQL statement."""
    record(
        actor=actor,
        action=action,
        subject_type="budget",
        subject_id=covering.budget_id,
        subject_label=label_of(covering),
        group_id=covering.group_id,
        before=before,
        after=after,
        reason=reason,
        now=now,
    )


def label_of(covering: Covering) -> str:
    """Name a budget and its period: ``Field Service, Q4 2026``."""
    return f"{covering.title}, {covering.period.label}"


def person(actor: Actor) -> UUID:
    """Return the membership behind an actor; raises `NotAllowed` for background work."""
    if actor.id is None:
        raise NotAllowed("Only a person can ask for this or set it aside.")
    return actor.id


def said(reason: str, *, field: str = "reason") -> str:
    """Return a reason without the space around it; raises `DomainError` where nothing is said."""
    if not reason.strip():
        raise DomainError("Say why, for the record.", field=field)
    return reason.strip()


def check_reference(reference: UUID) -> None:
    """Raise `Conflict` where something in the ledger goes by a reference already. One SQL query.

    What is new would be taken for a part of that: an order, say.
    """
    if LedgerEntry.objects.filter(document_id=reference).exists():
        raise Conflict("This reference stands for something else. Send another one.")


def check_amount(amount: Decimal, currency: str) -> None:
    """Raise `DomainError` for an amount that is not above zero, or finer than the currency."""
    if not amount.is_finite() or amount <= 0:
        raise DomainError("Enter an amount above zero.", field="amount")
    if amount > LARGEST_AMOUNT:
        most = format_money(LARGEST_AMOUNT, currency)
        raise DomainError(f"An amount is at most {most}.", field="amount")
    if amount != quantize(amount, currency):
        raise DomainError("Give the amount to the cent, no finer.", field="amount")
