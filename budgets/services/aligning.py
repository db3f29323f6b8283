"""Bringing personal budgets in line with who belongs where: joiners get theirs, leavers' ones end.

Set-based: an allowance of thousands of people costs a handful of statements.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from budgets.allowances import Aligned
from budgets.fiscal import FiscalCalendar, PeriodKind
from budgets.models import Allowance, Budget
from budgets.selectors.allowances import about_allowance
from budgets.selectors.settings import fiscal_calendar
from budgets.services.caps import let_waiting_orders_go_on
from budgets.services.periods import Opening, coming, open_periods
from budgets.services.recapping import recap
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.ids import new_id
from procurement.core.locking import lock

_CHUNK = 2_000
_NAMED_IN_TRAIL = 50

_BELONGS = """
m.organization_id = a.organization_id AND m.status = 'ACTIVE'
AND EXISTS (
    SELECT FROM accounts_orggroup g
    WHERE g.organization_id = m.organization_id AND g.id = m.group_id
      AND (g.id = a.group_id OR (a.reaches_below AND g.path @> ARRAY[a.group_id])))
"""

# Whoever should have one and has none, with the one that ended for them before, if any: somebody
# who comes back takes it up again, used as it is.
_MISSING = f"""
SELECT a.id, m.id, coalesce(nullif(u.name, ''), u.email), (
    SELECT b.id FROM budgets_budget b
    WHERE b.organization_id = a.organization_id AND b.membership_id = m.id
      AND b.allowance_id = a.id AND NOT b.is_active
    ORDER BY b.ends_on DESC, b.id DESC LIMIT 1)
FROM budgets_allowance a
JOIN accounts_membership m ON {_BELONGS}
JOIN accounts_user u ON u.id = m.user_id
WHERE a.organization_id = %(organization)s AND a.id = ANY(%(allowances)s::uuid[])
  AND a.ended_at IS NULL AND (%(member)s::uuid IS NULL OR m.id = %(member)s)
  AND NOT EXISTS (
      SELECT FROM budgets_budget b
      WHERE b.organization_id = a.organization_id AND b.membership_id = m.id AND b.is_active
        AND b.group_id = a.group_id AND b.kind = a.kind
        AND b.category_id IS NOT DISTINCT FROM a.category_id
        AND b.supplier_id IS NOT DISTINCT FROM a.supplier_id)
ORDER BY a.id, 3, m.id
"""

_END = f"""
WITH ended AS (
    UPDATE budgets_budget b
    SET is_active = false, ends_on = greatest(%(today)s::date, b.starts_on)
    FROM budgets_allowance a
    WHERE b.organization_id = %(organization)s AND b.allowance_id = ANY(%(allowances)s::uuid[])
      AND b.is_active AND (%(member)s::uuid IS NULL OR b.membership_id = %(member)s)
      AND a.organization_id = b.organization_id AND a.id = b.allowance_id
      AND (a.ended_at IS NOT NULL OR NOT EXISTS (
          SELECT FROM accounts_membership m WHERE m.id = b.membership_id AND {_BELONGS}))
    RETURNING b.allowance_id, b.membership_id
)
SELECT e.allowance_id, coalesce(nullif(u.name, ''), u.email)
FROM ended e
JOIN accounts_membership m
     ON m.organization_id = %(organization)s AND m.id = e.membership_id
JOIN accounts_user u ON u.id = m.user_id
ORDER BY e.allowance_id, 2
"""

_GIVE = """
INSERT INTO budgets_budget (id, organization_id, group_id, kind, name, category_id, supplier_id,
    membership_id, position_id, allowance_id, cap, enforcement, warn_percent, block_percent, marks,
    children_percent, carries_over, starts_on, ends_on, is_active, created_at)
SELECT w.id, a.organization_id, a.group_id, a.kind, '', a.category_id, a.supplier_id,
    w.membership_id, NULL, a.id, a.cap, a.enforcement, a.warn_percent, 100, '{}', NULL, false,
    %(starts_on)s::date, NULL, true, %(now)s
FROM unnest(%(ids)s::uuid[], %(members)s::uuid[]) AS w(id, membership_id)
JOIN budgets_allowance a ON a.organization_id = %(organization)s AND a.id = %(allowance)s
ON CONFLICT DO NOTHING
"""

_TAKE_UP = """
UPDATE budgets_budget b
SET is_active = true, ends_on = NULL, cap = a.cap, enforcement = a.enforcement,
    warn_percent = a.warn_percent
FROM budgets_allowance a
WHERE b.organization_id = %(organization)s AND b.id = ANY(%(ids)s::uuid[])
  AND a.organization_id = b.organization_id AND a.id = b.allowance_id
