"""Searching the catalog for a group: preferred first, blocked last, each hit with its sentence.

What a rule says is worked out in SQL, not on a candidate set in Python: the counts beside the
filters have to be exact over all matches, and a blocked item has to sink below every other match
however well it fits. The rules of a group are ranked once by `guidance.Ruleset`; SQL takes the
smallest rank that a row's category, supplier or own id has. `tests/catalogs` holds the SQL form and
the pure form together on random catalogs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from catalogs.guidance import OUTCOME_OF, Guidance, Outcome, Ruleset, Target
from catalogs.selectors.items import ItemCard, items_by_id, same_items
from catalogs.selectors.rules import rules_for
from catalogs.words import plain_words
from procurement.core.actors import Actor

PER_PAGE = 20
MOST_FACETS = 8
_PLACES = (Outcome.PREFERRED, Outcome.NEUTRAL, Outcome.RESTRICTED, Outcome.BLOCKED)
_NEUTRAL_PLACE = _PLACES.index(Outcome.NEUTRAL)


class Sort(StrEnum):
    """How hits of the same guidance are ordered."""

    BEST = "best"
    PRICE = "price"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search. Categories are codes and reach everything below them.

    ``price_from`` and ``price_to`` are prices of one unit, both included.
    """

    guidance: Outcome | None = None
    categories: tuple[str, ...] = ()
    suppliers: tuple[UUID, ...] = ()
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    sort: Sort = Sort.BEST


@dataclass(frozen=True, slots=True)
class Offer:
    """An item with what guidance says of it for the group."""

    card: ItemCard
    guidance: Guidance


