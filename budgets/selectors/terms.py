"""What budgets are limited to and how they are held, and the caps that bound each other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.selectors import positions
from budgets.charges import scope_words
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod
from budgets.ratio import Cap
from budgets.terms import BudgetTerms, Enforcement, meaning
from procurement.core import tenancy, writes
from procurement.core.money import format_money

SCOPE_ROWS = ("group", "category", "supplier", "membership__user", "position")

_EXTRAS = """
SELECT l.period_id, sum(l.delta_cap)
FROM budgets_ledgerentry l
LEFT JOIN budgets_budgetincrease i
     ON i.organization_id = l.organization_id AND i.id = l.document_id
WHERE l.organization_id = %(organization)s AND l.period_id = ANY(%(periods)s::uuid[])
  AND l.delta_cap <> 0 AND l.kind <> 'OPEN' AND (l.kind <> 'CAP' OR i.is_lasting IS FALSE)
GROUP BY l.period_id
"""


def terms_of(budget: Budget) -> BudgetTerms:
    """Return how a budget is held. No SQL."""
    return BudgetTerms(
        name=budget.name,
        category_id=budget.category_id,
        supplier_id=budget.supplier_id,
        membership_id=budget.membership_id,
        position_id=budget.position_id,
        enforcement=Enforcement(budget.enforcement),
        warn_percent=budget.warn_percent,
        block_percent=budget.block_percent,
        marks=tuple(budget.marks),
        children_percent=budget.children_percent,
        carries_over=budget.carries_over,
    )


def words_of_scope(budget: Budget) -> str:
    """Say what a budget is limited to, or nothing. No SQL where its `SCOPE_ROWS` are loaded."""
    person = budget.membership.user if budget.membership else None
    return scope_words(
        category=budget.category.name if budget.category else "",
        supplier=budget.supplier.name if budget.supplier else "",
        person=(person.name or person.email) if person else "",
        seat=budget.position.name if budget.position else "",
    )


def label_of(budget: Budget) -> str:
    """Return what the record calls a budget. No SQL where its `SCOPE_ROWS` are loaded."""
    said = budget.name or words_of_scope(budget)
    label = f"{budget.group.name}, {PeriodKind(budget.kind).adjective} budget"
    return f"{label} for {said}" if said else label


def meaning_of(budget: Budget, currency: str) -> str:
    """Say in one breath what a budget means. No SQL where its `SCOPE_ROWS` are loaded."""
    return meaning(
        group=budget.group.name,
        kind=Budget.Kind(budget.kind).label.lower(),
        cap=format_money(budget.cap, currency),
        scope=words_of_scope(budget),
        terms=terms_of(budget),
    )


def caps_like(kind: PeriodKind, terms: BudgetTerms) -> list[Cap]:
    """Return the caps of all running budgets of a kind and scope, as they are set for good.

    One SQL query.
    """
    rows = Budget.objects.filter(_scope(terms), kind=kind.value, is_active=True).values_list(
        "id", "group__path", "group__name", "cap", "children_percent"
    )
    family = (kind, terms.scope)
    return [
        Cap(budget_id, family, tuple(path), name, cap, percent)
        for budget_id, path, name, cap, percent in rows
    ]


def extra_room(period_ids: Sequence[UUID]) -> dict[UUID, Decimal]:
    """Return what the caps of periods have beside what was set: carried, transferred, granted once.

    Below zero where more was given away. One SQL query.
    """
    rows = writes.execute(
        _EXTRAS, {"organization": tenancy.current(), "periods": list(period_ids)}
    ).fetchall()
    return dict(rows)


def seat_choices() -> list[tuple[UUID, str]]:
    """Return the seats that a budget may be limited to, by name. One SQL query."""
    return list(positions().values_list("id", "name"))


def caps_in_period(caps: Sequence[Cap], starts_on: date) -> list[Cap]:
    """Return caps as they are in the periods that begin on a day, where these are open.

    One SQL query.
    """
    ids = [one.budget_id for one in caps]
    rows = BudgetPeriod.objects.filter(budget_id__in=ids, starts_on=starts_on)
    actual = dict(rows.values_list("budget_id", "cap"))
    return [replace(one, amount=actual.get(one.budget_id, one.amount)) for one in caps]


def _scope(terms: BudgetTerms) -> Q:
    names = ("category", "supplier", "membership", "position")
    lookups: dict[str, Any] = {
        (f"{name}_id" if value else f"{name}__isnull"): value or True
        for name, value in zip(names, terms.scope, strict=True)
    }
    return Q(**lookups)
