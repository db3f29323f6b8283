"""What was bought under a budget in two of its periods, by segment of the category tree."""

from dataclasses import dataclass
from decimal import Decimal

from budgets.comparing import Difference
from budgets.rules import Covering
from catalogs.unspsc import SEGMENTS
from procurement.core import tenancy, writes

_ZERO = Decimal(0)

# Bounded by the days of the two periods and, in what comes back, by the tops of the category tree.
_SEGMENTS = """
SELECT a.code, c.name, a.now, a.before
FROM (
    SELECT f.category_path[1] AS code,
        sum(f.amount) FILTER (WHERE f."on" BETWEEN %(since)s AND %(until)s) AS now,
        sum(f.amount) FILTER (WHERE f."on" BETWEEN %(since_before)s AND %(until_before)s) AS before
    FROM analytics_spendfact f
    WHERE f.organization_id = %(organization)s
      AND (f."on" BETWEEN %(since)s AND %(until)s
           OR f."on" BETWEEN %(since_before)s AND %(until_before)s)
      AND f.group_path @> ARRAY[%(group)s]::uuid[]
      AND (%(category)s = '' OR f.category_path @> ARRAY[%(category)s]::varchar[])
      AND (%(supplier)s::uuid IS NULL OR f.supplier_id = %(supplier)s)
      AND (%(requester)s::uuid IS NULL OR f.requester_id = %(requester)s)
    GROUP BY f.category_path[1]
) a
LEFT JOIN catalogs_category c ON c.organization_id = %(organization)s AND c.code = a.code
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment in both periods; ``code`` is empty for what has no category."""

    code: str
    label: str
    bought: Difference


def segments_of_both(now: Covering, before: Covering) -> tuple[Segment, ...]:
    """Return what was bought under a budget in two periods, by segment, the largest first.

    By the lines of placed and imported orders that fall under it, on the day on which they were
    bought. Whoever fills a seat is not kept with a line, so a seat's budget has none. The caller
    has seen to it that its reports may be read. One SQL query.
    """
    scope = now.scope
    if scope.position:
        return ()
    rows = writes.execute(
        _SEGMENTS,
        {
            "organization": tenancy.current(),
            "group": now.group_id,
            "since": now.period.starts_on,
            "until": now.period.ends_on,
            "since_before": before.period.starts_on,
            "until_before": before.period.ends_on,
            "category": scope.category,
            "supplier": scope.supplier_id,
            "requester": scope.membership_id,
        },
    ).fetchall()
    found = [
        Segment(
            code=code or "",
            label=(name or SEGMENTS.get(code) or f"Category {code}") if code else "Uncategorised",
            bought=Difference(is_now or _ZERO, was or _ZERO),
        )
        for code, name, is_now, was in rows
    ]
    return tuple(sorted(found, key=lambda one: (-(one.bought.now or _ZERO), one.label)))
