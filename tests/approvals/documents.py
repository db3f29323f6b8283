"""Documents of the second schema for tests: every kind of rule, condition and seat."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from approvals.routing import (
    USUAL,
    Aggregation,
    ApproverKind,
    ApproverSpec,
    Conditions,
    CountedBy,
    CountedTo,
    Mode,
    Part,
    PolicyDocument,
    Rule,
    RuleKind,
    StageSpec,
    Tier,
    Tolerances,
)
from tests.approvals import strategies
from tests.approvals.cast import PATH, PEOPLE, key

_Value = TypeVar("_Value")

SUPPLIERS = {key(900): "Acme", key(901): "Halden Tools", key(902): "Zoë & Sons: “PPE”"}
METHODS = {key(950): "Corporate card", key(951): "Invoice"}
CATEGORIES = {"46": "Safety", "43.2": "Software, design", "001": "yes"}

_CALLED = {
    **{str(supplier): name for supplier, name in SUPPLIERS.items()},
    **{str(method): name for method, name in METHODS.items()},
    **CATEGORIES,
    str(PATH[0]): "Northwind",
    "loose": "Kept",
}

_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1)
names = st.one_of(st.sampled_from(("Bulk PPE", "null", "12", "- a: b", "# no")), _text)
_money = st.decimals("0.01", "100000", places=2)


def _some(values: Iterable[_Value]) -> st.SearchStrategy[tuple[_Value, ...]]:
    return st.lists(st.sampled_from(list(values)), unique=True, max_size=2).map(tuple)


def seats() -> st.SearchStrategy[ApproverSpec]:
    following = st.sampled_from((ApproverKind.MANAGER_LIMIT, ApproverKind.CATEGORY_OWNER))
    return st.one_of(
        strategies.approvers(), st.builds(ApproverSpec, following), st.builds(_labelled, names)
    )


def _labelled(name: str) -> ApproverSpec:
    return ApproverSpec(ApproverKind.POSITION, "supervisor", name)


@st.composite
def stages(draw: st.DrawFn) -> StageSpec:
    approvers = tuple(draw(st.lists(seats(), min_size=1, max_size=3, unique=True)))
    mode = draw(st.sampled_from(Mode))
    least = draw(st.integers(1, len(approvers))) if mode is Mode.AT_LEAST else 0
    return StageSpec(draw(names), mode, approvers, least, draw(st.booleans()))


@st.composite
def conditions(draw: st.DrawFn) -> Conditions:
    when = Conditions(
        over=draw(st.none() | _money),
        up_to=draw(st.none() | _money),
        categories=draw(_some(CATEGORIES)),
        suppliers=draw(_some(SUPPLIERS)),
        groups=draw(_some(PATH)),
        payment_methods=draw(_some(METHODS)),
        cost_centres=draw(_some(("4100", "0042", "no"))),
        requester_roles=draw(_some(("FINANCE", "REQUISITIONER"))),
        guidance=draw(_some(("PREFERRED", "BLOCKED"))),
        budget_states=draw(_some(("WITHIN", "OVER"))),
        subject_kinds=draw(_some(("requisition", "home_address"))),
        is_first_order=draw(st.none() | st.booleans()),
        is_home_delivery=draw(st.none() | st.booleans()),
    )
    labels = draw(st.lists(st.sampled_from(sorted(_CALLED)), unique=True, max_size=4))
    return replace(when, labels=tuple(sorted((one, _CALLED[one]) for one in labels)))


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    ends = sorted(draw(st.sets(_money, max_size=3)))
    some = st.lists(stages(), max_size=2).map(tuple)
    return tuple(Tier(end, draw(some)) for end in [*ends, None])


@st.composite
def rules(draw: st.DrawFn, code: str) -> Rule:
    kind = draw(st.sampled_from(RuleKind))
    asked = tuple(draw(st.lists(stages(), min_size=1, max_size=2)))
    return Rule(
        code=code,
        name=draw(names),
        kind=kind,
        when=draw(conditions()),
        stages=() if kind in (RuleKind.TIERS, RuleKind.REFUSE) else asked,
        tiers=draw(tiers()) if kind is RuleKind.TIERS else (),
        refusal=draw(names) if kind is RuleKind.REFUSE else "",
        is_mandatory=draw(st.booleans()),
    )


@st.composite
def tolerances(draw: st.DrawFn) -> Tolerances:
    percent = st.decimals("0", "100", places=1)
    return Tolerances(draw(percent), draw(percent), *(draw(st.booleans()) for _ in range(5)))


@st.composite
def documents(draw: st.DrawFn) -> PolicyDocument:
    """Whole documents as they come back from the database."""
    codes = draw(st.lists(st.sampled_from(("bulk-ppe", "first", "home")), unique=True))
    pairs = st.tuples(st.sampled_from(CountedBy), st.sampled_from(CountedTo))
    counted = draw(st.lists(pairs, unique=True, max_size=2))
    asked = st.lists(stages(), min_size=1, max_size=2).map(tuple)
    return PolicyDocument(
        currency="USD",
        tiers=draw(tiers()),
        restricted=draw(asked),
        exception=draw(asked),
        rules=tuple(draw(rules(code)) for code in codes),
        aggregations=tuple(Aggregation(by, to, draw(st.integers(1, 90))) for by, to in counted),
        mandatory=frozenset(draw(st.sets(st.sampled_from(Part)))),
        tolerances=draw(st.just(USUAL) | tolerances()),
        over_budget=draw(st.just(()) | asked),
    )


_FULL_STAGE = StageSpec(
    "Review",
    Mode.AT_LEAST,
    (
        ApproverSpec(ApproverKind.POSITION, "director", "Director"),
        ApproverSpec(ApproverKind.PERSON, str(next(iter(PEOPLE))), "Bob Supervisor"),
    ),
    at_least=1,
)
_PLAIN = StageSpec("Supervisor", Mode.ALL, (ApproverSpec(ApproverKind.POSITION, "supervisor"),))
_WHEN = Conditions(
    over=Decimal("500.00"),
    categories=("46",),
    suppliers=(key(900),),
    groups=(PATH[0],),
    is_first_order=True,
    labels=(("46", "Safety"), (str(key(900)), "Acme")),
)
# One of everything, so that single changes of it can be walked.
WHOLE = PolicyDocument(
    currency="USD",
    tiers=(
        Tier(Decimal("100.00"), ()),
        Tier(Decimal("1000.00"), (_PLAIN,)),
        Tier(None, (_FULL_STAGE, replace(_PLAIN, beside=True))),
    ),
    restricted=(_PLAIN,),
    exception=(_FULL_STAGE,),
    rules=(
        Rule("bulk-ppe", "Bulk PPE", RuleKind.ASK_BEFORE, _WHEN, (_FULL_STAGE,)),
        Rule("small", "Small", RuleKind.TIERS, _WHEN, tiers=(Tier(None, (_PLAIN,)),)),
        Rule("never", "Never", RuleKind.REFUSE, _WHEN, refusal="Ask Facilities first."),
    ),
    aggregations=(
        Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30),
        Aggregation(CountedBy.GROUP, CountedTo.CATEGORY, 7),
    ),
    mandatory=frozenset({Part.TIERS}),
    tolerances=Tolerances(price_up_percent=Decimal("2.5"), note=True),
    over_budget=(_FULL_STAGE,),
)
