"""The table of caps that plans are made on, and what they add up to level by level."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.permissions import Permission
from budgets.fiscal import Period, PeriodKind, kinds_by_length
from budgets.models import Budget
from budgets.planning import (
    Slot,
)
from budgets.ratio import Overgiven, next_below, overgiven
from budgets.rules import ZERO, Covering
from budgets.selectors.settings import fiscal_calendar
from budgets.selectors.slots import (
    in_tree_order,
    slots_in,
)
from procurement.core.actors import Actor


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A budget in the table of a period: what it has, and what it had and used the time before.

    ``overgiven`` says that those next below have more than it may give out, such as since a group
    has moved.
    """

    slot: Slot
    level: int
    before: Slot | None
    below: int
    can_manage: bool
    overgiven: Overgiven | None

    @property
    def growth(self) -> Decimal | None:
        """Return by how many percent the cap differs from the last one; None without one."""
        if self.before is None or not self.before.covering.cap:
            return None
        last = self.before.covering.cap
        return ((self.slot.covering.cap - last) * 100 / last).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class RollUp:
    """A budget beside those next below it: what they have and use together."""

    slot: Slot
    below: int
    cap_below: Decimal
    used_below: Decimal

    @property
    def own(self) -> Decimal:
        """Return what the cap exceeds theirs by; below zero where more is given out."""
        return self.slot.covering.cap - self.cap_below


@dataclass(frozen=True, slots=True)
class LevelSum:
    """What the budgets at one level of the tree add up to; the organization itself is level 1."""

    level: int
    budgets: int
    cap: Decimal
    used: Decimal


def plan_table(actor: Actor, period: Period) -> list[PlanRow]:
    """Return the budgets of a period that an actor may see, in the order of the tree.

    Three SQL queries, however many budgets.
    """
    earlier = fiscal_calendar().before(period)
    slots = [
        slot
        for slot in slots_in([earlier, period])
        if actor.can(Permission.VIEW_BUDGETS, slot.covering.group_path)
    ]
    past = {one.covering.budget_id: one for one in slots if one.covering.period == earlier}
    found = [slot for slot in slots if slot.covering.period == period]
    caps = [slot.as_cap for slot in found]
    children = next_below(caps)
    too_much = {one.cap.budget_id: one for one in overgiven(caps)}
    seen = {slot.covering.group_id for slot in found}
    return [
        PlanRow(
            slot=slot,
            level=1 + sum(one in seen for one in slot.covering.group_path[:-1]),
            before=past.get(slot.covering.budget_id),
            below=len(children.get(slot.covering.budget_id, ())),
            can_manage=actor.can(Permission.MANAGE_BUDGETS, slot.covering.group_path),
            overgiven=too_much.get(slot.covering.budget_id),
        )
        for slot in in_tree_order(found)
    ]


def roll_ups(actor: Actor, period: Period) -> tuple[tuple[RollUp, ...], tuple[LevelSum, ...]]:
    """Return each budget that has some next below it beside them, and the sums of each level.

    Only those that the actor may see. One SQL query.
    """
    slots = [
        slot
        for slot in slots_in([period])
        if actor.can(Permission.VIEW_BUDGETS, slot.covering.group_path)
    ]
    known = {slot.covering.budget_id: slot for slot in slots}
    children = next_below([slot.as_cap for slot in slots])
    rolled = tuple(
        RollUp(
            slot=known[budget_id],
            below=len(below),
            cap_below=sum((one.amount for one in below), ZERO),
            used_below=sum((known[one.budget_id].covering.used for one in below), ZERO),
        )
        for budget_id, below in children.items()
    )
    levels: dict[int, list[Covering]] = {}
    for slot in slots:
        levels.setdefault(len(slot.covering.group_path), []).append(slot.covering)
    return rolled, tuple(
        LevelSum(
            level=level,
            budgets=len(found),
            cap=sum((one.cap for one in found), ZERO),
            used=sum((one.used for one in found), ZERO),
        )
        for level, found in sorted(levels.items())
    )


def plan_choices(today: date, *, earlier: int = 0, further: int = 2) -> tuple[Period, ...]:
    """Return the running period of every kind that has budgets, with some before and after it.

    Longer ones come first; of each the earliest first. Two SQL queries.
    """
    calendar = fiscal_calendar()
    kinds = Budget.objects.filter(is_active=True).values_list("kind", flat=True).distinct()
    found: list[Period] = []
    for kind in reversed(kinds_by_length(PeriodKind(one) for one in kinds)):
        first = calendar.period_of(kind, today)
        for _ in range(earlier):
            first = calendar.before(first)
        found.append(first)
        for _ in range(earlier + further):
            found.append(calendar.after(found[-1]))
    return tuple(found)
