"""What would have become of an order of the past under the policies in force (pure).

The same functions judge as for live orders: `catalogs.guidance` each line, `approvals.routing` the
order, `budgets.rules` its effect on every budget above each line. Orders come by date; what each
spends is counted at once, since it was spent, so later ones meet the budgets as they stood then.
Nobody asked for an exception then, so what a rule blocks counts as blocked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from approvals.routing import ApproverKind, Facts, Flag, InForce, Plan, Seats, route, seat
from budgets.charges import Charge
from budgets.rules import Covering, PeriodStatus, blocking, effects, exceeding
from budgets.spans import Span
from catalogs.guidance import Guidance, ItemFacts, RuleFacts, Ruleset, worst
from catalogs.guidance import Outcome as Guided
from procurement.core.money import format_money
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.history.planning import KnownGroup

NOBODY = UUID(int=0)
_KEPT_JUDGEMENTS = 200_000


class Outcome(StrEnum):
    """What would have become of an order. Where several hold, the first named here is given."""

    REFUND = "REFUND"
    BLOCKED = "BLOCKED"
    OVER_BUDGET = "OVER_BUDGET"
    NOT_COVERED = "NOT_COVERED"
    RESTRICTED = "RESTRICTED"
    TO_APPROVERS = "TO_APPROVERS"
    AT_ONCE = "AT_ONCE"


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line as judging needs it; ``amount`` is below zero for a refund."""

    group: KnownGroup
    supplier_id: UUID
    category_path: tuple[str, ...]
    posted_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Posting:
    """What an order spends on one budget in one period."""

    span: Span
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Spent:
    """What an order spends on budgets, each as it stood before.

    ``over`` are those that had too little room and stop an order; ``is_beyond_soft`` tells that a
    soft one had, which has it agreed to once more.
    """

    postings: tuple[Posting, ...]
    over: tuple[Posting, ...]
    is_beyond_soft: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of one order and everything that speaks for it.

    ``asked`` holds the seats that would have been asked, ``unseated`` whether one of them is held
    by nobody; ``over`` names the budgets that had no room.
    """

    outcome: Outcome
    group: KnownGroup
    amount: Decimal
    guidance: tuple[Guidance, ...]
    asked: tuple[str, ...]
    unseated: bool
    sentences: tuple[str, ...]
    postings: tuple[Posting, ...]
    over: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """An order as policy finds it; ``facts`` is None where money came back.

    ``over`` are the budgets without room for it.
    """

    group: KnownGroup
    amount: Decimal
    guidance: tuple[Guidance, ...]
    postings: tuple[Posting, ...]
    over: tuple[Posting, ...]
    facts: Facts | None

    @property
    def blocked(self) -> list[Guidance]:
        """Return what guided buying says of the lines that it blocks."""
        return [found for found in self.guidance if found.outcome is Guided.BLOCKED]

    @property
    def objections(self) -> tuple[str, ...]:
        """Return in words what speaks against the order before any policy is asked."""
        if self.blocked:
            return tuple(dict.fromkeys(found.sentence for found in self.blocked))
        return tuple(_over(posting) for posting in self.over)


@dataclass(frozen=True, slots=True)
class Order:
    """The tree, rules, policies, seats and budgets that govern an organization."""

    currency: str
    groups: Mapping[UUID, KnownGroup]
    rules: Sequence[RuleFacts]
    policies: Sequence[InForce]
    seats: Seats
    spans: Sequence[Span]


class Judge:
    """Judges orders one after the other and keeps the counters of the budgets.

    A supplier's order is the first where none of the orders judged before went to it.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._rulesets: dict[UUID, Ruleset] = {}
        self._guidance: dict[tuple[UUID, UUID, tuple[str, ...]], Guidance] = {}
        self._plans: dict[tuple[object, ...], Plan] = {}
        self._cost_centres: dict[UUID, str] = {}
        self._suppliers: set[UUID] = set()
        self.book = BudgetBook(order.spans)

    def judge(
        self, lines: Sequence[PastLine], *, on: date, requester_id: UUID = NOBODY
    ) -> Judgement:
        """Judge one order and count what it spends. ``on`` is the day of its last line."""
        found = self.examine(lines, on=on, requester_id=requester_id)
        if found.facts is None:
            sentence = "Money came back: nobody is asked, and the budgets are credited."
            return Judgement(
                Outcome.REFUND,
                found.group,
                found.amount,
                found.guidance,
                (),
                False,
                (sentence,),
                found.postings,
                (),
            )
        plan = None if found.blocked else self._plan(found.facts)
        return Judgement(
            outcome=_outcome(plan, found.over, found.facts),
            group=found.group,
            amount=found.amount,
            guidance=found.guidance,
            asked=_asked(plan),
            unseated=bool(plan and plan.dead_ends),
            sentences=tuple(_sentences(found.blocked, found.guidance, plan, found.over)),
            postings=found.postings,
            over=found.over,
        )

    def examine(
        self, lines: Sequence[PastLine], *, on: date, requester_id: UUID = NOBODY
    ) -> "Examined":
        """Ask guided buying and the budgets about an order, count it, and leave policy aside."""
        group = self._common(lines)
        guidance = tuple(self._guided(line) for line in lines)
        amount = sum((line.amount for line in lines), Decimal(0))
        spent = self.book.spend(lines, is_refund=amount <= 0)
        facts = None
        if amount > 0:
            facts = self._facts(group, lines, guidance, amount, on, requester_id)
            if spent.is_beyond_soft:
                facts = replace(facts, flags=facts.flags | {Flag.OVER_BUDGET})
        return Examined(group, amount, guidance, spent.postings, spent.over, facts)

    def _common(self, lines: Sequence[PastLine]) -> KnownGroup:
        """Return the nearest group that all lines have in common."""
        first = lines[0].group
        if all(line.group is first for line in lines):
            return first
        path: Sequence[UUID] = first.path
        for line in lines:
            path = [one for one, other in zip(path, line.group.path, strict=False) if one == other]
        return self._order.groups[path[-1]]

    def _guided(self, line: PastLine) -> Guidance:
        key = (line.group.id, line.supplier_id, line.category_path)
        found = self._guidance.get(key)
        if found is None:
            ruleset = self._rulesets.get(line.group.id)
            if ruleset is None:
                ruleset = Ruleset(self._order.rules, line.group.path)
                self._rulesets[line.group.id] = ruleset
            found = ruleset.judge(ItemFacts(None, line.supplier_id, line.category_path))
            if len(self._guidance) < _KEPT_JUDGEMENTS:
                self._guidance[key] = found
        return found

    def _facts(
        self,
        group: KnownGroup,
        lines: Sequence[PastLine],
        guidance: Sequence[Guidance],
        amount: Decimal,
        on: date,
        requester_id: UUID,
    ) -> Facts:
        outcomes = [found.outcome for found in guidance]
        flags: set[str] = {Flag.RESTRICTED} if Guided.RESTRICTED in outcomes else set()
        suppliers = {line.supplier_id for line in lines}
        is_first_order = not suppliers <= self._suppliers
        self._suppliers |= suppliers
        paths = {line.category_path for line in lines if line.category_path}
        return Facts(
            subject_kind=SUBJECT_KIND,
            currency=self._order.currency,
            amount=amount,
            group_id=group.id,
            group_path=group.path,
            requester_id=requester_id,
            category_codes=tuple(sorted({path[-1] for path in paths})),
            supplier_ids=tuple(sorted(suppliers)),
            guidance=worst(outcomes).value,
            flags=frozenset(flags),
            on=on,
            category_paths=tuple(sorted(paths)),
            cost_centre=self._cost_centre(group),
            is_first_order=is_first_order,
        )

    def _cost_centre(self, group: KnownGroup) -> str:
        """Return the code of the nearest group, from this one upwards, that has one."""
        found = self._cost_centres.get(group.id)
        if found is None:
            codes = (self._order.groups[one].code for one in reversed(group.path))
            found = self._cost_centres[group.id] = next(filter(None, codes), "")
        return found

    def _plan(self, facts: Facts) -> Plan:
        """Route and seat an order; the answer depends on these values alone and is kept."""
        way = route(facts, self._order.policies)
        version = way.policy.version_id if way.policy else None
        # Beyond the tier, what is asked for depends on the rules that hold, here and above.
        further = (way.rules, way.stages) if way.rules or way.above else ()
        key = (
            *(facts.group_id, facts.requester_id, version, way.tier, facts.flags, way.refusal),
            *further,
        )
        found = self._plans.get(key)
        if found is None:
            found = seat(way, facts, self._order.seats)
            if len(self._plans) < _KEPT_JUDGEMENTS:
                self._plans[key] = found
        return found


