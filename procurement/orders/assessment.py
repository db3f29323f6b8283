"""What an order must pass, decided in one place for the preview and for the submit.

Pure functions over frozen values: `assess` is all that either of them shows or enforces, so the two
cannot disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from accounts.training import Obligation
from approvals.carrying import Carried, Former
from approvals.routing import (
    BudgetStanding,
    Earlier,
    Facts,
    Flag,
    InForce,
    Plan,
    Seats,
    route,
    seat,
)
from budgets.rules import BudgetState, Covering, Effect, blocking, effects_of, exceeding
from catalogs.guidance import Guidance, ItemFacts, Outcome, RuleFacts, Ruleset, worst
from procurement.core.money import format_money
from procurement.orders.blocked import Blocked, blocked_by
from procurement.orders.draft import Draft, DraftLine

SUBJECT_KIND = "requisition"
SHORTEST_JUSTIFICATION = 20
KEEPER = "FINANCE"
# The code of the refusals by budgets: the only ones that pass by waiting.
OUT_OF_ROOM = "BUDGET"
# What an imagined line refers to that names no item or supplier: an id that nothing has.
NOTHING = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What governs an order of one group on one day: rules, policies and seats, budgets.

    ``order_limit`` is the most that its requester may order at once there; None for no limit.
    ``unread`` are the training pages that they have to read before they order anything.
    ``requester_roles`` are those they hold there; ``earlier`` and ``is_first_order`` are known as
    far as a policy asks for them. ``former`` is the request that a changed order goes on from.
    ``charged_on`` is the day whose budget periods the order counts in; None for the day itself.
    """

    rules: Ruleset
    policies: tuple[InForce, ...]
    seats: Seats
    covering: tuple[Covering, ...]
    on: date
    order_limit: Decimal | None = None
    unread: tuple[Obligation, ...] = ()
    requester_roles: frozenset[str] = frozenset()
    earlier: tuple[Earlier, ...] = ()
    is_first_order: bool = False
    former: Former | None = None
    charged_on: date | None = None


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """A line with what guided buying says of it, and what is wrong with it, if anything."""

    line: DraftLine
    guidance: Guidance
    problem: str = ""
    needs_justification: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be submitted as it stands, and what can be done.

    ``training`` is the address (its last part) of the training page that has to be read first.
    """

    code: str
    sentence: str
    line_id: UUID | None = None
    training: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that an order must pass, with the reasons.

    ``policies`` are those that its route was worked out on. ``carried`` is what stands of what was
    agreed to before the order was changed. ``charged_on`` is the day whose budget periods it counts
    in, ``blocked`` are the budgets that stop it, and ``keepers`` names, by group, who can raise
    one.
    """

    draft: Draft
    lines: tuple[AssessedLine, ...]
    total: Decimal
    facts: Facts
    plan: Plan
    effects: tuple[Effect, ...]
    refusals: tuple[Refusal, ...]
    charged_on: date
    policies: tuple[InForce, ...] = ()
    carried: Carried | None = None
    blocked: tuple[Blocked, ...] = ()
    keepers: Mapping[UUID, Sequence[str]] = field(default_factory=dict)

    @property
    def needs_nobody(self) -> bool:
        """Tell whether it is placed at once: policy asks nobody, or all have agreed already."""
        return self.plan.is_automatic if self.carried is None else self.carried.is_enough

    @property
    def is_submittable(self) -> bool:
        """Tell whether nothing stands in the way."""
        return not self.refusals

    @property
    def lacks_only_room(self) -> bool:
        """Tell whether budgets stand in the way, and nothing else."""
        return bool(self.refusals) and all(one.code == OUT_OF_ROOM for one in self.refusals)

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the names of the budget periods that it counts in."""
        return tuple(dict.fromkeys(effect.covering.period.label for effect in self.effects))

    @property
    def by_supplier(self) -> list[tuple[str, Decimal]]:
        """Return each supplier's share of the total, in the order of the lines."""
        sums: dict[str, Decimal] = {}
        for line in self.draft.lines:
            sums[line.supplier_name] = sums.get(line.supplier_name, Decimal(0)) + line.amount
        return list(sums.items())


