"""What a backtest stands on: the tree, rules, budgets, policies and seats as they are today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from accounts import selectors as accounts
from accounts.models import Membership, OrgGroup
from analytics.backtesting.answers import Answer
from analytics.backtesting.counting import Memory
from analytics.backtesting.guiding import Guide, TriedRule
from analytics.backtesting.judging import Side
from analytics.backtesting.past import Extent, PastOrder
from analytics.filters import Source
from approvals import selectors as approvals
from approvals.routing import Aggregation, Flag, InForce, Person, PolicyDocument
from budgets import selectors as budgets
from budgets.fiscal import PeriodKind, period_of
from budgets.rules import ZERO
from budgets.spans import Span
from catalogs import selectors as catalogs
from catalogs.models import Supplier
from procurement.core.clock import local_date
from procurement.orders.history.evaluation import NOBODY, Judge, Order
from procurement.orders.history.planning import KnownGroup


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be tried, and on which orders.

    A document in place of a group's own policy; or a buying ``rule`` on the group, beside those of
    today, and the policies as they are.
    """

    run_id: UUID
    organization_id: UUID
    group_id: UUID
    label: str
    document: PolicyDocument
    first: date
    last: date
    sources: frozenset[Source]
    rule: TriedRule | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that judging takes, read once."""

    extent: Extent
    groups: Mapping[UUID, KnownGroup]
    category_paths: Mapping[UUID, tuple[str, ...]]
    judge: Judge
    memory: Memory
    before: Side
    after: Side
    guide: Guide | None = None

    def answers(self, order: PastOrder) -> tuple[Answer, Answer] | None:
        """Judge an order under both sides. None for a refund, and for one that only counts."""
        is_asked_for = self.extent.holds(order)
        facts, is_over = order.facts, False
        objections: tuple[str, ...] = ()
        if facts is None:
            found = self.judge.examine(
                order.lines, on=order.on, requester_id=order.requester_id or NOBODY
            )
            if found.facts is None:
                return None
            is_over, objections = bool(found.over), found.objections
            # Beyond a soft budget it goes on, and policy reads that a budget is exceeded.
            is_beyond = is_over or Flag.OVER_BUDGET in found.facts.flags
            facts = self.memory.complete(
                found.facts, order.lines, found.postings, is_over=is_beyond
            )
        if not is_asked_for:
            return None
        before = self.before.answer(facts, is_over=is_over, objections=objections)
        if self.guide is not None and order.guided:
            facts, against = self.guide.guided(facts, order.guided)
            objections = against or objections
        return before, self.after.answer(facts, is_over=is_over, objections=objections)


def ground_for(terms: Terms, now: datetime) -> Ground:
    """Read what governs an organization today. About fifteen SQL queries."""
    organization = accounts.organization_by_id(terms.organization_id)
    today = local_date(now, organization.time_zone)
    groups = {
        group.id: KnownGroup(group.id, tuple(group.path), group.name, group.code, group.kind)
        for group in OrgGroup.objects.all()
    }
    routing = approvals.routing_context(
        list(groups), NOBODY, now, further=tuple(terms.document.stages())
    )
    own = groups[terms.group_id]
    tried = InForce(terms.run_id, own.id, own.name, terms.document, terms.label, 0)
    others = tuple(one for one in routing.policies if one.group_id != own.id)
    after = routing.policies if terms.rule else (*others, tried)
    rules = catalogs.rules_for(list(groups), today)
    managers, people = _managers()
    seats = replace(routing.seats, people={**people, **routing.seats.people})
    categories = catalogs.categories_by_code()
    spans, extent = _budgets_and_extent(terms, groups, organization.time_zone)
    order = Order(
        currency=organization.currency,
        groups=groups,
        rules=rules,
        policies=routing.policies,
        seats=seats,
        spans=spans,
    )
    sides = [Side(policies, seats, managers) for policies in (routing.policies, after)]
    counted = {one for side in sides for one in _aggregations(side)}
    return Ground(
        extent=extent,
        groups=groups,
        category_paths={ref.category_id: ref.path for ref in categories.values()},
        judge=Judge(order),
        memory=Memory(
            counted,
            dict(Supplier.objects.values_list("id", "name")) if counted else {},
            {code: ref.name for code, ref in categories.items()},
            {group.id: _cost_centre(group, groups) for group in groups.values()},
        ),
        before=sides[0],
        after=sides[1],
        guide=Guide(rules, terms.rule.facts(own.id, own.name)) if terms.rule else None,
    )


def _aggregations(side: Side) -> Iterable[Aggregation]:
    for policy in side.policies:
        yield from policy.document.aggregations


def _managers() -> tuple[dict[UUID, UUID], dict[UUID, Person]]:
    """Return whose manager is who, and the managers themselves. Two SQL queries."""
    managers = dict(
        Membership.objects.filter(manager__isnull=False).values_list("id", "manager_id")
    )
    people = Membership.objects.filter(id__in=set(managers.values())).select_related("user")
    return managers, {
        member.id: Person(
            member.id,
            member.user.name or member.user.email,
            member.user.email,
            member.status == Membership.Status.ACTIVE and member.user.is_active,
        )
        for member in people
    }


def _cost_centre(group: KnownGroup, groups: Mapping[UUID, KnownGroup]) -> str:
    """Return the code of the nearest group that has one."""
    codes = (groups[one].code for one in reversed(group.path) if one in groups)
    return next((code for code in codes if code), "")


def _budgets_and_extent(
    terms: Terms, groups: Mapping[UUID, KnownGroup], time_zone: str
) -> tuple[tuple[Span, ...], Extent]:
    """Return the budgets above and below the group, empty, and all orders that use them up.

    A budget covers whole periods and everything below its group, so its orders are read, too.
    """
    own = groups[terms.group_id]
    spans: tuple[Span, ...] = ()
    if Source.IMPORTED in terms.sources:
        began = period_of(PeriodKind.YEAR, terms.first).starts_on
        spans = tuple(
            _emptied(span)
            for span in budgets.spans_between(began, terms.last)
            if span.covering.period.ends_on >= terms.first and _is_near(span, own)
        )
    top, first = own, terms.first
    for span in spans:
        first = min(first, span.covering.period.starts_on)
        if len(span.covering.group_path) < len(top.path):
            top = groups[span.covering.group_id]
    return spans, Extent(
        first=terms.first,
        last=terms.last,
        group_ids=_below(own, groups),
        sources=terms.sources,
        imported_first=first,
        imported_group_ids=_below(top, groups),
        time_zone=time_zone,
        is_guided=terms.rule is not None,
    )


def _is_near(span: Span, own: KnownGroup) -> bool:
    return span.covering.group_id in own.path or own.id in span.covering.group_path


def _emptied(span: Span) -> Span:
    empty = replace(span.covering, reserved=ZERO, committed=ZERO, spent=ZERO, overrun=ZERO)
    return replace(span, covering=empty)


def _below(group: KnownGroup, groups: Mapping[UUID, KnownGroup]) -> frozenset[UUID]:
    return frozenset(one.id for one in groups.values() if group.id in one.path)
