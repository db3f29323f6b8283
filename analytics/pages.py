"""Puts the page of insights together: which questions are asked, and what each answer becomes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from accounts import selectors as accounts
from accounts.permissions import Permission
from analytics import display, periods, selectors
from analytics.display import Addresses, Breakdown, MonthChart
from analytics.filters import Dimension, Source, SpendFilter, Structure
from analytics.periods import Period
from analytics.selectors import Figures, Orders, SpendView
from procurement.core.actors import Actor

BEHIND_AFTER = timedelta(minutes=5)
_OPTIONS_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Chip:
    """Something the view is narrowed by, with the address of the view without it."""

    label: str
    without_url: str


@dataclass(frozen=True, slots=True)
class Crumb:
    """A wider view above this one."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures on top; ``change`` is against the days before, in percent."""

    total: Figures
    orders: int
    suppliers: int
    largest: str
    largest_share: Decimal | None
    change: Decimal | None
    days_before: int
    spark_line: str
    spark_area: str

    @property
    def change_size(self) -> Decimal | None:
        """Return the change without its sign."""
        return abs(self.change) if self.change is not None else None

    @property
    def average(self) -> Decimal:
        """Return the amount of an average order."""
        return self.total.amount / self.orders if self.orders else Decimal(0)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to when everything is counted in."""

    at: datetime | None
    is_today: bool
    is_behind: bool


@dataclass(frozen=True, slots=True)
class InsightsPage:
    """All that the page shows."""

    view: SpendView
    headline: Headline
    months: MonthChart
    breakdowns: dict[str, Breakdown]
    chips: Sequence[Chip]
    crumbs: Sequence[Crumb]
    groups: Sequence[tuple[str, str]]
    categories: Sequence[tuple[str, str]]
    periods: Sequence[tuple[str, str]]
    sources: Sequence[tuple[str, str]]
    structures: Sequence[tuple[str, str]]
    freshness: Freshness
    elsewhere: Crumb | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was bought in the view."""
        return self.headline.total.lines == 0


def insights_page(
    *,
    actor: Actor,
    view: SpendView,
    currency: str,
    addresses: Addresses,
    today: date,
    now: datetime,
) -> InsightsPage:
    """Ask everything that the page shows. Five SQL queries, up to four more for names.

    One pass over the lines answers all breakdowns, so that they add up to the same cent.
    """
    asked = view.asked
    found = selectors.spend(view, Dimension)
    return InsightsPage(
        view=view,
        headline=_headline(view, found),
        months=display.month_chart(
            found.by[Dimension.MONTH], asked, currency=currency, addresses=addresses
        ),
        breakdowns={
            dimension.value: display.breakdown(
                dimension, rows, found.total, asked, currency=currency, addresses=addresses
            )
            for dimension, rows in found.by.items()
        },
        chips=narrowings(view, addresses.view),
        crumbs=_crumbs(actor, view, addresses),
        groups=_group_options(view, found),
        categories=_category_options(view, found),
        periods=_period_options(asked, today),
        structures=[(structure.value, structure.label) for structure in Structure],
        sources=[("", "All sources"), *((source.value, source.label) for source in Source)],
        freshness=freshness(view.organization_id, now=now, today=today),
        elsewhere=None if found.total.lines else _elsewhere(view, addresses, today),
    )


def freshness(organization_id: UUID, *, now: datetime, today: date) -> Freshness:
    """Say up to when everything is counted in. One SQL query."""
    at = selectors.caught_up_at(organization_id)
    return Freshness(
        at=at,
        is_today=at is not None and timezone.localdate(at) == today,
        is_behind=at is not None and now - at > BEHIND_AFTER,
    )