def _outcome(plan: Plan | None, over: Sequence[Posting], facts: Facts) -> Outcome:
    if plan is None:
        return Outcome.BLOCKED
    if over:
        return Outcome.OVER_BUDGET
    if not plan.route.is_routable:
        return Outcome.NOT_COVERED
    if Flag.RESTRICTED in facts.flags:
        return Outcome.RESTRICTED
    return Outcome.TO_APPROVERS if plan.route.stages else Outcome.AT_ONCE


def _asked(plan: Plan | None) -> tuple[str, ...]:
    """Return the seats that the route asks, each once: a position's code, a role, a person."""
    if plan is None:
        return ()
    found: dict[str, None] = {}
    for stage in plan.route.stages:
        for approver in stage.spec.approvers:
            name = approver.title if approver.kind is ApproverKind.PERSON else approver.value
            found[name.lower() or "manager"] = None
    return tuple(found)


def _sentences(
    blocked: Sequence[Guidance],
    guidance: Sequence[Guidance],
    plan: Plan | None,
    over: Sequence[Posting],
) -> Iterable[str]:
    said = blocked or [found for found in guidance if found.needs_justification]
    yield from dict.fromkeys(found.sentence for found in said)
    if plan is not None:
        yield from plan.sentences
        yield from (dead_end.sentence for dead_end in plan.dead_ends)
    for posting in over:
        yield _over(posting)


