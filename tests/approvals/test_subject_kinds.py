"""What policy asks of a budget increase, and of an order beyond a soft budget."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from approvals.routing import (
    Conditions,
    Facts,
    Flag,
    InForce,
    Part,
    PolicyDocument,
    Rule,
    RuleKind,
    StageSpec,
    Tier,
    check_document,
    rule_sentence,
    seat,
)
from approvals.routing.stages import NO_POLICY, route
from approvals.routing.usual import OVER_BUDGET
from tests.approvals.cast import (
    COMPANY,
    DANA,
    DIRECTOR,
    FIELD_SERVICE,
    FRANK,
    PATH,
    SEATS,
    SUPERVISOR,
    TYPICAL,
    facts,
    in_force,
    stage,
)

INCREASES = Conditions(subject_kinds=("budget_increase",))
OVER = frozenset({Flag.OVER_BUDGET.value})


def increase(amount: str = "500.00") -> Facts:
    return replace(facts(amount), subject_kind="budget_increase", guidance="", category_codes=())


def asking(
    code: str = "asks",
    kind: RuleKind = RuleKind.ASK_AFTER,
    when: Conditions = INCREASES,
    *stages: StageSpec,
    is_mandatory: bool = False,
) -> Rule:
    return Rule(code, "Asks", kind, when, stages or (stage(DIRECTOR),), is_mandatory=is_mandatory)


def saying(*rules: Rule, **others: Any) -> PolicyDocument:
    return replace(TYPICAL, rules=rules, **others)


def held(document: PolicyDocument, group: UUID = COMPANY) -> InForce:
    return replace(in_force(), document=document, group_id=group)


def who(subject: Facts, *policies: InForce) -> list[str]:
    found = route(subject, policies)
    assert found.is_routable, found.refusal
    return [one.spec.phrase for one in found.stages]


def test_an_increase_goes_to_finance_where_no_rule_speaks_of_it() -> None:
    found = route(increase(), [held(TYPICAL)])
    assert [one.spec.phrase for one in found.stages] == ["finance"]
    assert found.stages[0].because == "A budget increase goes to finance."
    assert found.tier is None
    assert found.sentences[-1].startswith("As is usual, under policy “")


def test_without_any_policy_nobody_could_agree_to_an_increase() -> None:
    assert route(increase(), []).refusal == NO_POLICY


def test_tiers_additions_and_rules_of_orders_say_nothing_of_increases() -> None:
    everything = asking("all", RuleKind.ASK_BEFORE, Conditions(over=Decimal(0)))
    refusing = Rule("no", "No", RuleKind.REFUSE, Conditions(over=Decimal(1)), refusal="No.")
    assert who(increase("90000.00"), held(saying(everything, refusing))) == ["finance"]


def test_rules_of_increases_say_nothing_of_orders() -> None:
    rules = (
        asking(),
        Rule("own", "Own", RuleKind.TIERS, INCREASES, tiers=(Tier(None, ()),)),
        Rule("no", "No", RuleKind.REFUSE, INCREASES, refusal="No."),
    )
    assert who(facts(), held(saying(*rules))) == who(facts(), held(TYPICAL))


def test_a_rule_may_name_both() -> None:
    both = Conditions(subject_kinds=("requisition", "budget_increase"), over=Decimal(100))
    policy = held(saying(asking("both", RuleKind.ASK_AFTER, both)))
    assert who(facts(), policy) == [*who(facts(), held(TYPICAL)), "the director"]
    assert who(increase(), policy) == ["finance", "the director"]


def test_its_own_tiers_take_the_place_of_what_is_usual() -> None:
    tiers = (Tier(Decimal("200.00"), ()), Tier(None, (stage(DIRECTOR),)))
    policy = held(saying(Rule("own", "Own", RuleKind.TIERS, INCREASES, tiers=tiers)))
    assert who(increase(), policy) == ["the director"]
    said = route(increase(), [policy]).sentences
    assert "Budget increases over $200.00 go to the director." in said
    assert route(increase("200.00"), [policy]).is_automatic


def test_a_rule_that_asks_adds_to_finance_and_one_that_refuses_refuses() -> None:
    assert who(increase(), held(saying(asking()))) == ["finance", "the director"]
    refusing = Rule("no", "No", RuleKind.REFUSE, INCREASES, refusal="Not this year.")
    assert route(increase(), [held(saying(refusing))]).refusal.startswith("Not this year.")


def test_what_is_mandatory_above_holds_for_increases_too() -> None:
    above = held(saying(asking(is_mandatory=True), mandatory=frozenset(Part)))
    below = held(TYPICAL, FIELD_SERVICE)
    assert who(increase(), above, below) == ["the director", "finance"]


def test_a_kind_that_nobody_usually_agrees_to_is_refused() -> None:
    unknown = replace(increase(), subject_kind="home_address")
    assert not route(unknown, [held(TYPICAL)]).is_routable


def test_who_asks_is_never_seated_for_their_own_increase() -> None:
    own = replace(increase(), requester_id=DANA)
    plan = seat(route(own, [held(TYPICAL)]), own, SEATS)
    assert [one.membership_id for one in plan.stages[0].people] == [FRANK]
    alone = replace(SEATS, roles={("FINANCE", COMPANY): (DANA,)})
    assert not seat(route(own, [held(TYPICAL)]), own, alone).is_ready


def test_rules_read_as_what_they_are_about() -> None:
    over = replace(INCREASES, over=Decimal(500))
    assert rule_sentence(asking(when=INCREASES), "USD") == (
        "All budget increases also ask the director at the end."
    )
    assert rule_sentence(asking(when=over), "USD").startswith("Budget increases over $500.00 also")


def test_an_order_beyond_a_soft_budget_goes_to_finance_first() -> None:
    found = route(facts(flags=OVER), [held(TYPICAL)])
    assert [one.spec for one in found.stages[:1]] == list(OVER_BUDGET)
    assert found.stages[0].because == "An order beyond a soft budget goes to finance first."
    assert found.stages[1:] != ()


def test_a_policy_says_who_else_agrees_beyond_a_soft_budget() -> None:
    own = held(saying(over_budget=(stage(SUPERVISOR),)), FIELD_SERVICE)
    assert who(facts("50000.00", flags=OVER), own)[0] == "the supervisor"
    above = held(saying(over_budget=(stage(DIRECTOR),), mandatory=frozenset({Part.OVER_BUDGET})))
    assert who(facts("50.00", flags=OVER), own, above) == ["the director", "the supervisor"]
    assert who(facts("50.00"), own, above) == who(facts("50.00"), held(TYPICAL))


def test_who_is_usually_asked_is_not_written_into_documents() -> None:
    assert "over_budget" not in TYPICAL.to_json()
    own = saying(over_budget=(stage(SUPERVISOR),))
    assert PolicyDocument.from_json(own.to_json()) == own


def test_a_stage_without_seats_is_found_beyond_soft_budgets_too() -> None:
    empty = replace(stage(SUPERVISOR), approvers=())
    found = check_document(saying(over_budget=(empty,)))
    assert [one.where for one in found] == ["over_budget.0"]


@pytest.mark.parametrize("path", [PATH, PATH[:1]])
def test_an_increase_is_asked_for_where_its_budget_stands(path: tuple[UUID, ...]) -> None:
    subject = replace(increase(), group_path=path, group_id=path[-1])
    assert who(subject, held(TYPICAL)) == ["finance"]
