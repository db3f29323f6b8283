"""Orders of the past in the order of their days, read some thousand at a time: memory stays flat.

Whoever iterates does so within a tenancy scope; it may be a new one for each chunk, since every
page says where it goes on.
"""

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.backtesting.guiding import GuidedLine
from analytics.filters import Source
from approvals.routing import Facts
from catalogs.guidance import ItemFacts, Outcome
from procurement.core import tenancy
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.history.evaluation import PastLine
from procurement.orders.history.planning import KnownGroup

PAGE = 2000
_NO_ID = UUID(int=0)

_IMPORTS = """
SELECT i.id FROM orders_historyimport i WHERE i.organization_id = %(organization)s ORDER BY i.id
"""

_IMPORTED = """
SELECT o.id, o.sequence, coalesce(nullif(o.number, ''), 'Imported ' || o.sequence), o.group_id,
    o.buyer_id, o.buyer_name, o.posted_on, o.currency
FROM orders_importedorder o
WHERE o.organization_id = %(organization)s AND o.history_import_id = %(import_id)s
  AND o.sequence > %(after)s AND o.posted_on BETWEEN %(first)s AND %(last)s
  AND o.group_id = ANY(%(groups)s)
ORDER BY o.sequence
LIMIT %(page)s
"""

_LINES = """
SELECT l.order_id, l.group_id, l.supplier_id, l.category_id, l.posted_on, l.amount
FROM orders_importedline l
WHERE l.organization_id = %(organization)s AND l.order_id = ANY(%(ids)s)
ORDER BY l.order_id, l.line
"""

_LIVE_LINES = """
SELECT l.requisition_id, l.item_id, l.supplier_id, l.category_id, l.guidance
FROM orders_requisitionline l
WHERE l.organization_id = %(organization)s AND l.requisition_id = ANY(%(ids)s)
ORDER BY l.requisition_id, l.position
"""

# What became of an order after it had come back is its last request; the earlier ones were for
# content that was never bought.
_LAST = """
r.organization_id = %(organization)s AND r.subject_kind = %(kind)s
  AND r.opened_at >= %(since)s AND r.opened_at < %(until)s AND r.group_id = ANY(%(groups)s)
  AND NOT EXISTS (
    SELECT 1 FROM approvals_approvalrequest later
    WHERE later.organization_id = r.organization_id AND later.subject_id = r.subject_id
      AND later.opened_at > r.opened_at
  )
"""

_LIVE = f"""
SELECT r.id, r.opened_at, r.subject_id, q.number, coalesce(nullif(u.name, ''), u.email),
    r.facts::text
FROM approvals_approvalrequest r
JOIN orders_requisition q ON q.organization_id = r.organization_id AND q.id = r.subject_id
JOIN accounts_membership m ON m.organization_id = r.organization_id AND m.id = r.requester_id
JOIN accounts_user u ON u.id = m.user_id
WHERE {_LAST} AND (r.opened_at, r.id) > (%(opened_at)s, %(id)s)
ORDER BY r.opened_at, r.id
LIMIT %(page)s
"""

_COUNT_IMPORTED = """
SELECT count(*) FROM orders_importedorder o
WHERE o.organization_id = %(organization)s AND o.posted_on BETWEEN %(first)s AND %(last)s
  AND o.group_id = ANY(%(groups)s)
"""

_COUNT_LIVE = f"SELECT count(*) FROM approvals_approvalrequest r WHERE {_LAST}"


@dataclass(frozen=True, slots=True)
class PastOrder:
    """One order of the past. A live one has ``facts``, an imported one its ``lines``.

    ``guided`` are the lines as guided buying sees them, where somebody wants to know.
    """

    source: Source
    id: UUID
    number: str
    on: date
    group: KnownGroup
    requester_id: UUID | None
    requester_name: str
    currency: str
    facts: Facts | None = None
    lines: tuple[PastLine, ...] = ()
    guided: tuple[GuidedLine, ...] = ()

    @property
    def amount(self) -> Decimal:
        """Return what it came to, below zero for a refund."""
        if self.facts is not None:
            return self.facts.amount
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Extent:
    """Which orders are read: of which groups, from which day to which, of which sources.

    Imported ones are read from ``imported_first`` on, and of ``imported_groups``: those that use up
    the same budgets. ``is_guided`` reads what guided buying looks at, too.
    """

    first: date
    last: date
    group_ids: frozenset[UUID]
    sources: frozenset[Source]
    imported_first: date
    imported_group_ids: frozenset[UUID]
    time_zone: str
    is_guided: bool = False

    def holds(self, order: PastOrder) -> bool:
        """Tell whether an order is one to be judged, not only to be counted."""
        return self.first <= order.on <= self.last and order.group.id in self.group_ids


