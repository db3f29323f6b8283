"""Uploading a file of caps, and applying it once it has been looked over."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.models import Organization, OrgGroup
from accounts.permissions import Permission, require
from budgets import selectors
from budgets.fiscal import FiscalCalendar, Period
from budgets.models import Budget, BudgetImport, BudgetPeriod
from budgets.plan_files import BudgetFile, compare, read
from budgets.planning import NewBudget, Plan, Slot, weigh
from budgets.rules import ZERO, Covering
from budgets.selectors.plan_files import directory_for
from budgets.selectors.slots import period_in, slots_in
from budgets.services.plan_told import counts_of, told
from budgets.services.plan_writes import carry_out, change_terms
from budgets.services.plans import record_plan
from procurement.audit.actions import AuditAction
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.ids import new_id
from procurement.core.locking import hold_caps, lock, lock_in_turn

_NOT_SOUND = "Nothing is changed while lines of the file have problems."
_NOTHING = "There is nothing to change: the caps are as the file says."


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file would change in the budgets as they are."""

    file: BudgetFile
    plan: Plan

    @property
    def digest(self) -> str:
        """Return a SHA-256 that is another one once what it would change is something else."""
        terms = sorted(
            json.dumps([str(one.budget_id), asdict(one.before), asdict(one.after)], default=str)
            for one in self.file.terms
        )
        lines = [self.plan.digest, *terms, str(len(self.file.problems)), *self._refused()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing keeps it from being applied."""
        return not (self.file.problems or self.plan.refusals)

    @property
    def changes_nothing(self) -> bool:
        """Tell whether the budgets are as the file says already."""
        return self.plan.changes_nothing and not self.file.terms

    def _refused(self) -> list[str]:
        return [f"{one.line} {one.sentence}" for one in self.plan.refusals]


@transaction.atomic
def plan_budget_import(
    *, actor: Actor, file_name: str, content: str, period_code: str = "", now: datetime
) -> BudgetImport:
    """Keep a file of caps with all that it would change; the budgets stay as they are.

    ``period_code`` is meant by lines that name no period. Raises `DomainError` for what is no table
    of caps; problems of single lines stand in the plan.
    """
    _require(actor)
    if period_code.strip():
        selectors.period_named(period_code)
    look = _look(actor, content, period_code, now)
    return BudgetImport.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        file_name=file_name[:300],
        content=content,
        digest=look.digest,
        plan=_plan_of(look, period_code),
        created_by=actor.label[:200],
        created_at=now,
    )


@transaction.atomic
def renew_budget_import(*, actor: Actor, import_id: UUID, now: datetime) -> BudgetImport:
    """Compare a file anew with the budgets as they are. Raises `Conflict` once it is done with."""
    _require(actor)
    planned = waiting_file(import_id)
    period_code = str(planned.plan["period"])
    look = _look(actor, planned.content, period_code, now)
    planned.digest = look.digest
    planned.plan = _plan_of(look, period_code)
    planned.failure = ""
    planned.save(update_fields=["digest", "plan", "failure"])
    return planned


@transaction.atomic
def apply_budget_import(
    *, actor: Actor, import_id: UUID, reason: str = "", now: datetime
) -> BudgetImport:
    """Make of the budgets what a planned file says, all of it or nothing.

    Budgets that are new are made; one that the file leaves out stays as it is. Raises `DomainError`
    where lines have problems or there is nothing to change, and `Conflict` where the caps have
    changed since the file was compared, or it has been applied. Its SQL does not grow with the
    number of lines, but for each 2,000 new budgets.
    """
    _require(actor)
    hold_caps(actor.organization_id)
    return apply_planned(actor=actor, planned=waiting_file(import_id), reason=reason, now=now)


def apply_planned(
    *, actor: Actor, planned: BudgetImport, reason: str, now: datetime
) -> BudgetImport:
    """Apply a file that is locked, while `hold_caps` keeps others from setting caps.

    Part of the services that do, whoever wants it; raises as `apply_budget_import` does.
    """
    root = _require(actor)
    period_code = str(planned.plan["period"])
    look = _look(actor, planned.content, period_code, now)
    # What the file makes is nobody else's yet; what is there may have moved until it was locked.
    if known := _known_ids(look):
        lock(Budget.objects.filter(id__in=known).only("id"))
        lock_in_turn(BudgetPeriod.objects.filter(id__in=look.plan.period_ids).only("id"))
        look = _look(actor, planned.content, period_code, now)
    if look.digest != planned.digest:
        raise Conflict(
            "The caps have changed since this file was compared with them. Compare it again, then "
            "decide."
        )
    if not look.is_sound:
        raise DomainError(_NOT_SOUND)
    if look.changes_nothing:
        raise DomainError(_NOTHING)
    today = local_date(now, _organization().time_zone)
    change_terms(actor=actor, changes=look.file.terms, plan=look.plan, today=today, now=now)
    carry_out(actor=actor, plan=look.plan, reason=reason or planned.file_name, today=today, now=now)
    planned.status = BudgetImport.Status.APPLIED
    planned.applied_at = now
    planned.save(update_fields=["status", "applied_at"])
    record_plan(
        actor=actor,
        action=AuditAction.BUDGETS_IMPORTED,
        plan=look.plan,
        subject_id=planned.id,
        label=planned.file_name,
        reason=reason,
        also={"terms": len(look.file.terms)},
        group_id=root.id,
        now=now,
    )
    return planned


@transaction.atomic
def discard_budget_import(*, actor: Actor, import_id: UUID) -> BudgetImport:
    """Put a planned file aside; no budget was changed. Raises `Conflict` once it is done with."""
    _require(actor)
    planned = waiting_file(import_id)
    planned.status = BudgetImport.Status.DISCARDED
    planned.save(update_fields=["status"])
    return planned


def _require(actor: Actor) -> OrgGroup:
    """Let only those in who may set every budget: a file reaches all of them."""
    root = accounts.root_group()
    require(actor, Permission.MANAGE_BUDGETS, root)
    return root


def _organization() -> Organization:
    return accounts.organization_by_id(tenancy.current())


def check_applicable(planned: BudgetImport) -> None:
    """Raise `DomainError` where a file has problems, or changes nothing, as it was compared."""
    counts = planned.plan["counts"]
    if counts["problems"]:
        raise DomainError(_NOT_SOUND)
    if not any(counts[name] for name in ("additions", "changes", "terms")):
        raise DomainError(_NOTHING)


def waiting_file(import_id: UUID) -> BudgetImport:
    """Lock a file that waits to be applied; raises `NotFound`, and `Conflict` once it is done with.

    One SQL query.
    """
    found = lock(BudgetImport.objects.filter(id=import_id))
    if not found:
        raise NotFound("There is no such file.")
    if found[0].status != BudgetImport.Status.PLANNED:
        raise Conflict(f"This file is {found[0].get_status_display().lower()} already.")
    return found[0]


def _look(actor: Actor, content: str, period_code: str, now: datetime) -> _Look:
    """Compare a file with the budgets as they are. At most fifteen SQL queries."""
    sheet = read(content)
    organization, calendar = _organization(), selectors.fiscal_calendar()
    file = compare(
        sheet,
        directory_for(actor, sheet),
        calendar=calendar,
        currency=organization.currency,
        period=_default_period(calendar, period_code),
        new_id=new_id,
    )
    new = {one.id: one for one in file.new}
    periods = list({planned.period: None for planned in file.caps})
    slots = [
        *(slots_in(periods) if periods else ()),
        *(
            _new_slot(new[planned.budget_id], planned.period, organization.currency)
            for planned in file.caps
            if planned.budget_id in new
        ),
    ]
    held = {change.budget_id: change.after.children_percent for change in file.terms}
    plan = weigh(
        [
            replace(slot, children_percent=held[slot.covering.budget_id])
            if slot.covering.budget_id in held
            else slot
            for slot in slots
        ],
        file.caps,
        today=local_date(now, organization.time_zone),
        currency=organization.currency,
        new=file.new,
    )
    return _Look(file, plan)


def _default_period(calendar: FiscalCalendar, code: str) -> Period | None:
    return period_in(calendar, code) if code.strip() else None


def _new_slot(new: NewBudget, period: Period, currency: str) -> Slot:
    """Return a budget that a file makes as a plan weighs it."""
    covering = Covering(
        budget_id=new.id,
        period_id=None,
        group_id=new.group_id,
        group_name=new.group_name,
        group_path=new.group_path,
        period=period,
        cap=ZERO,
        reserved=ZERO,
        committed=ZERO,
        spent=ZERO,
        overrun=ZERO,
        warn_percent=new.terms.warn_percent,
        currency=currency,
        name=new.terms.name or new.words,
    )
    scope = (str(one or "") for one in new.terms.scope)
    return Slot(
        covering=covering,
        family=(new.kind, period.starts_on.isoformat(), *scope),
        first=new.starts_on,
        last=None,
        children_percent=new.terms.children_percent,
        is_new=True,
    )


def _known_ids(look: _Look) -> Sequence[UUID]:
    """Return the budgets that are there and that a file changes."""
    changed = (change.slot for change in look.plan.changes)
    found = {slot.covering.budget_id for slot in changed if not slot.is_new}
    return sorted(found | {change.budget_id for change in look.file.terms})


def _plan_of(look: _Look, period_code: str) -> dict[str, Any]:
    return {
        **told(look.file, look.plan, _organization().currency),
        "counts": counts_of(look.file, look.plan),
        "period": period_code.strip(),
    }