def assess(draft: Draft, surroundings: Surroundings) -> Assessment:
    """Judge an order: its lines, who must agree, what budgets allow, what stands in the way."""
    lines = tuple(_assess_line(line, draft, surroundings) for line in draft.lines)
    keepers = keepers_of(surroundings.covering, surroundings.seats)
    touched = effects_of(surroundings.covering, draft.charges, keepers=keepers)
    facts = facts_of(draft, lines, surroundings, touched=touched)
    plan = seat(route(facts, surroundings.policies), facts, surroundings.seats)
    return Assessment(
        draft=draft,
        lines=lines,
        total=facts.amount,
        facts=facts,
        plan=plan,
        effects=touched,
        refusals=tuple(_refusals(draft, lines, plan, touched, surroundings)),
        policies=surroundings.policies,
        charged_on=surroundings.charged_on or surroundings.on,
        blocked=blocked_by(blocking(touched), keepers),
        keepers=keepers,
    )


_STANDINGS = {
    BudgetState.STOP: BudgetStanding.OVER,
    BudgetState.OVER: BudgetStanding.OVER,
    BudgetState.WARN: BudgetStanding.WARNING,
    BudgetState.OK: BudgetStanding.WITHIN,
}


def standing_of(touched: Sequence[Effect]) -> str:
    """Return how the tightest of the budgets would stand; nothing where none is touched."""
    states = {effect.state for effect in touched}
    return next((said.value for state, said in _STANDINGS.items() if state in states), "")


def facts_of(
    draft: Draft,
    lines: Sequence[AssessedLine],
    around: Surroundings,
    *,
    touched: Sequence[Effect],
) -> Facts:
    """Return the frozen description of an order that approval policy is evaluated on."""
    outcomes = [assessed.guidance.outcome for assessed in lines]
    flags: set[str] = set()
    if Outcome.RESTRICTED in outcomes:
        flags.add(Flag.RESTRICTED)
    if Outcome.BLOCKED in outcomes:
        flags.add(Flag.BLOCKED_EXCEPTION)
    if exceeding(touched):
        flags.add(Flag.OVER_BUDGET)
    codes = {line.category_path[-1] for line in draft.lines if line.category_path}
    return Facts(
        subject_kind=SUBJECT_KIND,
        currency=draft.currency,
        amount=draft.total,
        group_id=draft.group_id,
        group_path=draft.group_path,
        requester_id=draft.requester_id,
        category_codes=tuple(sorted(codes)),
        supplier_ids=tuple(sorted({line.supplier_id for line in draft.lines} - {NOTHING})),
        guidance=worst(outcomes).value if outcomes else Outcome.NEUTRAL.value,
        flags=frozenset(flags),
        on=around.on,
        category_paths=tuple(
            sorted({line.category_path for line in draft.lines if line.category_path})
        ),
        category_labels=tuple(
            sorted({named for line in draft.lines for named in line.category_names})
        ),
        cost_centre=draft.cost_centre,
        requester_roles=around.requester_roles,
        budget_state=standing_of(touched),
        is_first_order=around.is_first_order,
        earlier=around.earlier,
    )


def keepers_of(covering: Sequence[Covering], seats: Seats) -> dict[UUID, list[str]]:
    """Return, by group, the names of the finance people nearest to each budget, to be asked."""
    keepers: dict[UUID, list[str]] = {}
    for budget in covering:
        for group_id in reversed(budget.group_path):
            people = (seats.people[member] for member in seats.roles.get((KEEPER, group_id), ()))
            names = [person.name for person in people if person.is_active]
            if names:
                keepers[budget.group_id] = names
                break
    return keepers