"""


@transaction.atomic
def align_allowances(
    *,
    actor: Actor,
    allowance_ids: Collection[UUID] | None = None,
    membership_id: UUID | None = None,
    now: datetime,
) -> tuple[Aligned, ...]:
    """Give and end personal budgets so that those have one who should; return what has changed.

    Of some allowances, or of all that run; of one person, or of everybody. It follows from who
    belongs where, so it takes no permission, and running it again changes nothing. One SQL query
    where there is no allowance, eight where nothing is to be done.
    """
    running = Allowance.objects.filter(ended_at__isnull=True).select_related(
        "group", "category", "supplier"
    )
    if allowance_ids is not None:
        running = running.filter(id__in=allowance_ids)
    allowances = {one.id: one for one in lock(running)}
    if not allowances:
        return ()
    ended = end_surplus(allowances, membership_id=membership_id, now=now)
    given = give_missing(actor=actor, allowances=allowances, membership_id=membership_id, now=now)
    organization = accounts.organization_by_id(tenancy.current())
    aligned = tuple(
        Aligned(
            allowance_id=one.id,
            group_id=one.group_id,
            about=about_allowance(one, organization.currency),
            cap=one.cap,
            given=tuple(given[one.id]),
            ended=tuple(ended[one.id]),
        )
        for one in allowances.values()
        if given[one.id] or ended[one.id]
    )
    for one in aligned:
        _record(actor, allowances[one.allowance_id], one, now)
    if any(one.ended for one in aligned):
        let_waiting_orders_go_on(actor)
    return aligned


def end_surplus(
    allowances: Collection[UUID], *, membership_id: UUID | None = None, now: datetime
) -> defaultdict[UUID, list[str]]:
    """End the budgets of whoever should have none any more; return their names by allowance.

    Two SQL statements for one person, four for everybody.
    """
    organization = accounts.organization_by_id(tenancy.current())
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = _fetch(
        _END,
        organization=organization.id,
        allowances=list(allowances),
        member=membership_id,
        today=local_date(now, organization.time_zone),
    )
    for allowance_id, name in rows:
        found[allowance_id].append(name)
    return found


def give_missing(
    *,
    actor: Actor,
    allowances: dict[UUID, Allowance],
    membership_id: UUID | None = None,
    now: datetime,
) -> defaultdict[UUID, list[str]]:
    """Give whoever should have a budget and has none theirs; return their names by allowance.

    Who has one of the same kind and scope that somebody set by hand keeps that one. One SQL query
    for one person and three for everybody where nobody is without, else three more and two for each
    two thousand people of an allowance.
    """
    rows = _fetch(
        _MISSING,
        organization=tenancy.current(),
        allowances=list(allowances),
        member=membership_id,
    )
    names: defaultdict[UUID, list[str]] = defaultdict(list)
    if not rows:
        return names
    organization = accounts.organization_by_id(tenancy.current())
    today, calendar = local_date(now, organization.time_zone), fiscal_calendar()
    for allowance_id, allowance in allowances.items():
        wanted = [row for row in rows if row[0] == allowance_id]
        names[allowance_id] = [row[2] for row in wanted]
        for some in _in_chunks(wanted):
            _give(actor, allowance, some, today, calendar, now)
    return names


def _give(
    actor: Actor,
    allowance: Allowance,
    wanted: Sequence[Sequence[Any]],
    today: date,
    calendar: FiscalCalendar,
    now: datetime,
) -> None:
    """Insert the budgets that are new, take up those that there have been, and open periods."""
    organization = tenancy.current()
    members = [member for _, member, _, former in wanted if former is None]
    former = [one for _, _, _, one in wanted if one is not None]
    ids = [new_id() for _ in members]
    starts_on = calendar.period_of(PeriodKind(allowance.kind), today).starts_on
    if members:
        writes.execute(
            _GIVE,
            {
                "organization": organization,
                "allowance": allowance.id,
                "ids": ids,
                "members": members,
                "starts_on": starts_on,
                "now": now,
            },
            prepare=False,
        )
    if former:
        writes.execute(_TAKE_UP, {"organization": organization, "ids": former}, prepare=False)
        recap(actor=actor, budget_ids=former, planned_unless=None, today=today, now=now)
    sample = Budget(id=allowance.id, kind=allowance.kind, starts_on=starts_on)
    periods = [one.period for one in coming(sample, today, calendar)]
    openings = [Opening(one, period) for one in [*ids, *former] for period in periods]
    open_periods(actor=actor, openings=openings, now=now)


def _fetch(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return what a statement finds; of everybody at once, its joins are hashed.

    In the minute after thousands have been given a budget the planner's statistics know nothing of
    the new rows. It then expects one of them, and reads all of the tenant's rows again for each.
    """
    if parameters["member"] is not None:
        return writes.execute(statement, parameters, prepare=False).fetchall()
    writes.execute("SELECT set_config('enable_nestloop', 'off', true)")
    found = writes.execute(statement, parameters, prepare=False).fetchall()
    writes.execute("SELECT set_config('enable_nestloop', 'on', true)")
    return found


def _in_chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _record(actor: Actor, allowance: Allowance, aligned: Aligned, now: datetime) -> None:
    record(
        actor=actor,
        action=AuditAction.ALLOWANCES_ALIGNED,
        subject_type="allowance",
        subject_id=allowance.id,
        subject_label=allowance.group.name,
        group_id=allowance.group_id,
        after={
            "given": len(aligned.given),
            "ended": len(aligned.ended),
            "given_to": list(aligned.given[:_NAMED_IN_TRAIL]),
            "ended_for": list(aligned.ended[:_NAMED_IN_TRAIL]),
        },
        now=now,
    )
