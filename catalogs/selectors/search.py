"""Searching the catalog for a group: preferred first, blocked last, each hit with its sentence.

The page, its counts and its facets come from `catalogs.selectors.search_sql`; here they get names,
sentences, the same thing from other suppliers, and a way out of a block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from catalogs.guidance import Guidance, Outcome, Ruleset
from catalogs.selectors.items import ItemCard, items_by_id, same_items
from catalogs.selectors.rules import rules_for
from catalogs.selectors.search_sql import PER_PAGE, CatalogQuery, Facet, Filters, Found
from procurement.core.actors import Actor


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

    Each word of the query has to begin a word of the item, its category or its supplier. Six SQL
    queries at most. Raises `NotAllowed` for a group that the actor may not see.
    """
    require(actor, Permission.VIEW_GROUP, group)
    filters = filters or Filters()
    rules = Ruleset(rules_for(group.path, on), group.path)
    search = CatalogQuery(rules, query, filters)
    number = max(page, 1)
    found = search.page(number)
    total = _total(found, filters)
    last = max(1, -(-total // PER_PAGE))
    if number > last:
        number = last
        found = search.page(number)
    return SearchResult(
        hits=_hits(search, rules, found.hits),
        total=total,
        number=number,
        counts=found.counts,
        categories=found.categories,
        suppliers=found.suppliers,
    )


def _total(found: Found, filters: Filters) -> int:
    return sum(n for outcome, n in found.counts.items() if filters.guidance in (None, outcome))


def offers_of(card: ItemCard, rules: Ruleset) -> tuple[Offer, ...]:
    """Return all suppliers of the same thing as an item, cheapest first. One SQL query at most."""
    same = same_items([card]).get(card.same_key, [])
    return tuple(Offer(other, rules.judge(other.facts)) for other in same)


def alternative_to(card: ItemCard, rules: Ruleset) -> Offer | None:
    """Return a preferred item of the same category that is most like an item, if there is one.

    Two SQL queries.
    """
    return alternatives_to([card.item_id], rules).get(card.item_id)


def alternatives_to(item_ids: Sequence[UUID], rules: Ruleset) -> dict[UUID, Offer]:
    """Return, by item, a preferred one of its category that is most like it, where there is one.

    Two SQL queries, none for no items.
    """
    if not item_ids:
        return {}
    found = CatalogQuery(rules, "", Filters()).alternatives(item_ids)
    cards = items_by_id(alternative for alternative, _rank in found.values())
    return {
        item_id: Offer(cards[alternative], rules.guidance(rank))
        for item_id, (alternative, rank) in found.items()
    }


def _hits(
    search: CatalogQuery, rules: Ruleset, found: Sequence[tuple[UUID, int | None]]
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
