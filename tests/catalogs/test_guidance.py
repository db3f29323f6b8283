"""Guidance decides without a database: properties first, then the sentences people read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from catalogs.guidance import (
    OUTCOME_OF,
    Effect,
    ItemFacts,
    Outcome,
    RuleFacts,
    Ruleset,
    Target,
    judge,
    worst,
)

SPACE = UUID("0d6e4079-e36f-4b2a-9d34-7b9f1f7c2a10")


def known(name: str) -> UUID:
    return uuid5(SPACE, name)


ROOT, OPERATIONS, WORKPLACE, ELSEWHERE = (
    known(name) for name in ("root", "operations", "workplace", "elsewhere")
)
PATH = (ROOT, OPERATIONS, WORKPLACE)
NAMES = {
    ROOT: "Northwind Works",
    OPERATIONS: "Operations",
    WORKPLACE: "Workplace",
    ELSEWHERE: "Elsewhere",
}
CODES = ("43000000", "43210000", "43211500", "43211509", "44000000", "44100000", "OWN-1", "OWN-2")
SUPPLIERS = tuple(known(name) for name in ("kestrel", "brightline", "tideway"))
ITEMS = tuple(known(name) for name in ("tablet", "case", "charger"))


def rule(
    effect: Effect = Effect.BLOCK,
    group: UUID = ROOT,
    target: Target = Target.CATEGORY,
    key: str = "43210000",
    *,
    reason: str = "Consumer devices cannot be enrolled",
    exception: bool = False,
    rule_id: UUID | None = None,
) -> RuleFacts:
    return RuleFacts(
        rule_id=rule_id or known(f"{effect}{group}{target}{key}"),
        group_id=group,
        group_name=NAMES[group],
        effect=effect,
        target=target,
        target_key=key,
        reason=reason,
        exception_allowed=exception,
    )


def keys() -> st.SearchStrategy[tuple[Target, str]]:
    return st.one_of(
        st.tuples(st.just(Target.CATEGORY), st.sampled_from(CODES)),
        st.tuples(st.just(Target.SUPPLIER), st.sampled_from([str(one) for one in SUPPLIERS])),
        st.tuples(st.just(Target.ITEM), st.sampled_from([str(one) for one in ITEMS])),
    )


@st.composite
def rules(draw: st.DrawFn) -> RuleFacts:
    target, key = draw(keys())
    return rule(
        draw(st.sampled_from(Effect)),
        draw(st.sampled_from(list(NAMES))),
        target,
        key,
        exception=draw(st.booleans()),
        rule_id=draw(st.uuids()),
    )


items = st.builds(
    ItemFacts,
    item_id=st.sampled_from([*ITEMS, None]),
    supplier_id=st.sampled_from([*SUPPLIERS, None]),
    category_path=st.sampled_from(
        [
            (),
            ("43000000",),
            ("43000000", "43210000", "43211500", "43211509"),
            ("43211509",),
            ("44000000", "44100000", "OWN-1"),
            ("OWN-2",),
        ]
    ),
)


def naively(item: ItemFacts, given_rules: Sequence[RuleFacts], path: Sequence[UUID]) -> Outcome:
    """Walk from the buying group up; the strictest rule of the first group that has one decides."""

    def concerns(one: RuleFacts) -> bool:
        if one.target is Target.ITEM:
            return one.target_key == str(item.item_id)
        if one.target is Target.SUPPLIER:
            return one.target_key == str(item.supplier_id)
        if one.target_key in item.category_path:
            return True
        prefix = one.target_key.rstrip("0")
        prefix += "0" * (len(prefix) % 2)
        return one.target_key.isdigit() and any(
            code.isdigit() and code.startswith(prefix) for code in item.category_path
        )

    for group in reversed(path):
        effects = {one.effect for one in given_rules if one.group_id == group and concerns(one)}
        for effect in (Effect.BLOCK, Effect.RESTRICT, Effect.PREFER):
            if effect in effects:
                return OUTCOME_OF[effect]
    return Outcome.NEUTRAL


@given(items, st.lists(rules(), max_size=12))
def test_it_agrees_with_the_naive_walk_up_the_tree(
    item: ItemFacts, given_rules: list[RuleFacts]
) -> None:
    assert judge(item, given_rules, PATH).outcome == naively(item, given_rules, PATH)


@given(items, st.lists(rules(), max_size=12), st.randoms())
def test_the_order_in_which_rules_come_does_not_matter(
    item: ItemFacts, given_rules: list[RuleFacts], random: Random
) -> None:
    shuffled = list(given_rules)
    random.shuffle(shuffled)
    assert judge(item, given_rules, PATH) == judge(item, shuffled, PATH)


@given(items, st.lists(rules(), max_size=12))
def test_a_rule_of_the_buying_group_itself_silences_every_rule_above(
    item: ItemFacts, given_rules: list[RuleFacts]
) -> None:
    near = [one for one in given_rules if one.group_id == WORKPLACE]
    if judge(item, near, PATH).rule is not None:
        assert judge(item, given_rules, PATH) == judge(item, near, PATH)


@given(items, st.lists(rules(), max_size=12))
def test_rules_of_other_branches_never_apply(item: ItemFacts, given_rules: list[RuleFacts]) -> None:
    on_path = [one for one in given_rules if one.group_id != ELSEWHERE]
    assert judge(item, given_rules, PATH) == judge(item, on_path, PATH)


@given(items, st.lists(rules(), max_size=12), rules())
def test_one_more_block_at_the_nearest_group_never_loosens(
    item: ItemFacts, given_rules: list[RuleFacts], another: RuleFacts
) -> None:
    block = replace(another, effect=Effect.BLOCK, group_id=WORKPLACE, group_name="Workplace")
    before = judge(item, given_rules, PATH).outcome
    assert worst([before, judge(item, [*given_rules, block], PATH).outcome]) == (
        judge(item, [*given_rules, block], PATH).outcome
    )


@given(items, st.lists(rules(), max_size=12))
def test_the_deciding_rule_and_its_group_stand_in_the_sentence(
    item: ItemFacts, given_rules: list[RuleFacts]
) -> None:
    guidance = judge(item, given_rules, PATH)
    if guidance.rule is None:
        assert guidance.outcome is Outcome.NEUTRAL
        assert guidance.sentence == "No buying rule covers this item."
    else:
        assert guidance.outcome == OUTCOME_OF[guidance.rule.effect]
        assert guidance.rule.reason in guidance.sentence
        assert guidance.rule.group_name in guidance.sentence


@given(st.lists(st.sampled_from(Outcome)))
def test_an_order_is_as_strict_as_its_strictest_line(outcomes: list[Outcome]) -> None:
    strictness = [Outcome.PREFERRED, Outcome.NEUTRAL, Outcome.RESTRICTED, Outcome.BLOCKED]
    expected = max(outcomes, key=strictness.index) if outcomes else Outcome.NEUTRAL
    assert worst(outcomes) == expected


TABLET = ItemFacts(ITEMS[0], SUPPLIERS[2], ("43000000", "43210000", "43211500", "43211509"))


def test_a_near_preference_beats_a_far_block() -> None:
    far = rule(Effect.BLOCK, ROOT)
    near = rule(Effect.PREFER, OPERATIONS)
    assert judge(TABLET, [far, near], PATH).rule == near


def test_a_rule_on_the_item_does_not_beat_a_stricter_one_on_its_segment_at_the_same_group() -> None:
    on_item = rule(Effect.PREFER, ROOT, Target.ITEM, str(ITEMS[0]))
    on_segment = rule(Effect.RESTRICT, ROOT, Target.CATEGORY, "43000000")
    assert judge(TABLET, [on_item, on_segment], PATH).rule == on_segment


def test_of_two_blocks_at_one_group_the_one_without_exceptions_decides() -> None:
    lenient = rule(Effect.BLOCK, ROOT, Target.ITEM, str(ITEMS[0]), exception=True)
    strict = rule(Effect.BLOCK, ROOT, Target.CATEGORY, "43000000")
    guidance = judge(TABLET, [lenient, strict], PATH)
    assert guidance.rule == strict
    assert not guidance.is_orderable


def test_a_category_rule_reaches_items_that_carry_only_a_deeper_code() -> None:
    item = ItemFacts(None, None, ("43211509",))
    assert judge(item, [rule(key="43000000")], PATH).outcome is Outcome.BLOCKED
    assert judge(item, [rule(key="44000000")], PATH).outcome is Outcome.NEUTRAL


def test_a_block_names_its_reason_its_group_and_that_there_is_no_exception() -> None:
    assert judge(TABLET, [rule()], PATH).sentence == (
        "Consumer devices cannot be enrolled. Blocked for everyone by Northwind Works. "
        "No exceptions: an administrator of Northwind Works can change the rule."
    )


def test_a_block_with_exceptions_names_the_way_out() -> None:
    guidance = judge(TABLET, [rule(group=OPERATIONS, exception=True)], PATH)
    assert guidance.sentence == (
        "Consumer devices cannot be enrolled. Blocked by Operations for all its groups; "
        "you may ask for an exception and say why."
    )
    assert guidance.is_orderable
    assert guidance.needs_justification


def test_a_restriction_says_what_it_asks_for() -> None:
    restriction = rule(Effect.RESTRICT, WORKPLACE, reason="No repair contract.")
    assert judge(TABLET, [restriction], PATH).sentence == (
        "No repair contract. Restricted by Workplace: it needs a reason and one more approval."
    )


def test_a_preference_says_until_when_it_holds() -> None:
    preference = replace(
        rule(Effect.PREFER, OPERATIONS, reason="Serviced on site"), valid_to=date(2027, 3, 31)
    )
    guidance = judge(TABLET, [preference], PATH)
    assert guidance.sentence == (
        "Serviced on site. Preferred by Operations for all its groups until Mar 31."
    )
    assert not guidance.needs_justification


def test_a_ruleset_judges_as_the_plain_function_does() -> None:
    given_rules = [rule(), rule(Effect.PREFER, OPERATIONS, Target.SUPPLIER, str(SUPPLIERS[2]))]
    assert Ruleset(given_rules, PATH).judge(TABLET) == judge(TABLET, given_rules, PATH)
