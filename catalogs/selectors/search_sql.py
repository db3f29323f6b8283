"""The SQL of a search: one statement gives the page, the counts and the facets.

What a rule says is worked out in SQL, not on a candidate set in Python: the counts beside the
filters have to be exact over all matches, and a blocked item has to sink below every other match
however well it fits. `guidance.Ruleset` ranks the rules of a group once; SQL takes the smallest
rank that a row's category, supplier or own id has. `tests/catalogs` holds the SQL form and the pure
form together on random catalogs.

There is no index to help, `catalogs.models.CatalogItem` says why: the tenant's items are scanned.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from catalogs.guidance import OUTCOME_OF, Outcome, Ruleset, Target
from catalogs.words import plain_words

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
class Facet:
    """One value to narrow down by, and how many hits it would leave."""

    key: str
    name: str
    count: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What one statement finds: ids with the rank of their rule, counts by guidance, facets."""

    hits: tuple[tuple[UUID, int | None], ...]
    counts: dict[Outcome, int]
    categories: tuple[Facet, ...]
    suppliers: tuple[Facet, ...]


# The rank that a category's or supplier's best rule has; arrays are ranks and what they stand for.
_RANKED = """
category AS MATERIALIZED (
    SELECT c.id, min(r.rank) AS rank, bool_or(p.code = ANY(%(categories)s::text[])) AS is_wanted,
           c.words, c.words @@ {any_word} AS fits
    FROM catalogs_category c
    CROSS JOIN LATERAL unnest(c.path) AS p(code)
    LEFT JOIN unnest(%(codes)s::text[], %(code_ranks)s::int[]) AS r(code, rank) ON r.code = p.code
    GROUP BY c.id
),
supplier AS MATERIALIZED (
    SELECT s.id, r.rank, s.id = ANY(%(suppliers)s::uuid[]) AS is_wanted,
           s.words, s.words @@ {any_word} AS fits
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
_NO_WORD = "''::tsquery"
_IN_CATEGORY = "(cardinality(%(categories)s::text[]) = 0 OR c.is_wanted)"
_FROM_SUPPLIER = "(cardinality(%(suppliers)s::uuid[]) = 0 OR s.is_wanted)"
_GUIDED = "(%(place)s::int IS NULL OR says.place = %(place)s)"
_PRICED = """
  AND (%(price_from)s::numeric IS NULL OR i.price >= %(price_from)s)
  AND (%(price_to)s::numeric IS NULL OR i.price <= %(price_to)s)"""

_ORDER = {
    Sort.BEST: "relevance, name, price, id",
    Sort.PRICE: "price, relevance, name, id",
    Sort.DELIVERY: "lead_days NULLS LAST, relevance, name, price, id",
}
# Words leave few rows of many: these are kept, so that one scan serves page and counts. Without
# words all rows are left, and scanning twice is cheaper than putting all aside.
_PAGE = f"""
WITH {_RANKED},
found AS {{kept}} (
    SELECT i.id, i.category_id, i.supplier_id, i.price, i.lead_days, best.rank, says.place,
           {_IN_CATEGORY} AS in_category, {_FROM_SUPPLIER} AS from_supplier, {_GUIDED} AS is_guided,
           {{relevance}} AS relevance, {{name}} AS name
    {_OFFERED} {_PRICED} {{matching}}
),
counted AS MATERIALIZED (
    SELECT category_id, supplier_id, place, in_category, from_supplier, is_guided,
           count(*)::int AS hits
    FROM found GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT 'guidance', place::text, '', sum(hits)::int, false
FROM counted WHERE in_category AND from_supplier GROUP BY place
UNION ALL (
    SELECT 'category', c.code, c.name, f.hits, w.is_wanted
    FROM (
        SELECT category_id, sum(hits)::int AS hits FROM counted
        WHERE from_supplier AND is_guided GROUP BY category_id
    ) AS f
    JOIN category w ON w.id = f.category_id JOIN catalogs_category c ON c.id = f.category_id
    ORDER BY 5 DESC, 4 DESC, 3 LIMIT {MOST_FACETS}
)
UNION ALL (
    SELECT 'supplier', s.id::text, s.name, f.hits, w.is_wanted
    FROM (
        SELECT supplier_id, sum(hits)::int AS hits FROM counted
        WHERE in_category AND is_guided GROUP BY supplier_id
    ) AS f
    JOIN supplier w ON w.id = f.supplier_id JOIN catalogs_supplier s ON s.id = f.supplier_id
    ORDER BY 5 DESC, 4 DESC, 3 LIMIT {MOST_FACETS}
)
UNION ALL (
    SELECT 'hit', id::text, '', rank, false
    FROM found WHERE in_category AND from_supplier AND is_guided
    ORDER BY place, {{order}} LIMIT {PER_PAGE} OFFSET %(offset)s
)"""
_ALTERNATIVES = f"""
WITH {_RANKED}
SELECT b.id, instead.id, instead.rank
FROM catalogs_catalogitem b
JOIN catalogs_category own ON own.id = b.category_id
CROSS JOIN LATERAL (
    SELECT array_to_string(tsvector_to_array(b.search), ' | ')::tsquery AS words
) AS like_it
CROSS JOIN LATERAL (
    SELECT i.id, best.rank
    {_OFFERED} AND says.place = 0 AND (
        i.category_id = b.category_id
        OR own.level = 'OWN' AND i.category_id IN (
            SELECT near.id FROM catalogs_category near
            WHERE own.path[cardinality(own.path) - 1] = ANY(near.path)
        )
    )
    ORDER BY ts_rank(i.search, like_it.words) DESC, i.price, i.id
    LIMIT 1
) AS instead
WHERE b.id = ANY(%(blocked)s::uuid[])"""


class CatalogQuery:
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
        each = [self._word(place, word) for place, word in enumerate(plain_words(query))]
        self._words = " && ".join(each)
        self._any_word = f"({' || '.join(each)})" if each else _NO_WORD

    def _word(self, place: int, word: str) -> str:
        """Return the SQL that matches one word; a stop word ("for", "the") asks for nothing."""
        name = f"word_{place}"
        self._parameters[name] = f"{word}:*"
        stems, plain = (f"to_tsquery('{config}', %({name})s)" for config in ("english", "simple"))
        return f"CASE WHEN numnode({stems}) = 0 THEN ''::tsquery ELSE {stems} || {plain} END"

    def page(self, number: int) -> Found:
        """Return one page of hits with all counts and facets. One SQL query."""
        rows = self._rows(_PAGE.format(**self._parts()), offset=PER_PAGE * (number - 1))
        counts = dict.fromkeys(_PLACES, 0)
        facets: dict[str, list[Facet]] = {"category": [], "supplier": []}
        hits: list[tuple[UUID, int | None]] = []
        for kind, key, name, count, is_selected in rows:
            if kind == "hit":
                hits.append((UUID(key), count))
            elif kind == "guidance":
                counts[_PLACES[int(key)]] = count
            else:
                facets[kind].append(Facet(key, name, count, is_selected))
        return Found(tuple(hits), counts, tuple(facets["category"]), tuple(facets["supplier"]))

    def _parts(self) -> dict[str, str]:
        if not self._words:
            kept, matching, relevance, name = "NOT MATERIALIZED", "", "0", "i.title"
        else:
            kept = "MATERIALIZED"
            # A word may stand in the name of the category or the supplier instead; their words are
            # put to an item's own only where one of them fits.
            matching = (
                f" AND (numnode({self._words}) = 0 OR i.search @@ ({self._words})"
                " OR (c.fits OR s.fits)"
                f" AND (i.search || c.words || s.words) @@ ({self._words}))"
            )
            # Longer titles weigh less: what a word is most of comes before what it is a part of.
            relevance, name = f"-ts_rank(i.search, {self._words}, 1)", "''"
        return {
            "kept": kept,
            "matching": matching,
            "any_word": self._any_word,
            "relevance": relevance,
            "name": name,
            "order": _ORDER[self._filters.sort],
        }

    def alternatives(self, blocked: Iterable[UUID]) -> dict[UUID, tuple[UUID, int]]:
        """Return, for items, a preferred one of the same category with its rule's rank.

        For an own category ("consumer tablets") what the category above it holds counts as the
        same. The one that shares most words is taken, then the cheapest. One SQL query.
        """
        statement = _ALTERNATIVES.format(any_word=_NO_WORD)
        rows = self._rows(statement, blocked=list(blocked))
        return {item_id: (alternative, rank) for item_id, alternative, rank in rows}

    def _rows(self, statement: str, **parameters: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self._parameters | parameters)
            rows: list[Any] = cursor.fetchall()
            return rows
