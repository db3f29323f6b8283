"""What was asked for against guided buying, and the rules that would spare the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.selectors import organization_by_id
from approvals import selectors as approvals
from catalogs import selectors as catalogs
from catalogs.guidance import ItemFacts, Outcome, Target
from procurement.core import tenancy, writes
from procurement.core.clock import local_date, start_of
from procurement.core.errors import DomainError, NotAllowed, NotFound
from procurement.orders.proposals import (
    Deviation,
    DeviationGroup,
    Fate,
    Ground,
    Proposal,
    Subject,
    grouped,
    propose,
)

_A_QUARTER = timedelta(days=91)
_LONGEST = timedelta(days=366)

# What was rejected or not decided stays so when its requester gives it up afterwards.
_FATE = "CASE WHEN r.status = 'CANCELLED' THEN q.status ELSE r.status END"

_LINES = f"""
SELECT r.id, r.number, g.path, l.guidance, {_FATE}, l.item_id, l.title, l.supplier_id, s.name,
       c.code, c.name, c.path, l.amount, r.total, r.currency,
       ARRAY(SELECT DISTINCT coalesce(nullif(u.name, ''), u.email)
             FROM approvals_decision d
             JOIN accounts_membership m ON m.organization_id = d.organization_id
              AND m.id = d.membership_id
             JOIN accounts_user u ON u.id = m.user_id
             WHERE d.organization_id = q.organization_id AND d.request_id = q.id ORDER BY 1),
       q.closed_at - q.opened_at
FROM orders_requisition r
JOIN accounts_orggroup g ON g.organization_id = r.organization_id AND g.id = r.group_id
JOIN orders_requisitionline l ON l.organization_id = r.organization_id AND l.requisition_id = r.id
JOIN catalogs_supplier s ON s.organization_id = l.organization_id AND s.id = l.supplier_id
LEFT JOIN catalogs_category c ON c.organization_id = l.organization_id AND c.id = l.category_id
LEFT JOIN LATERAL (
    SELECT a.id, a.organization_id, a.status, a.opened_at, a.closed_at
    FROM approvals_approvalrequest a
    WHERE a.organization_id = r.organization_id AND a.subject_id = r.id
    ORDER BY a.opened_at DESC LIMIT 1
) q ON true
WHERE r.organization_id = %(organization)s
  AND {_FATE} IN ('PENDING', 'PLACED', 'REJECTED', 'EXPIRED')
  AND r.submitted_at >= %(since)s AND r.submitted_at < %(until)s
  AND l.guidance IN ('BLOCKED', 'RESTRICTED')
  AND (%(everywhere)s OR g.path && %(groups)s::uuid[])
ORDER BY r.submitted_at DESC, l.position
"""

_FATES = {
    "PLACED": Fate.APPROVED,
    "REJECTED": Fate.REJECTED,
    "PENDING": Fate.PENDING,
    "EXPIRED": Fate.UNDECIDED,
}


@dataclass(frozen=True, slots=True)
class ExceptionsAsked:
    """Which exceptions are looked at: those of the days from ``since`` to ``until``, by what."""

    by: Target
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """What was asked for about one subject, and the rule that would spare it, if any."""

    group: DeviationGroup
    group_name: str
    proposal: Proposal | None
    may_adopt: bool


def exceptions_asked(
    *,
    by: Target = Target.ITEM,
    since: date | None = None,
    until: date | None = None,
    today: date,
) -> ExceptionsAsked:
    """Return what is looked at: by default the last quarter, and never more than a year. Pure."""
    last = until or today
    first = since or last - _A_QUARTER
    return ExceptionsAsked(by, max(first, last - _LONGEST), last)


def exception_rows(actor: MemberActor, asked: ExceptionsAsked, now: datetime) -> list[ExceptionRow]:
    """Return exceptions and restricted orders by subject, those with the most orders first.

    Of the groups whose reports the actor may see. Five SQL queries, two where there is none. Raises
    `NotAllowed` for somebody who may see no reports.
    """
    _require_reports(actor)
    time_zone = organization_by_id(actor.organization_id).time_zone
    found = grouped(_deviations(actor, asked, time_zone), asked.by)
    if not found:
        return []
    groups = sorted({one for group in found for line in group.lines for one in line.group_path})
    ground = Ground(
        group_names=dict(OrgGroup.objects.filter(id__in=groups).values_list("id", "name")),
        rules=catalogs.rules_for(groups, local_date(now, time_zone)),
        policies=approvals.policies_in_force(groups, now),
    )
    return [_row(actor, group, ground) for group in found]


def exception_row(
    actor: MemberActor, asked: ExceptionsAsked, *, outcome: str, key: str, now: datetime
) -> ExceptionRow:
    """Return the exceptions about one subject, of BLOCKED or RESTRICTED lines.

    Five SQL queries; raises `NotFound`, and `DomainError` for an outcome that nobody asks about.
    """
    _require_reports(actor)
    if outcome not in (Outcome.BLOCKED, Outcome.RESTRICTED):
        raise DomainError("Choose BLOCKED or RESTRICTED.", field="outcome")
    for row in exception_rows(actor, asked, now):
        if row.group.outcome == outcome and row.group.subject.key == key:
            return row
    raise NotFound("Nothing of this kind was asked for in that time.")


def _require_reports(actor: MemberActor) -> None:
    if not actor.can_anywhere(Permission.VIEW_REPORTS):
        raise NotAllowed("You need to be able to see reports for this.")


def _row(actor: MemberActor, group: DeviationGroup, ground: Ground) -> ExceptionRow:
    proposal = propose(group, ground)
    may_adopt = False
    if proposal is not None and proposal.policy is not None:
        place = group.group_path.index(proposal.policy.group_id)
        may_adopt = actor.can(Permission.MANAGE_POLICIES, group.group_path[: place + 1])
    elif proposal is not None:
        may_adopt = actor.can(Permission.MANAGE_CATALOG, group.group_path)
    return ExceptionRow(group, ground.group_names[group.group_id], proposal, may_adopt)


def _deviations(actor: MemberActor, asked: ExceptionsAsked, time_zone: str) -> list[Deviation]:
    groups = actor.groups_with(Permission.VIEW_REPORTS)
    rows = writes.execute(
        _LINES,
        {
            "organization": tenancy.current(),
            "since": start_of(asked.since, time_zone),
            "until": start_of(asked.until + timedelta(days=1), time_zone),
            "everywhere": groups is None,
            "groups": list(groups or ()),
        },
    ).fetchall()
    return [_deviation(row) for row in rows]


def _deviation(row: Sequence[Any]) -> Deviation:
    item_id: UUID = row[5]
    subjects = [
        Subject(Target.ITEM, str(item_id), row[6]),
        Subject(Target.SUPPLIER, str(row[7]), row[8]),
    ]
    if row[9]:
        subjects.append(Subject(Target.CATEGORY, row[9], row[10]))
    return Deviation(
        order_id=row[0],
        order_number=row[1],
        group_path=tuple(row[2]),
        outcome=Outcome(row[3]),
        fate=_FATES[row[4]],
        subjects=tuple(subjects),
        facts=ItemFacts(item_id, row[7], tuple(row[11] or ())),
        amount=row[12],
        total=row[13],
        currency=row[14],
        deciders=tuple(row[15]),
        took=row[16],
    )
