"""Planning many caps at once: given one by one, copied forward, split down, rolled up."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from budgets import selectors
from budgets.models import Budget, BudgetPeriod
from budgets.planning import OwnShare, Plan, PlannedCap, SplitBy
from budgets.services.plan_writes import carry_out
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.core.locking import hold_caps, lock, lock_in_turn

_MOST_TOLD = 3


class PlanRefused(DomainError):
    """Some caps of a plan cannot be, and so none is changed; each is named in ``errors``."""

    def __init__(self, plan: Plan) -> None:
        said = " ".join(f"{one.place}: {one.sentence}" for one in plan.refusals[:_MOST_TOLD])
        rest = len(plan.refusals) - _MOST_TOLD
        more = f" And {rest} more." if rest > 0 else ""
        super().__init__(f"Nothing is changed. {said}{more}")
        self.plan = plan
        self.errors = tuple((one.place, one.sentence) for one in plan.refusals)


@transaction.atomic
def plan_period(
    *,
    actor: Actor,
    rows: Sequence[PlannedCap],
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> Plan:
    """Give budgets the caps of some periods, all of them or none; return what has changed.

    A period that nobody has opened is opened with its cap; one that is open has it changed in its
    ledger. The cap that other periods open with stays as it is. ``seen`` is the fingerprint of the
    plan that was shown. Raises `PlanRefused` where a cap cannot be, `Conflict` where the caps have
    changed since the plan was shown, and `NotAllowed` for who may not plan one of the budgets.
    """
    today = _today(now)
    return _carry_out(
        actor,
        lambda: selectors.draft_caps(actor, rows, today=today),
        told="planned",
        reason=reason,
        seen=seen,
        now=now,
    )


@transaction.atomic
def copy_forward(
    *,
    actor: Actor,
    from_code: str,
    to_code: str,
    percent: Decimal,
    group_ids: Collection[UUID] = (),
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> Plan:
    """Give every budget that the actor may plan the cap it had in a period, grown by a percentage.

    ``group_ids`` narrows it to these groups and all below. Budgets that do not reach into the
    period are left out; none is made. Raises as `plan_period`.
    """
    today = _today(now)
    return _carry_out(
        actor,
        lambda: selectors.draft_copy(
            actor,
            from_code=from_code,
            to_code=to_code,
            percent=percent,
            group_ids=group_ids,
            today=today,
        ),
        told=f"copied from {from_code} and changed by {percent:f} %",
        reason=reason,
        seen=seen,
        now=now,
    )


@transaction.atomic
def split_down(
    *,
    actor: Actor,
    budget_id: UUID,
    code: str,
    by: SplitBy,
    amount: Decimal | None = None,
    makes_missing: bool = False,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> Plan:
    """Share a budget's cap, or another amount, out among the budgets next below it.

    ``makes_missing`` makes budgets of the same kind and scope for the groups below it that have
    none. Raises as `plan_period`, and `NotFound`.
    """
    today = _today(now)
    return _carry_out(
        actor,
        lambda: selectors.draft_split(
            actor,
            budget_id=budget_id,
            code=code,
            by=by,
            amount=amount,
            makes_missing=makes_missing,
            today=today,
        ),
        told="split down",
        reason=reason,
        seen=seen,
        now=now,
    )


@transaction.atomic
def roll_up(
    *,
    actor: Actor,
    code: str,
    own: OwnShare,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> Plan:
    """Make each cap of a period the sum of those next below it and the group's own share.

    Raises as `plan_period`.
    """
    today = _today(now)
    return _carry_out(
        actor,
        lambda: selectors.draft_roll_up(actor, code=code, own=own, today=today),
        told="rolled up",
        reason=reason,
        seen=seen,
        now=now,
    )


def settled(draft: Callable[[], Plan]) -> Plan:
    """Return a plan on budgets and open periods that are locked until the transaction ends.

    Nobody else sets a cap meanwhile; periods are locked last, since orders wait for them.
    """
    hold_caps(tenancy.current())
    found = draft()
    budget_ids = {change.slot.covering.budget_id for change in found.changes}
    lock(Budget.objects.filter(id__in=budget_ids).only("id"))
    lock_in_turn(BudgetPeriod.objects.filter(id__in=found.period_ids).only("id"))
    return draft()


def record_plan(
    *,
    actor: Actor,
    action: AuditAction,
    plan: Plan,
    subject_id: UUID,
    label: str,
    reason: str,
    also: Mapping[str, Any] | None = None,
    group_id: UUID | None = None,
    now: datetime,
) -> None:
    """Have the trail tell what a plan came to.

    It stands on ``group_id``, by default on the nearest group that all its budgets share; ``also``
    are further figures.
    """
    paths = [change.slot.covering.group_path for change in plan.changes]
    periods = {change.slot.covering.period for change in plan.changes}
    record(
        actor=actor,
        action=action,
        subject_type="budget_plan",
        subject_id=subject_id,
        subject_label=label,
        group_id=group_id or _common(paths),
        before={"cap": plan.before},
        after={
            "cap": plan.after,
            "caps": len(plan.changes),
            "opened": sum(change.opens for change in plan.changes),
            "made": len(plan.new),
            "periods": [period.code for period in sorted(periods)],
            "digest": plan.digest,
            **(also or {}),
        },
        reason=reason,
        now=now,
    )


def _carry_out(
    actor: Actor,
    draft: Callable[[], Plan],
    *,
    told: str,
    reason: str,
    seen: str | None,
    now: datetime,
) -> Plan:
    plan = settled(draft)
    if plan.refusals:
        raise PlanRefused(plan)
    if seen is not None and seen != plan.digest:
        raise Conflict(
            "The caps have changed since you were shown this. Look at it again, then decide."
        )
    if plan.changes_nothing:
        return plan
    carry_out(actor=actor, plan=plan, reason=reason, today=_today(now), now=now)
    count = len(plan.changes)
    record_plan(
        actor=actor,
        action=AuditAction.BUDGETS_PLANNED,
        plan=plan,
        subject_id=new_id(),
        label=f"{count:,} {'cap' if count == 1 else 'caps'} ({told})",
        reason=reason,
        now=now,
    )
    return plan


def _today(now: datetime) -> date:
    return local_date(now, accounts.organization_by_id(tenancy.current()).time_zone)


def _common(paths: Sequence[Sequence[UUID]]) -> UUID:
    """Return the nearest group that all paths have in common; the root without any."""
    if not paths:
        return accounts.root_group().id
    common = list(paths[0])
    for path in paths[1:]:
        common = [one for one, other in zip(common, path, strict=False) if one == other]
    return common[-1]
