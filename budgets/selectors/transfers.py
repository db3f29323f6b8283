"""Room that budgets give to each other: who may see what was asked, and who can be asked."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import selectors as accounts
from accounts.permissions import Permission
from budgets.models import BudgetTransfer
from budgets.rules import Covering
from budgets.selectors.covering import PERIOD_COLUMNS, from_period_row
from budgets.selectors.settings import budget_settings
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

GIVERS_SHOWN = 25

# Of every budget the period that holds a day; the nearest by name first.
_GIVERS = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id <> %(taker)s AND b.is_active
  AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s AND p.status IN ('OPEN', 'FROZEN')
  AND (%(everywhere)s OR g.path && %(visible)s::uuid[] OR g.id = ANY(%(path)s::uuid[])
       OR g.parent_id = %(parent)s::uuid)
  AND (%(query)s = '' OR strpos(lower(g.name || ' ' || b.name), lower(%(query)s)) > 0)
ORDER BY g.id = ANY(%(path)s::uuid[]) DESC, lower(g.name), p.id
LIMIT %(most)s
"""


def may_give(actor: Actor, giver: Covering, taker: Covering) -> bool:
    """Tell whether an actor may ask a budget for room for another one. No SQL.

    They may ask those that they see, those above the taker, and its neighbours below the same
    group: the giver's keepers decide, and the asker learns no figure.
    """
    return (
        actor.can(Permission.VIEW_BUDGETS, giver.group_path)
        or giver.group_id in taker.group_path
        or giver.group_path[:-1] == taker.group_path[:-1]
    )


def givers_for(actor: Actor, taker: Covering, on: date, *, query: str = "") -> tuple[Covering, ...]:
    """Return whom an actor may ask for room for a period: at most 25, by name. One SQL query.

    ``on`` is the day that the givers' periods hold. ``query`` narrows them down by name.
    """
    visible = actor.groups_with(Permission.VIEW_BUDGETS)
    rows = writes.execute(
        _GIVERS,
        {
            "organization": tenancy.current(),
            "taker": taker.period_id,
            "on": on,
            "everywhere": visible is None,
            "visible": list(visible or ()),
            "path": list(taker.group_path),
            "parent": taker.group_path[-2] if len(taker.group_path) > 1 else None,
            "query": query.strip(),
            "most": GIVERS_SHOWN,
        },
    ).fetchall()
    return tuple(from_period_row(row) for row in rows)


def transfers_of(actor: Actor) -> QuerySet[BudgetTransfer]:
    """Return the transfers from or to a budget that an actor may manage, the latest first.

    One SQL query for each page that is cut from it, and one to count.
    """
    gives = accounts.within(actor, Permission.MANAGE_BUDGETS, "giver__budget__group__")
    takes = accounts.within(actor, Permission.MANAGE_BUDGETS, "taker__budget__group__")
    return (
        BudgetTransfer.objects.filter(gives | takes)
        .select_related(
            "giver__budget__group", "taker__budget__group", "asked_by__user", "answered_by__user"
        )
        .order_by("-asked_at", "-id")
    )


def transfer_expires_at(transfer: BudgetTransfer) -> datetime:
    """Return when a transfer that waits for an answer ends without one. One SQL query."""
    return transfer.asked_at + timedelta(days=budget_settings().transfers_expire_after_days)


def overdue_since(now: datetime, days: int, today: date) -> Q:
    """Return what finds transfers that nobody has answered in ``days``, or whose period is over."""
    is_over = Q(giver__ends_on__lt=today) | Q(taker__ends_on__lt=today)
    late = Q(asked_at__lte=now - timedelta(days=days))
    return Q(status=BudgetTransfer.Status.ASKED) & (late | is_over)


def transfer_for(actor: Actor, transfer_id: UUID) -> BudgetTransfer:
    """Return a transfer from or to a budget that an actor may manage. One SQL query.

    Raises `NotFound`.
    """
    found = transfers_of(actor).filter(id=transfer_id).first()
    if found is None:
        raise NotFound("There is no such transfer, or it is not yours to see.")
    return found