def orders_of(
    extent: Extent,
    groups: Mapping[UUID, KnownGroup],
    category_paths: Mapping[UUID, tuple[str, ...]],
) -> Iterator[PastOrder]:
    """Yield all orders of an extent by their days; two SQL queries for each page of imported ones.

    ``groups`` are all there are, ``category_paths`` lead to each category by its id.
    """
    streams: list[Iterator[PastOrder]] = []
    if Source.IMPORTED in extent.sources:
        for (import_id,) in _rows(_IMPORTS, {}):
            streams.append(_imported(extent, import_id, groups, category_paths))
    if Source.LIVE in extent.sources:
        streams.append(_live(extent, groups, category_paths))
    yield from heapq.merge(*streams, key=lambda order: order.on)


def count_orders(extent: Extent) -> int:
    """Return how many orders an extent has. Two SQL queries at most."""
    total = 0
    if Source.IMPORTED in extent.sources:
        total += _rows(_COUNT_IMPORTED, _imported_bounds(extent))[0][0]
    if Source.LIVE in extent.sources:
        total += _rows(_COUNT_LIVE, _live_bounds(extent))[0][0]
    return total


def _imported(
    extent: Extent,
    import_id: UUID,
    groups: Mapping[UUID, KnownGroup],
    category_paths: Mapping[UUID, tuple[str, ...]],
) -> Iterator[PastOrder]:
    after = -1
    bounds = _imported_bounds(extent) | {"import_id": import_id, "page": PAGE}
    while rows := _rows(_IMPORTED, {**bounds, "after": after}):
        lines: dict[UUID, list[PastLine]] = {}
        for order_id, group_id, supplier_id, category_id, posted_on, amount in _rows(
            _LINES, {"ids": [row[0] for row in rows]}
        ):
            path = category_paths.get(category_id, ()) if category_id else ()
            lines.setdefault(order_id, []).append(
                PastLine(groups[group_id], supplier_id, path, posted_on, amount)
            )
        for order_id, _, number, group_id, buyer_id, buyer_name, posted_on, currency in rows:
            if order_id in lines:
                yield PastOrder(
                    Source.IMPORTED,
                    order_id,
                    number,
                    posted_on,
                    groups[group_id],
                    buyer_id,
                    buyer_name,
                    currency,
                    lines=tuple(lines[order_id]),
                    guided=_as_guided(lines[order_id]) if extent.is_guided else (),
                )
        after = rows[-1][1]


def _as_guided(lines: Sequence[PastLine]) -> tuple[GuidedLine, ...]:
    return tuple(
        GuidedLine(ItemFacts(None, line.supplier_id, line.category_path), line.group.path)
        for line in lines
    )


def _live(
    extent: Extent,
    groups: Mapping[UUID, KnownGroup],
    category_paths: Mapping[UUID, tuple[str, ...]],
) -> Iterator[PastOrder]:
    bounds = _live_bounds(extent) | {"page": PAGE}
    at = {"opened_at": bounds["since"], "id": _NO_ID}
    while rows := _rows(_LIVE, {**bounds, **at}):
        items = _live_items([row[2] for row in rows], category_paths) if extent.is_guided else {}
        for _, _, requisition_id, number, requester, stored in rows:
            facts = Facts.from_json(json.loads(stored))
            group = groups[facts.group_id]
            yield PastOrder(
                Source.LIVE,
                requisition_id,
                number,
                facts.on,
                group,
                facts.requester_id,
                requester,
                facts.currency,
                # Policies and seats are today's, so the group stands where it stands today.
                facts=replace(facts, group_path=group.path),
                guided=tuple(
                    GuidedLine(item, group.path, stored)
                    for item, stored in items.get(requisition_id, ())
                ),
            )
        at = {"opened_at": rows[-1][1], "id": rows[-1][0]}


def _live_items(
    ids: Sequence[UUID], category_paths: Mapping[UUID, tuple[str, ...]]
) -> dict[UUID, list[tuple[ItemFacts, Outcome | None]]]:
    """Return what guided buying looks at in the lines of orders, and what it said of each."""
    found: dict[UUID, list[tuple[ItemFacts, Outcome | None]]] = {}
    for order_id, item_id, supplier_id, category_id, said in _rows(_LIVE_LINES, {"ids": ids}):
        item = ItemFacts(item_id, supplier_id, category_paths.get(category_id, ()))
        found.setdefault(order_id, []).append((item, Outcome(said) if said else None))
    return found


def _imported_bounds(extent: Extent) -> dict[str, Any]:
    return {
        "first": extent.imported_first,
        "last": extent.last,
        "groups": list(extent.imported_group_ids),
    }


def _live_bounds(extent: Extent) -> dict[str, Any]:
    zone = ZoneInfo(extent.time_zone)
    return {
        "kind": SUBJECT_KIND,
        "since": datetime.combine(extent.first, time.min, zone),
        "until": datetime.combine(extent.last + timedelta(days=1), time.min, zone),
        "groups": list(extent.group_ids),
    }


def _rows(statement: str, parameters: Mapping[str, Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": tenancy.current(), **parameters})
        rows: list[Any] = cursor.fetchall()
        return rows
