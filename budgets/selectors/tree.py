"""The budgets that somebody may see, as the tree of one period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission
from budgets.fiscal import Period, PeriodKind
from budgets.models import BudgetAlert
from budgets.rules import ZERO, BudgetState, Covering, Effect, PeriodStatus, effects
from budgets.selectors.covering import (
    BUDGET_COLUMNS,
    BUDGET_JOINS,
    COUNTER_COLUMNS,
    from_rows,
)
from budgets.selectors.settings import fiscal_calendar
from procurement.core import tenancy, writes
from procurement.core.actors import Actor

# An ended budget stays on the periods in which something moved on it.
_BUDGETS = f"""
SELECT {BUDGET_COLUMNS}, {COUNTER_COLUMNS}
FROM budgets_budget b {BUDGET_JOINS}
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.starts_on <= %(ends_on)s AND p.ends_on >= %(starts_on)s
WHERE b.organization_id = %(organization)s AND b.kind = %(kind)s
  AND b.starts_on <= %(ends_on)s AND (b.ends_on IS NULL OR b.ends_on >= %(starts_on)s)
  AND (b.is_active OR p.entries > 1)
  AND (%(everywhere)s OR g.path && %(groups)s::uuid[])
"""

_PERIODS = """
SELECT b.kind, p.starts_on, p.ends_on, p.code, count(*)
FROM budgets_budgetperiod p
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
WHERE p.organization_id = %(organization)s AND p.starts_on <= %(until)s
  AND (b.is_active OR p.entries > 1)
  AND (%(everywhere)s OR g.path && %(groups)s::uuid[])
GROUP BY b.kind, p.starts_on, p.ends_on, p.code
ORDER BY array_position(ARRAY['MONTH', 'QUARTER', 'HALF', 'YEAR'], b.kind::text), p.starts_on DESC
"""


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """A period in which somebody has budgets to see."""

    period: Period
    budgets: int


@dataclass(frozen=True, slots=True)
class AlertNote:
    """The highest threshold that a period has crossed: when, with what, and who was told."""

    threshold: int
    crossed_at: datetime
    document_label: str
    told: tuple[str, ...]
    is_sent: bool


class Mark(StrEnum):
    """What a row of the tree is marked with, in words: how far it is, or what stopped it."""

    ON_TRACK = "ok"
    WARNED = "warned"
    OVER = "over"
    USED_UP = "blocked"
    FROZEN = "frozen"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def words(self) -> str:
        """Return the word that stands in the row."""
        return _MARK_WORDS[self]


_MARK_WORDS = {
    Mark.ON_TRACK: "On track",
    Mark.WARNED: "Warned",
    Mark.OVER: "Over",
    Mark.USED_UP: "Used up",
    Mark.FROZEN: "Frozen",
    Mark.CLOSED: "Closed",
    Mark.REOPENED: "Reopened",
}
_BY_STATE = {
    BudgetState.OK: Mark.ON_TRACK,
    BudgetState.WARN: Mark.WARNED,
    BudgetState.OVER: Mark.OVER,
    BudgetState.STOP: Mark.USED_UP,
}


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A budget in the tree, or, without ``effect``, a group that has none and only leads on.

    A group with several budgets has a row for each. ``path`` holds those of its ancestors, itself
    the last, that are in the tree.
    """

    group_id: UUID
    name: str
    path: tuple[UUID, ...]
    has_children: bool
    is_top: bool
    effect: Effect | None
    alert: AlertNote | None
    can_manage: bool

    @property
    def level(self) -> int:
        """Return how deep it stands, the top being 1."""
        return len(self.path)

    @property
    def state(self) -> BudgetState | None:
        """Return how its budget stands."""
        return self.effect.state if self.effect else None

    @property
    def mark(self) -> Mark | None:
        """Return what its budget is marked with."""
        if self.effect is None:
            return None
        status = self.effect.covering.status
        if status is PeriodStatus.OPEN:
            return _BY_STATE[self.effect.state]
        return Mark(status.value.lower())


@dataclass(frozen=True, slots=True)
class Totals:
    """What the topmost budgets add up to: each amount once, however deep the tree."""

    spent: Decimal
    committed: Decimal
    reserved: Decimal
    free: Decimal
    cap: Decimal


def period_choices(actor: Actor, today: date) -> tuple[PeriodChoice, ...]:
    """Return the periods, begun or next, of budgets that an actor may see. Two SQL queries.

    Months come first, then quarters, half-years and years; of each the latest first.
    """
    calendar = fiscal_calendar()
    coming = {kind: calendar.period_of(kind, today).renews_on for kind in PeriodKind}
    rows = _fetch(_PERIODS, actor, until=max(coming.values()))
    return tuple(
        PeriodChoice(Period(starts_on, ends_on, PeriodKind(kind), code), budgets)
        for kind, starts_on, ends_on, code, budgets in rows
        if starts_on <= coming[PeriodKind(kind)]
    )


