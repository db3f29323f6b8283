"""Searching the catalog and looking at one item, for a group that the reader chooses."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.web import OrgRequest, uuid_or_none
from catalogs import selectors
from catalogs.forms import page_number, read_filters
from catalogs.guidance import Outcome, Ruleset
from catalogs.selectors import BETWEEN, PER_PAGE, Filters, SearchResult, Sort
from procurement.core import clock
from procurement.core.money import format_money
from procurement.core.paging import Page

_SORTS = (
    (Sort.BEST, "Best match"),
    (Sort.PRICE, "Lowest price"),
    (Sort.DELIVERY, "Soonest delivery"),
)
_CHIPS = (
    (Outcome.PREFERRED, "Preferred", "preferred", "good"),
    (Outcome.RESTRICTED, "Restricted", "restricted", "warn"),
    (Outcome.BLOCKED, "Blocked", "blocked", "stop"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of guidance with its count."""

    label: str
    icon: str
    kind: str
    count: int
    query: str
    is_current: bool


@require_GET
def search(request: OrgRequest) -> HttpResponse:
    """Show what a group can buy. With scripts the results alone come back as one types."""
    groups = selectors.groups_looked_at(request.actor)
    group = selectors.chosen_group(request.actor, groups, uuid_or_none(request.GET.get("group")))
    if group is None:
        return render(request, "catalogs/no_group.html")
    filters = read_filters(request.GET, request.organization.currency)
    words = request.GET.get("q", "").strip()
    result = selectors.search_items(
        request.actor,
        group=group,
        query=words,
        filters=filters,
        page=page_number(request.GET),
        on=_today(request),
    )
    context = {
        "groups": groups,
        "group": group,
        "can_buy": request.actor.can(Permission.PLACE_ORDERS, group.path),
        "can_keep": request.actor.can_anywhere(Permission.MANAGE_CATALOG),
        "words": words,
        "filters": filters,
        "result": result,
        "page": _page(request, result),
        "chips": _chips(request, result, filters),
        "sorts": _SORTS,
        "kept_categories": set(filters.categories) - {one.key for one in result.categories},
        "kept_suppliers": {str(one) for one in filters.suppliers}
        - {one.key for one in result.suppliers},
        "symbol": _symbol(request.organization.currency),
        "narrows": bool(words) or filters != Filters(sort=filters.sort),
    }
    is_partial = bool(request.htmx) and not request.htmx.history_restore_request
    template = "catalogs/_results.html" if is_partial else "catalogs/search.html"
    response = render(request, template, {**context, "is_partial": is_partial})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
def item(request: OrgRequest, item_id: UUID) -> HttpResponse:
    """Show one item: what guidance says, who else offers it, and what is preferred instead."""
    card = selectors.item_by_id(item_id)
    groups = selectors.groups_looked_at(request.actor)
    group = selectors.chosen_group(request.actor, groups, uuid_or_none(request.GET.get("group")))
    if group is None:
        return render(request, "catalogs/no_group.html")
    rules = Ruleset(selectors.rules_for(group.path, _today(request)), group.path)
    guidance = rules.judge(card.facts)
    is_blocked = guidance.outcome is Outcome.BLOCKED
    context: dict[str, Any] = {
        "card": card,
        "target": f"{card.sku}{BETWEEN}{card.supplier_name}",
        "guidance": guidance,
        "offers": selectors.offers_of(card, rules),
        "alternative": selectors.alternative_to(card, rules) if is_blocked else None,
        "groups": groups,
        "group": group,
        "can_buy": request.actor.can(Permission.PLACE_ORDERS, group.path),
        "can_keep": request.actor.can_anywhere(Permission.MANAGE_CATALOG),
    }
    return render(request, "catalogs/item.html", context)


def _page(request: OrgRequest, result: SearchResult) -> Page[Any]:
    query = _query(request, page=None)
    first = PER_PAGE * (result.number - 1)
    return Page(
        items=result.hits,
        number=result.number,
        pages=result.pages,
        total=result.total,
        first=first + 1 if result.hits else 0,
        last=first + len(result.hits),
        query=f"{query}&" if query else "",
    )


def _chips(request: OrgRequest, result: SearchResult, filters: Filters) -> list[Chip]:
    every = Chip(
        label="All",
        icon="",
        kind="",
        count=result.all_count,
        query=_query(request, page=None, guidance=None),
        is_current=filters.guidance is None,
    )
    return [
        every,
        *(
            Chip(
                label=label,
                icon=icon,
                kind=kind,
                count=result.counts[outcome],
                query=_query(request, page=None, guidance=outcome.value),
                is_current=filters.guidance is outcome,
            )
            for outcome, label, icon, kind in _CHIPS
        ),
    ]


def _query(request: OrgRequest, **changes: str | None) -> str:
    """Return the address's query with some parameters changed; None takes one out."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = value
    for name in [name for name, values in parameters.lists() if not any(values)]:
        del parameters[name]
    return parameters.urlencode()


def _symbol(currency: str) -> str:
    """Return the sign that stands before an amount, where it fits into a field."""
    sign = format_money(Decimal(0), currency).rstrip("0.").strip()
    return sign if len(sign) == 1 else ""


def _today(request: OrgRequest) -> date:
    return clock.local_date(clock.now(), request.organization.time_zone)
