"""What would have avoided a stage: single changes of a subject under which it is not asked (pure).

Every change that is named here was tried: the subject is routed again with it, and the stage is
gone. What is asked of any subject has none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from approvals.routing.conditions import BudgetStanding, Conditions, Guided
from approvals.routing.counting import Counted
from approvals.routing.facts import Earlier, Facts, Flag
from approvals.routing.rules import Rule
from approvals.routing.specs import StageSpec
from approvals.routing.stages import InForce, Route, route
from approvals.routing.words import enumerated
from procurement.core.money import format_money

_ZERO = Decimal(0)


class ChangeKind(StrEnum):
    """What is different in a subject that avoids a stage."""

    AMOUNT = "AMOUNT"
    RESTRICTED = "RESTRICTED"
    EXCEPTION = "EXCEPTION"
    PREFERRED = "PREFERRED"
    CATEGORY = "CATEGORY"
    SUPPLIER = "SUPPLIER"
    EARLIER = "EARLIER"
    HOME_DELIVERY = "HOME_DELIVERY"
    PAYMENT_METHOD = "PAYMENT_METHOD"
    FIRST_ORDER = "FIRST_ORDER"
    BUDGET = "BUDGET"


@dataclass(frozen=True, slots=True)
class Change:
    """One change; ``phrase`` says it within a sentence, ``facts`` are the subject with it."""

    kind: ChangeKind
    phrase: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Avoidance:
    """What would have avoided one stage of a route, the nearest at hand first.

    ``step`` is the stage's place in the route, from 0.
    """

    step: int
    spec: StageSpec
    changes: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        """Return it in words, or nothing where no single change avoids the stage."""
        if not self.changes:
            return ""
        who = self.spec.phrase
        ways = enumerated([change.phrase for change in self.changes], "or")
        return f"{who[:1].upper()}{who[1:]} would not be asked {ways}."


def avoidances(facts: Facts, policies: Sequence[InForce], found: Route) -> tuple[Avoidance, ...]:
    """Return for each stage of a route what would have avoided it.

    ``found`` is what `route` says of these facts and policies. The cost is one routing for each
    amount, category, supplier or other condition that bears on the subject.
    """
    if not found.stages or found.policy is None:
        return ()
    trial = _Trial(policies)
    heard = [found.policy, *found.above]
    single = list(_single_changes(facts, heard, found.counted))
    amounts = _lower_amounts(facts, heard, found.counted)
    answers = []
    for step, stage in enumerate(found.stages):
        changes = [
            *_by_amount(stage.spec, facts, amounts, found.counted, trial),
            *(change for change in single if trial.drops(stage.spec, change.facts)),
        ]
        if not any(change.kind in _BETTER_GUIDED for change in changes):
            preferred = _all_preferred(facts)
            changes += [one for one in preferred if trial.drops(stage.spec, one.facts)]
        answers.append(Avoidance(step, stage.spec, tuple(changes)))
    return tuple(answers)


_BETTER_GUIDED = frozenset({ChangeKind.RESTRICTED, ChangeKind.EXCEPTION})


@dataclass(slots=True)
class _Trial:
    """Routing with changed facts, each set of facts once."""

    policies: Sequence[InForce]
    tried: dict[Facts, frozenset[StageSpec] | None] = field(default_factory=dict)

    def drops(self, spec: StageSpec, facts: Facts) -> bool:
        """Tell whether the stage is not asked of these facts, and policy still answers them."""
        if facts not in self.tried:
            again = route(facts, self.policies)
            asked = frozenset(_bare(stage.spec) for stage in again.stages)
            self.tried[facts] = asked if again.is_routable else None
        asked_now = self.tried[facts]
        return asked_now is not None and _bare(spec) not in asked_now


def _bare(spec: StageSpec) -> StageSpec:
    """Return a stage by who is asked alone: another name or place does not make it another."""
    return replace(spec, name="", beside=False)


def _by_amount(
    spec: StageSpec,
    facts: Facts,
    amounts: Sequence[Decimal],
    counted: Counted | None,
    trial: _Trial,
) -> Iterator[Change]:
    """Yield the greatest lower amount that avoids a stage, and down to where it does.

    ``amounts`` are the subject's own, falling; between two of them nothing changes.
    """
    dropping = [trial.drops(spec, replace(facts, amount=amount)) for amount in amounts]
    if True not in dropping:
        return
    first = dropping.index(True)
    shown = format_money(amounts[first], facts.currency)
    phrase = f"at or below {shown}"
    if False in dropping[first:]:
        floor = amounts[first + dropping[first:].index(False)]
        phrase = f"between {format_money(floor, facts.currency)} and {shown}"
    if counted is not None and counted.earlier is not None:
        phrase += " on top of what counts along"
    yield Change(ChangeKind.AMOUNT, phrase, replace(facts, amount=amounts[first]))


def _lower_amounts(
    facts: Facts, heard: Iterable[InForce], counted: Counted | None
) -> list[Decimal]:
    """Return the own amounts below the subject's at which something changes, falling."""
    along = counted.earlier.amount if counted is not None and counted.earlier else _ZERO
    bounds: set[Decimal] = set()
    for policy in heard:
        bounds |= {tier.up_to for tier in policy.document.tiers if tier.up_to is not None}
        for rule in policy.document.rules:
            # What does not hold for another reason holds at no amount.
            if replace(rule.when, over=None, up_to=None).are_met(facts, _ZERO):
                bounds |= {one for one in (rule.when.over, rule.when.up_to) if one is not None}
                bounds |= {tier.up_to for tier in rule.tiers if tier.up_to is not None}
    return sorted(own for one in bounds if _ZERO < (own := one - along) < facts.amount)[::-1]


