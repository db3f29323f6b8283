"""What two policy documents say differently, in sentences that a person can read (pure).

Equal documents have no differences, and unequal ones have at least one: where what people read is
the same, what is stored is spelled out, and where that is the same too, the difference says so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from approvals.routing import (
    Aggregation,
    Conditions,
    Mode,
    Part,
    PolicyDocument,
    Rule,
    RuleKind,
    StageSpec,
    Tier,
    aggregation_sentence,
    condition_phrase,
    rule_sentence,
    tiers_phrase,
    tolerances,
)
from approvals.routing.phrases import noun_of
from approvals.routing.policy import tier_for
from approvals.routing.specs import in_words
from approvals.routing.words import enumerated, uncapitalized
from procurement.core.money import format_money

_PARTS = {
    Part.TIERS: ("The tiers", "are"),
    Part.RESTRICTED: ("What restricted lines ask", "is"),
    Part.EXCEPTION: ("What exceptions ask", "is"),
    Part.OVER_BUDGET: ("What orders beyond a soft budget ask", "is"),
    Part.AGGREGATIONS: ("Which orders count together", "is"),
    Part.TOLERANCES: ("Which changes let approvals stand", "is"),
}
_ASKED = {
    RuleKind.ASK_BEFORE: "asks before the tiers",
    RuleKind.ASK_BESIDE: "asks beside the tiers",
    RuleKind.ASK_AFTER: "asks after the tiers",
    RuleKind.TIERS: "has tiers of its own",
    RuleKind.REFUSE: "refuses",
}
_MODES = {Mode.ANY: "any of", Mode.ALL: "all of", Mode.AT_LEAST: "so many of"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: the part of the document, such as ``tiers`` or ``rules.x``, and what it is.

    ``sentence`` is whole, with its full stop, and says what held before as well as what holds now.
    """

    where: str
    sentence: str


def differences(before: PolicyDocument, after: PolicyDocument) -> tuple[Difference, ...]:
    """Return what ``after`` says differently from ``before``, part by part; nothing when equal."""
    found: list[Difference] = []
    _add(found, "currency", before, after, _currency)
    _add(found, "tiers", before, after, _tiers_of_document)
    for part, what in (
        (Part.RESTRICTED, "Restricted lines"),
        (Part.EXCEPTION, "Exceptions for blocked items"),
    ):
        old, new = getattr(before, part.value), getattr(after, part.value)
        if old != new:
            found.append(Difference(part.value, _asks(what, old, new)))
    _add(found, Part.OVER_BUDGET.value, before, after, _over_budget)
    found.extend(_rules(before, after))
    found.extend(_aggregations(before.aggregations, after.aggregations))
    _add(found, "tolerances", before, after, _tolerances)
    for part in Part:
        old_holds, new_holds = part in before.mandatory, part in after.mandatory
        if old_holds != new_holds:
            what, verb = _PARTS[part]
            found.append(Difference("mandatory", _mandatory(what, verb, holds=new_holds)))
    return tuple(found)


def _add(
    found: list[Difference],
    where: str,
    before: PolicyDocument,
    after: PolicyDocument,
    sentences: Callable[[PolicyDocument, PolicyDocument], Iterator[str]],
) -> None:
    found.extend(Difference(where, sentence) for sentence in sentences(before, after))


