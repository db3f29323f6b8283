"""What is known of an order of the past when policies are asked about it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Conditions,
    Mode,
    Rule,
    RuleKind,
    StageSpec,
)
from procurement.orders.history.evaluation import Judge, Order, PastLine
from procurement.orders.history.planning import KnownGroup
from tests.orders.history.test_evaluation import (
    DAY,
    FACILITIES,
    FIELD,
    GROUPS,
    POLICY,
    SEATS,
    TIDEWAY,
    line,
)

DIRECTOR = StageSpec(
    "Director", Mode.ANY, (ApproverSpec(ApproverKind.POSITION, "director", "Director"),)
)


def judge_with(when: Conditions, groups: dict[UUID, KnownGroup] | None = None) -> Judge:
    rule = Rule("more", "One more look", RuleKind.ASK_AFTER, when, stages=(DIRECTOR,))
    policy = replace(POLICY, document=replace(POLICY.document, rules=(rule,)))
    return Judge(Order("USD", groups or GROUPS, (), (policy,), SEATS, ()))


def asked(judge: Judge, *lines: PastLine, on: date = DAY) -> tuple[str, ...]:
    return judge.judge(lines, on=on).asked


def test_a_suppliers_first_order_is_the_first_by_date_and_no_later_one() -> None:
    judge = judge_with(Conditions(is_first_order=True))
    assert asked(judge, line("20.00")) == ("director",)
    assert asked(judge, line("20.00")) == ()
    assert asked(judge, line("10.00"), line("10.00", supplier=TIDEWAY)) == ("director",)
    assert asked(judge, line("20.00", supplier=TIDEWAY)) == ()


def test_money_that_came_back_is_no_first_order() -> None:
    judge = judge_with(Conditions(is_first_order=True))
    assert asked(judge, line("-20.00")) == ()
    assert asked(judge, line("20.00")) == ("director",)


def test_a_rule_on_a_family_holds_for_what_lies_below_it() -> None:
    judge = judge_with(Conditions(categories=("27110000",)))
    below = replace(line("20.00"), category_path=("27000000", "27110000", "27111700"))
    beside = replace(line("20.00"), category_path=("27000000", "27120000"))
    assert asked(judge, below) == ("director",)
    assert asked(judge, beside) == ()


def test_the_cost_centre_is_the_nearest_code_upwards() -> None:
    groups = {**GROUPS, FACILITIES.id: replace(FACILITIES, code="4200")}
    judge = judge_with(Conditions(cost_centres=("4200",)), groups)
    assert asked(judge, line("20.00", FIELD)) == ("director",)
    assert asked(judge_with(Conditions(cost_centres=("4200",))), line("20.00", FIELD)) == ()