@dataclass(frozen=True, slots=True)
class Hit:
    """A found item; ``offers`` are all suppliers of the same thing, when there are several.

    ``alternative`` is a preferred item of the same category, for a hit that is blocked.
    """

    card: ItemCard
    guidance: Guidance
    offers: tuple[Offer, ...] = ()
    alternative: Offer | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """One value to narrow down by, and how many hits it would leave."""

    key: str
    name: str
    count: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits. Counts by guidance and facets leave their own filter out."""

    hits: tuple[Hit, ...]
    total: int
    number: int
    counts: dict[Outcome, int]
    categories: tuple[Facet, ...]
    suppliers: tuple[Facet, ...]

    @property
    def all_count(self) -> int:
        """Return the number of hits with whatever guidance."""
        return sum(self.counts.values())

    @property
    def pages(self) -> int:
        """Return the number of pages, one at least."""
        return max(1, -(-self.total // PER_PAGE))


def search_items(
    actor: Actor,
    *,
    group: OrgGroup,
    query: str = "",
    filters: Filters | None = None,
    page: int = 1,
    on: date | None = None,
) -> SearchResult:
    """Return a page of what a group can find, with badges, facets and counts.

    Each word of the query has to occur, or begin a word that does. Six SQL queries at most. Raises
    `NotAllowed` for a group that the actor may not see.
    """
    require(actor, Permission.VIEW_GROUP, group)
    filters = filters or Filters()
    rules = Ruleset(rules_for(group.path, on), group.path)
    search = _Search(rules, query, filters)
    counts, categories, suppliers = search.facets()
    total = sum(count for outcome, count in counts.items() if filters.guidance in (None, outcome))
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(page, 1), pages)
    found = search.page(number) if total else []
    return SearchResult(
        hits=_hits(search, rules, found),
        total=total,
        number=number,
        counts=counts,
        categories=categories,
        suppliers=suppliers,
    )


def offers_of(card: ItemCard, rules: Ruleset) -> tuple[Offer, ...]:
    """Return all suppliers of the same thing as an item, cheapest first. One SQL query at most."""
    same = same_items([card]).get(card.same_key, [])
    return tuple(Offer(other, rules.judge(other.facts)) for other in same)


def alternative_to(card: ItemCard, rules: Ruleset) -> Offer | None:
    """Return a preferred item of the same category that is most like an item, if there is one.

    Two SQL queries.
    """
    found = _Search(rules, "", Filters()).alternatives([card.item_id])
    cards = items_by_id(alternative for alternative, _rank in found.values())
    for alternative, rank in found.values():
        return Offer(cards[alternative], rules.guidance(rank))
    return None


def _hits(
    search: "_Search", rules: Ruleset, found: Sequence[tuple[UUID, int | None]]
) -> tuple[Hit, ...]:
    if not found:
        return ()
    guidance = {item_id: rules.guidance(rank) for item_id, rank in found}
    blocked = [item_id for item_id, says in guidance.items() if says.outcome is Outcome.BLOCKED]
    instead = search.alternatives(blocked) if blocked else {}
    cards = items_by_id({*guidance, *(item_id for item_id, _rank in instead.values())})
    same = same_items(cards[item_id] for item_id in guidance)
    hits: list[Hit] = []
    for item_id, says in guidance.items():
        card = cards[item_id]
        offers = same.get(card.same_key, []) if card.same_key else []
        alternative = instead.get(item_id)
        hits.append(
            Hit(
                card=card,
                guidance=says,
                offers=tuple(Offer(one, rules.judge(one.facts)) for one in offers)
                if len(offers) > 1
                else (),
                alternative=Offer(cards[alternative[0]], rules.guidance(alternative[1]))
                if alternative
                else None,
            )
        )
    return tuple(hits)


# The rank that a category's or supplier's best rule has; arrays are ranks and what they stand for.
_RANKED = """
category AS MATERIALIZED (
    SELECT c.id, min(r.rank) AS rank, bool_or(p.code = ANY(%(categories)s::text[])) AS is_wanted
    FROM catalogs_category c
    CROSS JOIN LATERAL unnest(c.path) AS p(code)
    LEFT JOIN unnest(%(codes)s::text[], %(code_ranks)s::int[]) AS r(code, rank) ON r.code = p.code
    GROUP BY c.id
),
supplier AS MATERIALIZED (
    SELECT s.id, r.rank, s.id = ANY(%(suppliers)s::uuid[]) AS is_wanted
    FROM catalogs_supplier s
    LEFT JOIN unnest(%(supplier_ids)s::uuid[], %(supplier_ranks)s::int[]) AS r(id, rank)
      ON r.id = s.id
    WHERE s.status = 'ACTIVE'
)"""
_OFFERED = """
FROM catalogs_catalogitem i
JOIN category c ON c.id = i.category_id
JOIN supplier s ON s.id = i.supplier_id
LEFT JOIN unnest(%(item_ids)s::uuid[], %(item_ranks)s::int[]) AS r(id, rank) ON r.id = i.id
CROSS JOIN LATERAL (SELECT least(c.rank, s.rank, r.rank) AS rank) AS best
CROSS JOIN LATERAL (
    SELECT coalesce((%(places)s::int[])[best.rank + 1], %(neutral)s) AS place
) AS says
WHERE i.is_active"""
_IN_CATEGORY = "(cardinality(%(categories)s::text[]) = 0 OR c.is_wanted)"
_FROM_SUPPLIER = "(cardinality(%(suppliers)s::uuid[]) = 0 OR s.is_wanted)"
_GUIDED = "(%(place)s::int IS NULL OR says.place = %(place)s)"
_PRICED = """
  AND (%(price_from)s::numeric IS NULL OR i.price >= %(price_from)s)
  AND (%(price_to)s::numeric IS NULL OR i.price <= %(price_to)s)"""

_ORDER = {
    Sort.BEST: "{relevance}, i.id",
    Sort.PRICE: "i.price, {relevance}, i.id",
    Sort.DELIVERY: "i.lead_days NULLS LAST, {relevance}, i.id",
}


class _Search:
    """The statements of one search."""

    def __init__(self, rules: Ruleset, query: str, filters: Filters) -> None:
        codes, suppliers, items = (
            rules.ranks(target) for target in (Target.CATEGORY, Target.SUPPLIER, Target.ITEM)
        )
        self._filters = filters
        self._parameters: dict[str, Any] = {
            "codes": list(codes),
            "code_ranks": list(codes.values()),
            "supplier_ids": list(suppliers),
            "supplier_ranks": list(suppliers.values()),
            "item_ids": list(items),
            "item_ranks": list(items.values()),
            "places": [_PLACES.index(OUTCOME_OF[rule.effect]) for rule in rules.ranked],
            "neutral": _NEUTRAL_PLACE,
            "categories": list(filters.categories),
            "suppliers": list(filters.suppliers),
            "place": None if filters.guidance is None else _PLACES.index(filters.guidance),
            "price_from": filters.price_from,
            "price_to": filters.price_to,
        }
        words = plain_words(query)
        self._words = " && ".join(self._word(place, word) for place, word in enumerate(words))

    def _word(self, place: int, word: str) -> str:
        """Return the SQL that matches one word; a stop word ("for", "the") asks for nothing."""
        name = f"word_{place}"
        self._parameters[name] = f"{word}:*"
        stems, plain = (f"to_tsquery('{config}', %({name})s)" for config in ("english", "simple"))
        return f"CASE WHEN numnode({stems}) = 0 THEN ''::tsquery ELSE {stems} || {plain} END"

    def _matching(self) -> str:
        if not self._words:
            return ""
        return f" AND (numnode({self._words}) = 0 OR i.search @@ ({self._words}))"

    def facets(self) -> tuple[dict[Outcome, int], tuple[Facet, ...], tuple[Facet, ...]]:
        """Return how many hits each guidance, category and supplier has. One SQL query."""
        rows = self._rows(
            f"""
            WITH {_RANKED},
            found AS MATERIALIZED (
                SELECT i.category_id, i.supplier_id, says.place, {_IN_CATEGORY} AS in_category,
                       {_FROM_SUPPLIER} AS from_supplier, {_GUIDED} AS is_guided, count(*) AS hits
                {_OFFERED} {_PRICED} {self._matching()}
                GROUP BY 1, 2, 3, 4, 5, 6
            )
            SELECT 'guidance', place::text, '', sum(hits)::int, false
            FROM found WHERE in_category AND from_supplier GROUP BY place
            UNION ALL (
                SELECT 'category', c.code, c.name, sum(f.hits)::int, bool_or(w.is_wanted)
                FROM found f JOIN catalogs_category c ON c.id = f.category_id
                JOIN category w ON w.id = c.id
                WHERE f.from_supplier AND f.is_guided
                GROUP BY c.id ORDER BY 5 DESC, 4 DESC, 3 LIMIT {MOST_FACETS}
            )
            UNION ALL (
                SELECT 'supplier', s.id::text, s.name, sum(f.hits)::int, bool_or(w.is_wanted)
                FROM found f JOIN catalogs_supplier s ON s.id = f.supplier_id
                JOIN supplier w ON w.id = s.id
                WHERE f.in_category AND f.is_guided
                GROUP BY s.id ORDER BY 5 DESC, 4 DESC, 3 LIMIT {MOST_FACETS}
            )"""  # noqa: S608 – put together from the constants above
        )
        counts = dict.fromkeys(_PLACES, 0)
        facets: dict[str, list[Facet]] = {"category": [], "supplier": []}
        for kind, key, name, count, is_selected in rows:
            if kind == "guidance":
                counts[_PLACES[int(key)]] = count
            else:
                facets[kind].append(Facet(key, name, count, is_selected))
        return counts, tuple(facets["category"]), tuple(facets["supplier"])

    def page(self, number: int) -> list[tuple[UUID, int | None]]:
        """Return the ids of one page of hits, each with the rank of its rule. One SQL query."""
        # Longer titles weigh less: what a word is most of comes before what it is a part of.
        relevance = (
            f"ts_rank(i.search, {self._words}, 1) DESC, i.price" if self._words else "i.title"
        )
        order = _ORDER[self._filters.sort].format(relevance=relevance)
        return self._rows(
            f"""
            WITH {_RANKED}
            SELECT i.id, best.rank
            {_OFFERED} AND {_IN_CATEGORY} AND {_FROM_SUPPLIER} AND {_GUIDED} {_PRICED}
            {self._matching()}
            ORDER BY says.place, {order}
            LIMIT {PER_PAGE} OFFSET {PER_PAGE * (number - 1)}"""
        )

    def alternatives(self, blocked: Iterable[UUID]) -> dict[UUID, tuple[UUID, int]]:
        """Return, for items, a preferred one of the same category with its rule's rank.

        The one that shares most words, then the cheapest. One SQL query.
        """
        rows = self._rows(
            f"""
            WITH {_RANKED}
            SELECT b.id, instead.id, instead.rank
            FROM catalogs_catalogitem b
            CROSS JOIN LATERAL (
                SELECT array_to_string(tsvector_to_array(b.search), ' | ')::tsquery AS words
            ) AS like_it
            CROSS JOIN LATERAL (
                SELECT i.id, best.rank
                {_OFFERED} AND i.category_id = b.category_id AND says.place = 0
                ORDER BY ts_rank(i.search, like_it.words) DESC, i.price, i.id
                LIMIT 1
            ) AS instead
            WHERE b.id = ANY(%(blocked)s::uuid[])""",  # noqa: S608 – as above
            blocked=list(blocked),
        )
        return {item_id: (alternative, rank) for item_id, alternative, rank in rows}

    def _rows(self, statement: str, **parameters: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._parameters | parameters)
            rows: list[Any] = cursor.fetchall()
            return rows
