from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from analytics.backtesting.guiding import Guide, GuidedLine, TriedRule
from approvals.routing import Facts
from catalogs.guidance import Effect, ItemFacts, Outcome, RuleFacts, Target

ROOT, SHOP = UUID(int=1), UUID(int=2)
KESTREL, HALDEN, TABLET = UUID(int=10), UUID(int=11), UUID(int=12)
PREFER = TriedRule(Effect.PREFER, Target.ITEM, str(TABLET), "Tablet")
BLOCKED = RuleFacts(
    UUID(int=20), ROOT, "Company", Effect.BLOCK, Target.SUPPLIER, str(KESTREL), "", True
)
FACTS = Facts(
    subject_kind="requisition",
    currency="USD",
    amount=Decimal(100),
    group_id=SHOP,
    group_path=(ROOT, SHOP),
    requester_id=UUID(int=3),
    category_codes=(),
    supplier_ids=(KESTREL,),
    guidance="BLOCKED",
    flags=frozenset({"BLOCKED_EXCEPTION"}),
    on=date(2026, 10, 1),
)


def line(item: UUID | None, supplier: UUID, stored: Outcome | None = None) -> GuidedLine:
    return GuidedLine(ItemFacts(item, supplier, ()), (ROOT, SHOP), stored)


def test_a_preference_on_the_group_itself_spares_the_exception() -> None:
    guide = Guide([BLOCKED], PREFER.facts(SHOP, "Shop"))
    facts, against = guide.guided(FACTS, [line(TABLET, KESTREL, Outcome.BLOCKED)])
    assert (facts.guidance, facts.flags, against) == ("PREFERRED", frozenset(), ())


def test_lines_that_the_rule_leaves_alone_keep_what_was_said_of_them() -> None:
    guide = Guide([BLOCKED], PREFER.facts(SHOP, "Shop"))
    lines = [line(TABLET, KESTREL, Outcome.BLOCKED), line(None, HALDEN, Outcome.RESTRICTED)]
    facts, _ = guide.guided(FACTS, lines)
    assert (facts.guidance, facts.flags) == ("RESTRICTED", frozenset({"RESTRICTED"}))


def test_a_block_is_said_with_its_reason_and_takes_no_exception_that_nobody_asked_for() -> None:
    block = TriedRule(Effect.BLOCK, Target.SUPPLIER, str(HALDEN), "Halden")
    guide = Guide([], block.facts(ROOT, "Company"))
    plain = replace(FACTS, guidance="NEUTRAL", flags=frozenset())
    facts, (sentence,) = guide.guided(plain, [line(None, HALDEN)])
    assert (facts.guidance, facts.flags) == ("BLOCKED", frozenset())
    assert "Blocked for everyone by Company" in sentence


def test_a_rule_about_the_same_takes_the_place_of_the_one_there_is() -> None:
    again = TriedRule(Effect.RESTRICT, Target.SUPPLIER, str(KESTREL), "Kestrel")
    guide = Guide([BLOCKED], again.facts(ROOT, "Company"))
    facts, _ = guide.guided(FACTS, [line(None, KESTREL)])
    assert facts.guidance == "RESTRICTED"


def test_a_rule_goes_to_storage_and_back() -> None:
    assert TriedRule.from_json(PREFER.to_json()) == PREFER
    with pytest.raises(KeyError):
        TriedRule.from_json({"effect": "PREFER"})