def _headline(view: SpendView, found: selectors.Spend) -> Headline:
    suppliers = found.by[Dimension.SUPPLIER]
    before = _comparable(view)
    earlier = selectors.spend(view.over(before)).total.amount if before else Decimal(0)
    line, area = display.spark([row.figures.amount for row in found.by[Dimension.MONTH]])
    largest = suppliers[0] if suppliers else None
    return Headline(
        total=found.total,
        orders=len(Orders(view)),
        suppliers=len(suppliers),
        largest=largest.label if largest else "",
        largest_share=display.share(largest.figures.amount, found.total.amount)
        if largest
        else None,
        change=display.share(found.total.amount - earlier, earlier),
        days_before=(before.until - before.since).days + 1 if before else 0,
        spark_line=line,
        spark_area=area,
    )


def _comparable(view: SpendView) -> Period | None:
    """Return the days before, when all of them are known: else spend would seem to have grown."""
    before = view.asked.period.before
    known = selectors.first_day_known(view.organization_id)
    return before if before and known and known <= before.since else None


def _crumbs(actor: Actor, view: SpendView, addresses: Addresses) -> list[Crumb]:
    """Return the wider groups above the one looked at, as far as the actor may see reports."""
    if view.asked.group_id is None or view.anchors[0].is_root:
        return []
    above = accounts.ancestor_groups(view.anchors[0].path)[:-1]
    return [
        Crumb(
            "All groups" if group.parent_id is None else group.name,
            addresses.view(_in_group(view.asked, group.id if group.parent_id else None)),
        )
        for group in above
        if actor.can(Permission.VIEW_REPORTS, group.path)
    ]


def _in_group(asked: SpendFilter, group_id: UUID | None) -> SpendFilter:
    if group_id is None:
        return asked.without("group_id")
    return asked.narrowed(Dimension.GROUP, str(group_id))


def narrowings(view: SpendView, address: Callable[[SpendFilter], str]) -> list[Chip]:
    """Return what narrows a view to one supplier or category. Two SQL queries at most."""
    asked = view.asked
    chips = []
    if asked.supplier_id:
        chips.append(
            Chip(
                selectors.supplier_name(asked.supplier_id),
                address(asked.without("supplier_id")),
            )
        )
    if asked.category:
        chips.append(
            Chip(selectors.category_name(asked.category), address(asked.without("category")))
        )
    return chips


def _group_options(view: SpendView, found: selectors.Spend) -> list[tuple[str, str]]:
    """Offer the group looked at and those below it that have spend; wider ones are crumbs."""
    own = view.anchors[0]
    top = ("", view.group_name if view.asked.group_id is None else "All groups")
    here = [] if view.asked.group_id is None or own.is_root else [(str(own.id), own.name)]
    below = sorted(
        ((row.key, row.label) for row in found.by[Dimension.GROUP] if not row.is_own),
        key=lambda option: option[1].casefold(),
    )
    return [top, *here, *below[:_OPTIONS_AT_MOST]]


def _category_options(view: SpendView, found: selectors.Spend) -> list[tuple[str, str]]:
    rows = [row for row in found.by[Dimension.CATEGORY] if not row.is_own]
    options = sorted(
        ((row.key, row.label) for row in rows), key=lambda option: option[1].casefold()
    )
    chosen = view.asked.category
    here = [(chosen, selectors.category_name(chosen))] if chosen else []
    return [("", "All categories"), *here, *options[:_OPTIONS_AT_MOST]]


def _period_options(asked: SpendFilter, today: date) -> list[tuple[str, str]]:
    offered = periods.choices(today)
    if asked.period.code in dict(offered):
        return offered
    return [(asked.period.code, asked.period.label), *offered]


def _elsewhere(view: SpendView, addresses: Addresses, today: date) -> Crumb | None:
    """Return the latest year in which the groups of the view have spend, for an empty page."""
    last = selectors.last_day_with_spend(view)
    if last is None:
        return None
    asked = SpendFilter(
        period=periods.parse(str(last.year), today=today), group_id=view.asked.group_id
    )
    return Crumb(f"Show {last.year}", addresses.view(asked))
