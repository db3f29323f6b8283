from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from approvals.differences import differences
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Part,
    PolicyDocument,
    Rule,
    RuleKind,
    Tier,
)
from tests.approvals.cast import key
from tests.approvals.documents import WHOLE, documents
from tests.factories.approvals import DIRECTOR, SUPERVISOR, TYPICAL, stage


def said(before: PolicyDocument, after: PolicyDocument) -> list[str]:
    return [one.sentence for one in differences(before, after)]


def changes_of(value: Any) -> Iterator[Any]:
    """Yield a value with one thing in it changed, for each thing."""
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            for changed in changes_of(getattr(value, one.name)):
                yield replace(value, **{one.name: changed})
    elif isinstance(value, tuple):
        yield from _changes_of_list(value)
    elif isinstance(value, frozenset):
        yield value ^ {Part.TIERS}
        yield value ^ {Part.AGGREGATIONS}
    elif isinstance(value, Enum):
        yield from (other for other in type(value) if other is not value)
    else:
        yield from _changes_of_text_or_number(value)


def _changes_of_list(value: tuple[Any, ...]) -> Iterator[Any]:
    is_label = len(value) == 2 and all(isinstance(one, str) for one in value)
    for index, one in enumerate(value):
        if not is_label:
            yield (*value[:index], *value[index + 1 :])
        for changed in changes_of(one):
            yield (*value[:index], changed, *value[index + 1 :])
    if len(value) > 1 and not is_label:
        yield tuple(reversed(value))


def _changes_of_text_or_number(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (Decimal, int)):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}x"
    elif isinstance(value, UUID):
        yield key(999)


def test_every_single_change_gives_a_sentence() -> None:
    changed = list(changes_of(WHOLE))
    assert len(changed) > 150
    silent = [one for one in changed if one != WHOLE and not said(WHOLE, one)]
    assert silent == []
    assert all(sentence.endswith((".", "”")) for one in changed for sentence in said(WHOLE, one))


@settings(max_examples=25, deadline=None)
@given(documents(), documents())
def test_only_equal_documents_have_no_differences(
    before: PolicyDocument, after: PolicyDocument
) -> None:
    assert bool(said(before, after)) == (before != after)
    assert said(before, before) == []


def test_a_raised_limit_is_one_sentence() -> None:
    raised = replace(TYPICAL, tiers=(Tier(Decimal("250.00"), ()), *TYPICAL.tiers[1:]))
    assert said(TYPICAL, raised) == [
        "Orders up to $100.00 were approved at once; now up to $250.00 are."
    ]
    assert said(raised, TYPICAL) == [
        "Orders over $100.00 and up to $250.00 were approved at once; now they ask the supervisor."
    ]


def test_other_seats_are_named_with_the_amounts_they_are_asked_for() -> None:
    asked = Tier(Decimal("1000.00"), (stage(DIRECTOR),))
    other = replace(TYPICAL, tiers=(TYPICAL.tiers[0], asked, TYPICAL.tiers[2]))
    assert said(TYPICAL, other) == [
        "Orders over $100.00 and up to $1,000.00 ask the director instead of the supervisor."
    ]


def test_a_tier_that_is_only_split_says_that_nobody_else_is_asked() -> None:
    half = Tier(Decimal("500.00"), TYPICAL.tiers[1].stages)
    split = replace(TYPICAL, tiers=(TYPICAL.tiers[0], half, *TYPICAL.tiers[1:]))
    (sentence,) = said(TYPICAL, split)
    assert sentence == (
        "The tiers for orders end at other amounts, $100.00, $500.00, $1,000.00 and open-ended "
        "instead of $100.00, $1,000.00 and open-ended; every amount asks the same people as before."
    )


def test_rules_come_change_and_go() -> None:
    when = Conditions(categories=("46",), over=Decimal(500), labels=(("46", "PPE"),))
    rule = Rule("bulk-ppe", "Bulk PPE", RuleKind.ASK_AFTER, when, (stage(DIRECTOR),))
    one = replace(TYPICAL, rules=(rule,))
    new = "Orders in PPE over $500.00 also ask the director at the end."
    assert said(TYPICAL, one) == [f"The rule “Bulk PPE” is new: {new}"]
    assert said(one, TYPICAL) == [f"The rule “Bulk PPE” is gone. It said: {new}"]
    changed = replace(
        rule,
        name="Much PPE",
        kind=RuleKind.ASK_BEFORE,
        when=replace(when, over=Decimal(900)),
        stages=(stage(SUPERVISOR),),
        is_mandatory=True,
    )
    old = "orders in PPE over $500.00"
    assert said(one, replace(TYPICAL, rules=(changed,))) == [
        "The rule “Bulk PPE” is called “Much PPE” now.",
        "The rule “Much PPE” asks before the tiers; before, it asked after the tiers.",
        f"The rule “Much PPE” holds for orders in PPE over $900.00 instead of {old}.",
        "Orders under the rule “Much PPE” ask the supervisor instead of the director.",
        "The rule “Much PPE” is mandatory for groups below now.",
    ]


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (
            replace(TYPICAL, mandatory=frozenset({Part.TIERS})),
            "The tiers are mandatory for groups below now.",
        ),
        (
            replace(TYPICAL, restricted=(stage(DIRECTOR),)),
            "Restricted lines ask the director instead of the supervisor.",
        ),
        (
            replace(
                TYPICAL,
                aggregations=(Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30),),
            ),
            (
                "New: orders by the same person to the same supplier within 30 days count together "
                "towards the tiers."
            ),
        ),
        (
            replace(TYPICAL, tiers=TYPICAL.tiers[:2]),
            (
                "Orders over $1,000.00 are covered by no tier any more; before, they asked the "
                "director and finance."
            ),
        ),
    ],
)
def test_each_part_has_its_sentence(after: PolicyDocument, sentence: str) -> None:
    assert said(TYPICAL, after) == [sentence]


def test_a_longer_window_says_what_it_was() -> None:
    week, month = (
        replace(TYPICAL, aggregations=(Aggregation(CountedBy.GROUP, CountedTo.CATEGORY, days),))
        for days in (7, 30)
    )
    (sentence,) = said(week, month)
    assert sentence == (
        "Orders by the same group in the same category within 30 days count together towards the "
        "tiers. Before, it was within 7 days."
    )


def test_another_currency_shows_both_sets_of_tiers() -> None:
    euro = replace(TYPICAL, currency="EUR", tiers=(Tier(None, (stage(DIRECTOR),)),))
    first, second = said(TYPICAL, euro)
    assert first == "Amounts are in EUR instead of USD."
    assert second.startswith("The tiers are: any amount the director. Before, they were: up to $")
