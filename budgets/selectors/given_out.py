"""Which budgets would give out more than they may, once one ends or groups have moved."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from accounts.effects import GroupChange
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod
from budgets.ratio import Cap, Overgiven, newly_overgiven
from budgets.selectors.terms import caps_like, terms_of

_SCOPE = ("category_id", "supplier_id", "membership_id", "position_id")


def overgiven_by_ending(budget: Budget, today: date) -> tuple[Overgiven, ...]:
    """Return the budgets that what is below an ended one would be too much for.

    As the caps are in the periods that hold ``today``. Two SQL queries.
    """
    caps = caps_like(PeriodKind(budget.kind), terms_of(budget))
    before = _in_running_periods(caps, today)
    return newly_overgiven(before, [one for one in before if one.budget_id != budget.id])


def overgiven_by_moving(change: GroupChange, today: date) -> tuple[Overgiven, ...]:
    """Return the budgets that give out too much since the tree has changed, by name.

    As the caps are in the periods that hold ``today``. One SQL query where no budget on the groups
    above or below bounds what it gives out, else three.
    """
    touched = {step for place in change.places for step in (*place.before, *place.after)}
    bounding = Budget.objects.filter(
        is_active=True, group_id__in=touched, children_percent__isnull=False
    )
    families = set(bounding.values_list("kind", *_SCOPE))
    if not families:
        return ()
    was = {place.id: place.before for place in change.places}
    after = _in_running_periods(_caps_of(families), today)
    before = [replace(one, path=was.get(one.path[-1], one.path)) for one in after]
    return tuple(sorted(newly_overgiven(before, after), key=lambda one: one.cap.title))


def _caps_of(
    families: set[tuple[str, UUID | None, UUID | None, UUID | None, UUID | None]],
) -> list[Cap]:
    """Return the caps of all running budgets of some kinds and scopes. One SQL query."""
    ways = (
        Q(kind=kind)
        & reduce(lambda found, part: found & _is(*part), zip(_SCOPE, scope, strict=True), Q())
        for kind, *scope in families
    )
    rows = Budget.objects.filter(reduce(or_, ways), is_active=True).values_list(
        "id", "kind", *_SCOPE, "group__path", "group__name", "name", "cap", "children_percent"
    )
    return [
        Cap(
            budget_id=budget_id,
            family=tuple(family),
            path=tuple(path),
            title=f"{group}, {name}" if name else group,
            amount=cap,
            children_percent=percent,
        )
        for budget_id, *family, path, group, name, cap, percent in rows
    ]


def _is(name: str, value: UUID | None) -> Q:
    return Q(**{name: value}) if value is not None else Q(**{f"{name}__isnull": True})


def _in_running_periods(caps: Sequence[Cap], today: date) -> list[Cap]:
    """Return caps as they are in the periods that hold a day, where these are open."""
    rows = BudgetPeriod.objects.filter(
        budget_id__in=[one.budget_id for one in caps], starts_on__lte=today, ends_on__gte=today
    )
    actual: Mapping[UUID, Decimal] = dict(rows.values_list("budget_id", "cap"))
    return [replace(one, amount=actual.get(one.budget_id, one.amount)) for one in caps]
