"""What finding the next in line needs to know: the seats of a request's path, and the lines above.

Not read when a request is routed: only a stage that is late, or an appeal, asks for it.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from approvals.models import ApprovalRequest, Stage
from approvals.rederiving import UNREADABLE
from approvals.routing import Facts, Person, Route, Seats, StageSpec
from approvals.selectors.requests import rederive
from approvals.selectors.routing import routing_context
from procurement.core import writes

_LINES = """
WITH RECURSIVE line AS (
    SELECT id AS holder, id, manager_id, 0 AS depth FROM accounts_membership
    WHERE organization_id = %(organization)s AND id = ANY(%(holders)s)
    UNION ALL
    SELECT l.holder, m.id, m.manager_id, l.depth + 1 FROM line l
    JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.id = l.manager_id
    WHERE l.depth < 12
)
SELECT line.holder, line.depth, m.id, coalesce(nullif(u.name, ''), u.email), u.email,
       m.status = 'ACTIVE' AND u.is_active, a.id IS NOT NULL, a.amount
FROM line
JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.id = line.id
JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN approvals_approvallimit a
    ON a.organization_id = %(organization)s AND a.membership_id = m.id AND a.until IS NULL
ORDER BY line.holder, line.depth
"""


@dataclass(frozen=True, slots=True)
class LineContext:
    """What `next_in_line` is asked with; ``spec`` is None for a stage that somebody added.

    ``amount`` is what personal limits are held against.
    """

    facts: Facts
    seats: Seats
    amount: Decimal
    spec: StageSpec | None


def line_context(
    request: ApprovalRequest, stage: Stage, holders: Collection[UUID], now: datetime
) -> LineContext:
    """Return what is needed to find who comes after the holders of a stage's seats.

    Groups and people are those of today, whatever the request was routed on. Four SQL queries, and
    one more where groups above have had a say.
    """
    loaded = ApprovalRequest.objects.select_related("policy_version__policy__group", "group").get(
        id=request.id
    )
    # The path is that of today: whoever is asked has to sit above the group as it stands now.
    facts = replace(Facts.from_json(loaded.facts), group_path=tuple(loaded.group.path))
    route = _route_of(loaded)
    spec = None
    if route is not None and stage.step is not None and stage.step < len(route.stages):
        spec = route.stages[stage.step].spec
    counted = route.counted if route is not None else None
    seats = routing_context(
        facts.group_path, facts.requester_id, now, further=(spec,) if spec else ()
    ).seats
    return LineContext(
        facts=facts,
        seats=with_lines(seats, loaded.organization_id, holders),
        amount=counted.amount if counted else facts.amount,
        spec=spec,
    )


def _route_of(request: ApprovalRequest) -> Route | None:
    """Return a request's route, or None where what is stored cannot be read any more."""
    try:
        return rederive(request)
    except UNREADABLE:
        return None


def with_lines(seats: Seats, organization_id: UUID, holders: Collection[UUID]) -> Seats:
    """Add the managers above people, whoever they are. One SQL query."""
    rows = writes.execute(
        _LINES, {"organization": organization_id, "holders": list(holders)}
    ).fetchall()
    chains: defaultdict[UUID, list[UUID]] = defaultdict(list)
    people = dict(seats.people)
    limits = dict(seats.limits)
    for holder, depth, member, name, email, is_active, has_limit, limit in rows:
        people.setdefault(member, Person(member, name, email, is_active))
        if has_limit:
            limits[member] = limit
        if depth and member != holder and member not in chains[holder]:
            chains[holder].append(member)
    return replace(
        seats,
        people=people,
        limits=limits,
        chains={holder: tuple(members) for holder, members in chains.items()},
    )
