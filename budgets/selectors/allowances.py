"""Personal budgets that a rule gives: the rules, how many people have one, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import selectors as accounts
from accounts.permissions import Permission
from budgets.charges import scope_words
from budgets.models import Allowance, Budget
from budgets.rules import ZERO, Effect, effects
from budgets.selectors.standing import standing_of
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import NotFound
from procurement.core.money import format_money

_COUNTS = """
SELECT b.allowance_id, count(*),
    count(*) FILTER (WHERE p.cap <= p.reserved + p.committed + p.spent),
    count(*) FILTER (
        WHERE (p.reserved + p.committed + p.spent) * 100 >= p.cap * b.warn_percent)
FROM budgets_budget b
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s
WHERE b.organization_id = %(organization)s AND b.allowance_id = ANY(%(allowances)s::uuid[])
  AND b.is_active
GROUP BY b.allowance_id
"""


@dataclass(frozen=True, slots=True)
class AllowanceRow:
    """An allowance with how many people have theirs, are past the mark, and have used it up.

    Whoever has used it up is past the mark, too. ``title`` says what it is for.
    """

    allowance: Allowance
    title: str
    about: str
    people: int
    past_mark: int
    used_up: int
    can_manage: bool


@dataclass(frozen=True, slots=True)
class OwnBudget:
    """One person's budget of an allowance: whose it is, and how it stands."""

    name: str
    email: str
    group_name: str
    effect: Effect


def allowances_of(actor: Actor, *, ended: bool = False) -> QuerySet[Allowance]:
    """Return the allowances on groups whose budgets an actor may see, by group.

    Those that run, or those that have ended. One SQL query.
    """
    return (
        Allowance.objects.filter(
            accounts.within(actor, Permission.VIEW_BUDGETS, "group__"),
            ended_at__isnull=not ended,
        )
        .select_related("group", "category", "supplier")
        .order_by("group__name", "kind", "created_at", "id")
    )


def allowance_for(
    actor: Actor, allowance_id: UUID, permission: Permission = Permission.VIEW_BUDGETS
) -> Allowance:
    """Return an allowance on whose group an actor holds a permission; raises `NotFound`.

    One SQL query.
    """
    found = (
        Allowance.objects.filter(accounts.within(actor, permission, "group__"), id=allowance_id)
        .select_related("group", "category", "supplier")
        .first()
    )
    if found is None:
        raise NotFound("There are no such personal budgets, or they are not yours to see.")
    return found


def allowance_rows(
    actor: Actor, allowances: Sequence[Allowance], *, currency: str, on: date
) -> list[AllowanceRow]:
    """Return allowances with how their people stand on a day. One SQL query."""
    counted = writes.execute(
        _COUNTS,
        {
            "organization": tenancy.current(),
            "allowances": [one.id for one in allowances],
            "on": on,
        },
    ).fetchall()
    counts = {allowance_id: tuple(found) for allowance_id, *found in counted}
    rows = []
    for one in allowances:
        people, used_up, past_mark = counts.get(one.id, (0, 0, 0))
        rows.append(
            AllowanceRow(
                allowance=one,
                title=title_of_allowance(one),
                about=about_allowance(one, currency),
                people=people,
                past_mark=past_mark,
                used_up=used_up,
                can_manage=actor.can(Permission.MANAGE_BUDGETS, one.group.path),
            )
        )
    return rows


def people_with(allowance: Allowance, words: str = "") -> QuerySet[Budget]:
    """Return the running budgets of an allowance, by name; of whom every word occurs in it.

    One SQL query for each page that is cut from it, and one to count.
    """
    found = Budget.objects.filter(allowance=allowance, is_active=True)
    for word in words.split():
        found = found.filter(
            Q(membership__user__name__icontains=word) | Q(membership__user__email__icontains=word)
        )
    return found.select_related("membership__user", "membership__group").order_by(
        "membership__user__name", "id"
    )


def own_rows(budgets: Sequence[Budget], *, on: date) -> list[OwnBudget]:
    """Return personal budgets, from `people_with`, with how they stand on a day. One SQL query."""
    standing = standing_of([one.id for one in budgets], on)
    rows = []
    for one in budgets:
        member = one.membership
        assert member is not None
        (effect,) = effects([standing[one.id]], ZERO)
        rows.append(
            OwnBudget(
                name=member.user.name or member.user.email,
                email=member.user.email,
                group_name=member.group.name,
                effect=effect,
            )
        )
    return rows


def title_of_allowance(allowance: Allowance) -> str:
    """Say whose budgets an allowance gives: ``Everybody in Workplace and below``. No SQL."""
    below = " and below" if allowance.reaches_below else ""
    return f"Everybody in {allowance.group.name}{below}"


def about_allowance(allowance: Allowance, currency: str) -> str:
    """Say what everybody gets: ``$200.00 each month in Workplace for Software``. No SQL."""
    scope = scope_words(
        category=allowance.category.name if allowance.category else "",
        supplier=allowance.supplier.name if allowance.supplier else "",
    )
    each = Budget.Kind(allowance.kind).label.lower()
    said = f"{format_money(allowance.cap, currency)} {each} in {allowance.group.name}"
    return f"{said} for {scope}" if scope else said