def _single_changes(
    facts: Facts, heard: Sequence[InForce], counted: Counted | None
) -> Iterator[Change]:
    """Yield the single changes of a subject, the amount aside, that might avoid something."""
    yield from _better_guided(facts)
    rules = [rule for policy in heard for rule in policy.document.rules]
    yield from _elsewhere(facts, rules)
    if counted is not None and counted.earlier is not None:
        phrase = _without_earlier(counted.earlier, facts.currency)
        yield Change(ChangeKind.EARLIER, phrase, replace(facts, earlier=()))
    if facts.is_home_delivery:
        changed = replace(facts, is_home_delivery=False)
        yield Change(ChangeKind.HOME_DELIVERY, "if delivered to a business address", changed)
    if facts.is_first_order:
        changed = replace(facts, is_first_order=False)
        phrase = "if every supplier on it had had an order before"
        yield Change(ChangeKind.FIRST_ORDER, phrase, changed)
    if facts.budget_state not in ("", BudgetStanding.WITHIN) or Flag.OVER_BUDGET in facts.flags:
        changed = replace(
            facts,
            budget_state=BudgetStanding.WITHIN.value,
            flags=facts.flags - {Flag.OVER_BUDGET},
        )
        phrase = "if every budget had ample room"
        yield Change(ChangeKind.BUDGET, phrase, changed)


def _better_guided(facts: Facts) -> Iterator[Change]:
    if Flag.RESTRICTED in facts.flags:
        flags = facts.flags - {Flag.RESTRICTED}
        exception = Flag.BLOCKED_EXCEPTION in flags
        guidance = facts.guidance if exception else Guided.PREFERRED.value
        changed = replace(facts, flags=flags, guidance=guidance)
        phrase = "with a preferred item in place of what is restricted"
        yield Change(ChangeKind.RESTRICTED, phrase, changed)
    if Flag.BLOCKED_EXCEPTION in facts.flags:
        flags = facts.flags - {Flag.BLOCKED_EXCEPTION}
        left = Guided.RESTRICTED if Flag.RESTRICTED in flags else Guided.PREFERRED
        changed = replace(facts, flags=flags, guidance=left.value)
        phrase = "with a preferred item in place of what is blocked, so without an exception"
        yield Change(ChangeKind.EXCEPTION, phrase, changed)


def _all_preferred(facts: Facts) -> Iterator[Change]:
    if facts.guidance in ("", Guided.PREFERRED):
        return
    flags = facts.flags - {Flag.RESTRICTED, Flag.BLOCKED_EXCEPTION}
    changed = replace(facts, flags=flags, guidance=Guided.PREFERRED.value)
    yield Change(ChangeKind.PREFERRED, "with preferred items alone", changed)


def _elsewhere(facts: Facts, rules: Iterable[Rule]) -> Iterator[Change]:
    """Yield the subject without the categories, suppliers or payment methods that rules name."""
    seen: set[Facts] = set()
    for rule in rules:
        for kind, phrase, changed in (
            _outside_categories(facts, rule.when),
            _without_suppliers(facts, rule.when),
            _paid_otherwise(facts, rule.when),
        ):
            if changed != facts and changed not in seen:
                seen.add(changed)
                yield Change(kind, phrase, changed)


_Changed = tuple[ChangeKind, str, Facts]


def _outside_categories(facts: Facts, when: Conditions) -> _Changed:
    named = set(when.categories)
    inside = {path[-1] for path in facts.category_paths if path and named & set(path)} | (
        named & set(facts.category_codes)
    )
    changed = replace(
        facts,
        category_codes=tuple(code for code in facts.category_codes if code not in inside),
        category_paths=tuple(path for path in facts.category_paths if not named & set(path)),
    )
    met = named & facts.all_categories
    return ChangeKind.CATEGORY, f"without anything in {_named(when, met)}", changed


def _without_suppliers(facts: Facts, when: Conditions) -> _Changed:
    met = set(when.suppliers) & set(facts.supplier_ids)
    kept = tuple(supplier for supplier in facts.supplier_ids if supplier not in met)
    phrase = f"without anything from {_named(when, met)}"
    return ChangeKind.SUPPLIER, phrase, replace(facts, supplier_ids=kept)


def _paid_otherwise(facts: Facts, when: Conditions) -> _Changed:
    met = set(when.payment_methods) & set(facts.payment_method_ids)
    kept = tuple(method for method in facts.payment_method_ids if method not in met)
    phrase = f"if not paid with {_named(when, met)}"
    return ChangeKind.PAYMENT_METHOD, phrase, replace(facts, payment_method_ids=kept)


def _named(when: Conditions, met: Iterable[object]) -> str:
    return enumerated(sorted(f"“{when.label(one)}”" for one in met), "or")


def _without_earlier(earlier: Earlier, currency: str) -> str:
    orders = "the earlier order" if earlier.orders == 1 else f"the {earlier.orders} earlier orders"
    amount = format_money(earlier.amount, currency)
    days = "a day" if earlier.days == 1 else f"{earlier.days} days"
    place = "from" if earlier.to == "SUPPLIER" else "in"
    return f"without {orders} {place} {earlier.label} ({amount}), which count along for {days}"