def _currency(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    if before.currency != after.currency:
        yield f"Amounts are in {after.currency} instead of {before.currency}."


def _over_budget(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    if before.over_budget == after.over_budget:
        return
    what = "Orders beyond a soft budget"
    if before.beyond_budget != after.beyond_budget:
        yield _asks(what, before.beyond_budget, after.beyond_budget)
    elif after.over_budget:
        yield f"{what} ask the same people as before, said in the policy now."
    else:
        yield f"{what} ask the same people as before, no longer said in the policy."


def _mandatory(what: str, verb: str, *, holds: bool) -> str:
    if holds:
        return f"{what} {verb} mandatory for groups below now."
    return f"{what} {verb} no longer mandatory for groups below."


def _tolerances(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    for name, what in tolerances.WHAT.items():
        was, now = (tolerances.in_words(name, one.tolerances) for one in (before, after))
        if was != now:
            yield f"When {uncapitalized(what)} while an order waits, {now}; before, {was}."


# Tiers


def _tiers_of_document(before: PolicyDocument, after: PolicyDocument) -> Iterator[str]:
    if before.tiers == after.tiers:
        return
    if before.currency != after.currency:
        old = tiers_phrase(before.tiers, before.currency) or "none"
        new = tiers_phrase(after.tiers, after.currency) or "none"
        yield f"The tiers are: {new}. Before, they were: {old}."
        return
    yield from tier_sentences("Orders", before.tiers, after.tiers, after.currency)


def tier_sentences(
    what: str, before: tuple[Tier, ...], after: tuple[Tier, ...], currency: str
) -> Iterator[str]:
    """Yield what other tiers ask of the same amounts, band by band.

    Bands next to each other with the same change are one. Amounts are in ``currency``.
    """
    raised = _raised_limit(before, after)
    if raised is not None:
        old, new = raised
        yield (
            f"{what} up to {format_money(old, currency)} were approved at once; now up to "
            f"{format_money(new, currency)} are."
        )
    count = 0
    for lower, upper, was, now in _changed_bands(before, after):
        explained = raised is not None and lower == raised[0] and upper == raised[1]
        if explained and not now:
            continue
        count += 1
        yield _band_sentence(f"{what} {_band(lower, upper, currency)}", was, now)
    if raised is None and not count:
        old_ends, new_ends = _ends(before, currency), _ends(after, currency)
        yield (
            f"The tiers for {uncapitalized(what)} end at other amounts, {new_ends} instead of "
            f"{old_ends}; every amount asks the same people as before."
        )


def _raised_limit(before: Sequence[Tier], after: Sequence[Tier]) -> tuple[Decimal, Decimal] | None:
    """Return up to where orders were and are approved at once, if that has gone up."""
    if not before or not after or before[0].stages or after[0].stages:
        return None
    old, new = before[0].up_to, after[0].up_to
    return (old, new) if old is not None and new is not None and new > old else None


_Asked = tuple[StageSpec, ...] | None
_Band = tuple[Decimal | None, Decimal | None, _Asked, _Asked]


def _changed_bands(before: tuple[Tier, ...], after: tuple[Tier, ...]) -> list[_Band]:
    """Return each band (over, up to, asked before, asked now) that is asked of others now."""
    ends = sorted({tier.up_to for tier in (*before, *after) if tier.up_to is not None})
    bands: list[_Band] = []
    for lower, upper in zip([None, *ends], [*ends, None], strict=True):
        amount = upper if upper is not None else (lower or Decimal(0)) + 1
        was, now = _asked(before, amount), _asked(after, amount)
        last = bands[-1] if bands else None
        if last is not None and last[1] == lower and last[2:] == (was, now):
            bands[-1] = (last[0], upper, was, now)
        else:
            bands.append((lower, upper, was, now))
    return [band for band in bands if band[2] != band[3]]


def _asked(tiers: tuple[Tier, ...], amount: Decimal) -> _Asked:
    index = tier_for(tiers, amount)
    return None if index is None else tiers[index].stages


def _band(lower: Decimal | None, upper: Decimal | None, currency: str) -> str:
    words = []
    if lower is not None:
        words.append(f"over {format_money(lower, currency)}")
    if upper is not None:
        words.append(f"up to {format_money(upper, currency)}")
    return " and ".join(words) or "of any amount"


def _band_sentence(what: str, was: _Asked, now: _Asked) -> str:
    if was is None:
        return f"{what} were covered by no tier; now they {_way(now)}."
    if now is None:
        return f"{what} are covered by no tier any more; before, they {_past(was)}."
    if not now:
        return f"{what} asked {in_words(was)}; now they are approved at once."
    if not was:
        return f"{what} were approved at once; now they ask {in_words(now)}."
    return _asks(what, was, now)


def _way(stages: _Asked) -> str:
    return f"ask {in_words(stages)}" if stages else "are approved at once"


def _past(stages: _Asked) -> str:
    return f"asked {in_words(stages)}" if stages else "were approved at once"


def _ends(tiers: tuple[Tier, ...], currency: str) -> str:
    ends = [
        "open-ended" if tier.up_to is None else format_money(tier.up_to, currency) for tier in tiers
    ]
    return enumerated(ends) or "none"


# Stages


def _asks(what: str, was: tuple[StageSpec, ...], now: tuple[StageSpec, ...]) -> str:
    """Return who is asked instead of whom; ``what`` is in the plural."""
    old, new = in_words(was) or "nobody", in_words(now) or "nobody"
    if old != new:
        return f"{what} ask {new} instead of {old}."
    old, new = _in_full(was), _in_full(now)
    if old != new:
        return f"{what} go through {new} instead of {old}."
    return f"{what} ask the same people as before; only how the seats are labelled has changed."


def _in_full(stages: tuple[StageSpec, ...]) -> str:
    """Return stages with everything that tells two apart."""
    return "; ".join(
        f"the stage “{stage.name}”"
        f"{' beside the one before' if stage.beside else ''}"
        f" ({_MODES[stage.mode]}{f' at least {stage.at_least},' if stage.at_least else ''} "
        + enumerated(
            [
                f"{one.title} [{' '.join(filter(None, (one.kind.value.lower(), one.value)))}]"
                for one in stage.approvers
            ]
        )
        + ")"
        for stage in stages
    )


# Rules


def _rules(before: PolicyDocument, after: PolicyDocument) -> Iterator[Difference]:
    if before.rules == after.rules:
        return
    old, new = ({rule.code: rule for rule in one.rules} for one in (before, after))
    if len(old) < len(before.rules) or len(new) < len(after.rules):
        sentence = "Several rules have the same code, so they cannot be told apart one by one."
        yield Difference("rules", sentence)
        return
    for code, rule in new.items():
        if code not in old:
            extra = " It is mandatory for groups below." if rule.is_mandatory else ""
            said = rule_sentence(rule, after.currency)
            yield Difference(f"rules.{code}", f"The rule “{rule.name}” is new: {said}{extra}")
        elif old[code] != rule:
            for sentence in _rule_sentences(old[code], rule, before.currency, after.currency):
                yield Difference(f"rules.{code}", sentence)
    for code, rule in old.items():
        if code not in new:
            said = rule_sentence(rule, before.currency)
            yield Difference(f"rules.{code}", f"The rule “{rule.name}” is gone. It said: {said}")
    shared = [[code for code in one if code in old and code in new] for one in (old, new)]
    if shared[0] != shared[1]:
        sentence = "The rules are listed in another order, which changes nothing that they ask."
        yield Difference("rules", sentence)


def _rule_sentences(was: Rule, now: Rule, old_currency: str, currency: str) -> Iterator[str]:
    name = f"The rule “{now.name}”"
    if was.name != now.name:
        yield f"The rule “{was.name}” is called “{now.name}” now."
    if was.kind is not now.kind:
        yield f"{name} {_ASKED[now.kind]}; before, it {_before(was.kind)}."
    if was.when != now.when:
        yield _when_sentence(name, was.when, now.when, old_currency, currency)
    if was.stages != now.stages:
        yield _asks(f"{noun_of(now.when)} under the rule “{now.name}”", was.stages, now.stages)
    if was.tiers != now.tiers:
        what = f"{noun_of(now.when)} under the rule “{now.name}”"
        yield from tier_sentences(what, was.tiers, now.tiers, currency)
    if was.refusal != now.refusal:
        yield f"{name} says “{now.refusal}” instead of “{was.refusal}”."
    if was.is_mandatory != now.is_mandatory:
        yield _mandatory(name, "is", holds=now.is_mandatory)


def _before(kind: RuleKind) -> str:
    past = {"asks": "asked", "has": "had", "refuses": "refused"}
    verb, _, rest = _ASKED[kind].partition(" ")
    return f"{past[verb]} {rest}".strip()


def _when_sentence(
    name: str, was: Conditions, now: Conditions, old_currency: str, currency: str
) -> str:
    old, new = condition_phrase(was, old_currency), condition_phrase(now, currency)
    if old != new:
        return f"{name} holds for {uncapitalized(new)} instead of {uncapitalized(old)}."
    changed = [
        f"{one.name.removeprefix('is_').replace('_', ' ')} {_value(getattr(now, one.name))} "
        f"instead of {_value(getattr(was, one.name))}"
        for one in fields(Conditions)
        if one.name != "labels" and getattr(was, one.name) != getattr(now, one.name)
    ]
    if changed:
        return f"{name} holds for {enumerated(changed)}."
    return f"{name} holds for the same as before; only how its conditions are labelled has changed."


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return enumerated([str(one) for one in value]) or "any"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "any" if value is None else str(value)


# What counts together


def _aggregations(
    before: tuple[Aggregation, ...], after: tuple[Aggregation, ...]
) -> Iterator[Difference]:
    if before == after:
        return
    gone = [one for one in before if one not in after]
    new = [one for one in after if one not in before]
    for one in new:
        earlier = next((other for other in gone if (other.by, other.to) == (one.by, one.to)), None)
        said = aggregation_sentence(one)
        if earlier is None:
            yield Difference("aggregations", f"New: {uncapitalized(said)}")
        else:
            gone.remove(earlier)
            days = "1 day" if earlier.days == 1 else f"{earlier.days} days"
            yield Difference("aggregations", f"{said} Before, it was within {days}.")
    for one in gone:
        said = uncapitalized(aggregation_sentence(one))
        yield Difference("aggregations", f"No longer so: {said}")
    if sorted(before) == sorted(after) or set(before) == set(after):
        sentence = "What counts together is listed in another order, which changes nothing."
        yield Difference("aggregations", sentence)