def _assess_line(line: DraftLine, draft: Draft, surroundings: Surroundings) -> AssessedLine:
    guidance = surroundings.rules.judge(
        ItemFacts(line.item_id, line.supplier_id, line.category_path)
    )
    must_explain = guidance.outcome is Outcome.RESTRICTED or _is_exception(guidance)
    return AssessedLine(
        line=line,
        guidance=guidance,
        problem=_problem(line, draft, guidance, must_explain=must_explain),
        needs_justification=must_explain,
    )


def _is_exception(guidance: Guidance) -> bool:
    rule: RuleFacts | None = guidance.rule
    return guidance.outcome is Outcome.BLOCKED and rule is not None and rule.exception_allowed


def _problem(line: DraftLine, draft: Draft, guidance: Guidance, *, must_explain: bool) -> str:
    """Return what keeps a line from being submitted, in a sentence, or nothing."""
    if not line.is_available:
        return "This item is not offered any more. Remove it, and look for another one."
    if line.currency != draft.currency:
        return (
            f"Its price is in {line.currency}, and orders here are placed in {draft.currency}. "
            "Remove it, and ask for a price in your currency."
        )
    if guidance.outcome is Outcome.BLOCKED and not must_explain:
        return guidance.sentence
    if must_explain and len(line.justification.strip()) < SHORTEST_JUSTIFICATION:
        return (
            "A few more words, please: what is it for, and why does nothing on the preferred list "
            f"do? At least {SHORTEST_JUSTIFICATION} characters."
        )
    return ""


def _refusals(
    draft: Draft,
    lines: Sequence[AssessedLine],
    plan: Plan,
    touched: Sequence[Effect],
    surroundings: Surroundings,
) -> list[Refusal]:
    if not lines:
        return [Refusal("EMPTY", "The cart is empty. Add something from the catalog first.")]
    closed = draft.open_days.why_closed(draft.group_name, surroundings.on)
    found = [Refusal("GROUP", closed)] if closed else []
    found += [
        Refusal("TRAINING", f"Read “{page.title}” first, under Training.", training=page.slug)
        for page in surroundings.unread
    ]
    limit = surroundings.order_limit
    if limit is not None and draft.total > limit:
        found.append(Refusal("LIMIT", _beyond(draft, limit)))
    found += [
        Refusal("LINE", f"{assessed.line.title}: {assessed.problem}", assessed.line.id)
        for assessed in lines
        if assessed.problem
    ]
    found += [Refusal("ROUTE", sentence) for sentence in plan.refusals]
    return [*found, *budget_refusals(blocking(touched), draft.currency)]


def budget_refusals(tight: Sequence[Effect], currency: str) -> tuple[Refusal, ...]:
    """Return a refusal for each budget that has too little room, with the room and whom to ask."""
    return tuple(Refusal(OUT_OF_ROOM, _over(effect, currency)) for effect in tight)


def out_of_room(assessment: Assessment, tight: Sequence[Effect]) -> Assessment:
    """Return a judgement with the budgets that refused it in the end, as they stood under lock."""
    late = {effect.covering.budget_id: effect for effect in tight}
    return replace(
        assessment,
        effects=tuple(late.get(one.covering.budget_id, one) for one in assessment.effects),
        refusals=budget_refusals(tight, assessment.draft.currency),
        blocked=blocked_by(tight, assessment.keepers),
    )


def _over(effect: Effect, currency: str) -> str:
    covering = effect.covering
    return (
        f"{covering.title}, {covering.period.label}: the order takes "
        f"{format_money(effect.amount, currency)}. {effect.sentence}"
    )


def _beyond(draft: Draft, limit: Decimal) -> str:
    return (
        f"The order comes to {format_money(draft.total, draft.currency)}; your limit for one order "
        f"in {draft.group_name} is {format_money(limit, draft.currency)}. Somebody with a higher "
        "limit can order it, or an administrator can raise yours under Groups."
    )