def period_shown(choices: Sequence[PeriodChoice], today: date) -> Period | None:
    """Return the running period that has the most budgets, else the latest of all; no SQL."""
    running = [choice for choice in choices if today in choice.period]
    if running:
        return max(running, key=lambda choice: (choice.budgets, -choice.period.kind.months)).period
    return choices[0].period if choices else None


def budget_tree(actor: Actor, period: Period) -> tuple[TreeRow, ...]:
    """Return the budgets of a period that an actor may see, in the order of the tree.

    Groups above them that the actor may see too come along, so that the tree hangs together. Three
    SQL queries, however many groups.
    """
    rows = _fetch(
        _BUDGETS,
        actor,
        kind=period.kind.value,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
    )
    standing = list(from_rows(rows, period.starts_on))
    groups = _groups_of(actor, standing)
    alerts = _alerts(one.period_id for one in standing if one.period_id)
    by_group: dict[UUID, list[Covering | None]] = {}
    for one in sorted(standing, key=_before_its_neighbours):
        by_group.setdefault(one.group_id, []).append(one)
    whole = frozenset(one.group_id for one in standing if one.scope.is_everything)
    leading = {ancestor for _, path in groups.values() for ancestor in path[:-1]}
    found: list[TreeRow] = []
    for group_id, path in _in_order(groups):
        above = [ancestor for ancestor in path[:-1] if ancestor in groups]
        name = groups[group_id][0]
        can_manage = actor.can(Permission.MANAGE_BUDGETS, path)
        is_top = group_id in whole and whole.isdisjoint(above)
        found += [
            TreeRow(
                group_id=group_id,
                name=name,
                path=(*above, group_id),
                has_children=group_id in leading,
                is_top=is_top and one is not None and one.scope.is_everything,
                effect=effects([one], ZERO)[0] if one else None,
                alert=alerts.get(one.period_id) if one and one.period_id else None,
                can_manage=can_manage,
            )
            for one in by_group.get(group_id) or [None]
        ]
    return tuple(found)


def totals(rows: Iterable[TreeRow]) -> Totals:
    """Add up the topmost budgets of a tree that count everything; others are part of them. No SQL.

    Where no budget counts everything, all are added up, and what counts twice is in twice.
    """
    found = [row for row in rows if row.effect]
    tops = [
        row.effect.covering for row in [row for row in found if row.is_top] or found if row.effect
    ]
    return Totals(
        spent=sum((one.spent for one in tops), ZERO),
        committed=sum((one.committed for one in tops), ZERO),
        reserved=sum((one.reserved for one in tops), ZERO),
        free=sum((max(one.free, ZERO) for one in tops), ZERO),
        cap=sum((one.cap for one in tops), ZERO),
    )


def _before_its_neighbours(covering: Covering) -> tuple[bool, bool, str]:
    """Sort what counts everything first, then what is limited, then people, each by its words."""
    scope = covering.scope
    return (not scope.is_everything, scope.is_personal, covering.title.casefold())


def _fetch(statement: str, actor: Actor, **parameters: Any) -> list[tuple[Any, ...]]:
    visible = actor.groups_with(Permission.VIEW_BUDGETS)
    return writes.execute(
        statement,
        {
            "organization": tenancy.current(),
            "everywhere": visible is None,
            "groups": list(visible or ()),
            **parameters,
        },
    ).fetchall()


def _groups_of(
    actor: Actor, standing: Sequence[Covering]
) -> dict[UUID, tuple[str, tuple[UUID, ...]]]:
    """Return name and path of the budgets' groups and of the visible ones above them."""
    ids = {group_id for one in standing for group_id in one.group_path}
    if not ids:
        return {}
    rows = OrgGroup.objects.filter(
        accounts.within(actor, Permission.VIEW_BUDGETS), id__in=ids
    ).values_list("id", "name", "path")
    return {group_id: (name, tuple(path)) for group_id, name, path in rows}


def _in_order(
    groups: dict[UUID, tuple[str, tuple[UUID, ...]]],
) -> list[tuple[UUID, tuple[UUID, ...]]]:
    """Sort groups as a tree reads: each below the one it belongs to, siblings by name."""
    # By its number an id compares a dozen times faster than by itself.
    places = {group_id: (name.casefold(), group_id.int) for group_id, (name, _) in groups.items()}

    def place(path: tuple[UUID, ...]) -> list[tuple[str, int]]:
        return [places[one] for one in path if one in places]

    paths = sorted((path for _, path in groups.values()), key=place)
    return [(path[-1], path) for path in paths]


def _alerts(period_ids: Iterable[UUID]) -> dict[UUID, AlertNote]:
    """Return the highest alert of each period."""
    rows = BudgetAlert.objects.filter(
        period_id__in=list(period_ids), rearmed_at__isnull=True
    ).order_by("threshold")
    return {
        alert.period_id: AlertNote(
            threshold=alert.threshold,
            crossed_at=alert.crossed_at,
            document_label=alert.document_label,
            told=tuple(alert.told),
            is_sent=alert.sent_at is not None,
        )
        for alert in rows
    }