def _over(posting: Posting) -> str:
    covering = posting.span.covering
    return (
        f"{covering.title}, {covering.period.label}: the order took "
        f"{format_money(posting.amount, covering.currency)}, and "
        f"{format_money(max(covering.free, Decimal(0)), covering.currency)} was left of "
        f"{format_money(covering.cap, covering.currency)}."
    )


def _counts(span: Span, line: PastLine) -> bool:
    """Tell whether a line counts against a budget."""
    scope = span.covering.scope
    return scope.is_everything or scope.covers(
        Charge(line.amount, line.category_path, line.supplier_id)
    )


class BudgetBook:
    """The counters of every budget's periods, as orders are spent on them in memory."""

    def __init__(self, spans: Sequence[Span]) -> None:
        # Whether a period takes orders today says nothing of what it took then.
        self._standing = [replace(span.covering, status=PeriodStatus.OPEN) for span in spans]
        self._spans = list(spans)
        self._by_group: dict[UUID, list[int]] = {}
        for number, span in enumerate(spans):
            self._by_group.setdefault(span.covering.group_id, []).append(number)
        self._covering: dict[tuple[UUID, int, int], tuple[int, ...]] = {}

    def spend(self, lines: Sequence[PastLine], *, is_refund: bool) -> Spent:
        """Count an order on every budget above each of its lines, in the periods of their days.

        A budget of a category or a supplier counts the lines that fall under it.
        """
        sums: dict[int, Decimal] = {}
        days: dict[int, date] = {}
        for line in lines:
            for number in self._numbers(line.group, line.posted_on):
                span = self._spans[number]
                if span.first <= line.posted_on <= span.last and _counts(span, line):
                    sums[number] = sums.get(number, Decimal(0)) + line.amount
                    days[number] = max(days.get(number, line.posted_on), line.posted_on)
        postings: list[Posting] = []
        over: list[Posting] = []
        is_beyond_soft = False
        for number, amount in sums.items():
            if not amount:
                continue
            standing = self._standing[number]
            posting = Posting(replace(self._spans[number], covering=standing), days[number], amount)
            postings.append(posting)
            if amount > 0 and not is_refund:
                found = effects([standing], amount)
                if blocking(found):
                    over.append(posting)
                is_beyond_soft = is_beyond_soft or bool(exceeding(found))
            self._standing[number] = replace(standing, spent=standing.spent + amount)
        return Spent(tuple(postings), tuple(over), is_beyond_soft)

    def exceeded(self) -> list[Covering]:
        """Return the periods in which more is used than the cap, as they stand now."""
        return [standing for standing in self._standing if standing.used > standing.cap]

    def _numbers(self, group: KnownGroup, day: date) -> tuple[int, ...]:
        """Return the periods of one month that may cover a day; their bounds are checked later."""
        key = (group.id, day.year, day.month)
        found = self._covering.get(key)
        if found is None:
            first, last = day.replace(day=1), day.replace(day=28)
            found = tuple(
                number
                for group_id in reversed(group.path)
                for number in self._by_group.get(group_id, ())
                if self._spans[number].covering.period.starts_on <= last
                and self._spans[number].covering.period.ends_on >= first
            )
            if len(self._covering) < _KEPT_JUDGEMENTS:
                self._covering[key] = found
        return found
