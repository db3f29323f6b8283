"""Setting counters to what the ledger says, where something has altered them behind our back.

Nothing of the product needs this: counters and ledger move in one statement. `verify_ledger` finds
what differs and repairs nothing; this repairs, on record, and only from a ledger that is whole.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.permissions import Permission, require
from budgets.counters import Counters, why_not_rebuilt
from budgets.models import BudgetPeriod
from budgets.selectors.sums import summed
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotFound
from procurement.core.locking import lock_in_turn

_NAMES = tuple(field.name for field in fields(Counters))


class LedgerBroken(DomainError):
    """The ledger of a period is not whole, so its counters cannot be taken from it."""

    status = 409
    title = "The ledger is broken"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A period whose counters were not what its ledger says, with both."""

    period_id: UUID
    title: str
    before: Counters
    after: Counters

    @property
    def sentence(self) -> str:
        """Return each counter that was off, with what it was and what it is."""
        was, now = self.before.unlike(self.after), self.after.unlike(self.before)
        changes = ", ".join(f"{name} {was[name]} → {now[name]}" for name in was)
        return f"period {self.period_id} ({self.title}): {changes}"


@transaction.atomic
def rebuild_counters(
    *, actor: Actor, period_id: UUID, dry_run: bool = False, now: datetime
) -> Rebuilt | None:
    """Set the counters of one period to the sums of its ledger; return what differed, or None.

    Holds the period locked, so movements wait for it: run it in a transaction of its own. With
    ``dry_run`` it changes nothing and leaves no event. Four SQL queries where nothing differs, two
    more where something does. Raises `NotFound`, and `LedgerBroken` with what is wrong where an
    entry is missing or does not follow from the one before.
    """
    (period,) = lock_in_turn(
        BudgetPeriod.objects.filter(id=period_id).select_related("budget__group")
    ) or (None,)
    if period is None:
        raise NotFound("There is no such period.")
    group = period.budget.group
    require(actor, Permission.MANAGE_BUDGETS, group)
    stored, ledger = _counters_of(period), summed(period.id)
    title = f"{group.name}, {period.span.label}"
    if broken := why_not_rebuilt(stored, ledger):
        raise LedgerBroken(f"The ledger of period {period.id} ({title}) is broken: {broken}.")
    if stored == ledger.counters:
        return None
    rebuilt = Rebuilt(period.id, title, before=stored, after=ledger.counters)
    if not dry_run:
        _write(actor, period, rebuilt, now)
    return rebuilt


def _write(actor: Actor, period: BudgetPeriod, rebuilt: Rebuilt, now: datetime) -> None:
    changed = rebuilt.after.unlike(rebuilt.before)
    for name, value in changed.items():
        setattr(period, name, value)
    period.save(update_fields=list(changed))
    record(
        actor=actor,
        action=AuditAction.COUNTERS_REBUILT,
        subject_type="budget",
        subject_id=period.budget_id,
        subject_label=rebuilt.title,
        group_id=period.budget.group_id,
        before=rebuilt.before.unlike(rebuilt.after),
        after={"period_id": period.id, **changed},
        now=now,
    )


def _counters_of(period: BudgetPeriod) -> Counters:
    return Counters(**{name: getattr(period, name) for name in _NAMES})
