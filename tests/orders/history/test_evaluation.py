from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.routing import Facts, Flag, InForce, Person, Seats, route, seat
from approvals.starting import starting_policy
from budgets.charges import Scope
from budgets.fiscal import PeriodKind, period_of
from budgets.rules import Covering, PeriodStatus
from budgets.spans import Span
from catalogs.guidance import Effect, RuleFacts, Target
from procurement.orders.history.evaluation import (
    NOBODY,
    BudgetBook,
    Judge,
    Judgement,
    Order,
    Outcome,
    PastLine,
    Spent,
)
from procurement.orders.history.planning import KnownGroup

ROOT = KnownGroup(UUID(int=1), (UUID(int=1),), "Northwind Works")
FACILITIES = KnownGroup(UUID(int=2), (ROOT.id, UUID(int=2)), "Facilities")
FIELD = KnownGroup(UUID(int=3), (*FACILITIES.path, UUID(int=3)), "Field Service")
OFFICE = KnownGroup(UUID(int=4), (*FACILITIES.path, UUID(int=4)), "Office")
LEGAL = KnownGroup(UUID(int=5), (ROOT.id, UUID(int=5)), "Legal")
GROUPS = {group.id: group for group in (ROOT, FACILITIES, FIELD, OFFICE, LEGAL)}
ACME, TIDEWAY = UUID(int=11), UUID(int=12)
BOB, ERIN, DANA = UUID(int=21), UUID(int=22), UUID(int=23)
DAY = date(2026, 11, 20)
SEATS = Seats(
    group_names={group.id: group.name for group in GROUPS.values()},
    positions={("supervisor", FACILITIES.id): (BOB,), ("director", ROOT.id): (ERIN,)},
    roles={("FINANCE", ROOT.id): (DANA,)},
    manager_chain=(),
    people={
        member: Person(member, name, f"{name}@example.org", is_active=True)
        for member, name in ((BOB, "Bob"), (ERIN, "Erin"), (DANA, "Dana"))
    },
)
POLICY = InForce(UUID(int=31), ROOT.id, ROOT.name, starting_policy("USD"), "Order approval", 1)


def span(
    group: KnownGroup, cap: str, *, kind: PeriodKind = PeriodKind.QUARTER, spent: str = "0"
) -> Span:
    period = period_of(kind, DAY)
    covering = Covering(
        budget_id=UUID(int=40 + len(group.path)),
        period_id=UUID(int=50 + len(group.path)),
        group_id=group.id,
        group_name=group.name,
        group_path=group.path,
        period=period,
        cap=Decimal(cap),
        reserved=Decimal(0),
        committed=Decimal(0),
        spent=Decimal(spent),
        overrun=Decimal(0),
        warn_percent=80,
        currency="USD",
    )
    return Span(covering, period.starts_on, period.ends_on)


def order(
    *spans: Span, rules: tuple[RuleFacts, ...] = (), policies: tuple[InForce, ...] = (POLICY,)
) -> Order:
    return Order("USD", GROUPS, rules, policies, SEATS, spans)


def line(
    amount: str,
    group: KnownGroup = FIELD,
    *,
    supplier: UUID = ACME,
    category: str = "27110000",
    on: date = DAY,
) -> PastLine:
    return PastLine(group, supplier, (category,), on, Decimal(amount))


def judged(*lines: PastLine, by: Order | None = None, requester: UUID = NOBODY) -> Judgement:
    return Judge(by or order()).judge(lines, on=DAY, requester_id=requester)


@pytest.mark.parametrize(
    ("amount", "outcome", "asked"),
    [
        ("100.00", Outcome.AT_ONCE, ()),
        ("100.01", Outcome.TO_APPROVERS, ("supervisor",)),
        ("1000.00", Outcome.TO_APPROVERS, ("supervisor",)),
        ("1000.01", Outcome.TO_APPROVERS, ("director", "finance")),
        ("0.00", Outcome.REFUND, ()),
        ("-20.00", Outcome.REFUND, ()),
    ],
)
def test_the_order_goes_where_its_total_sends_it(
    amount: str, outcome: Outcome, asked: tuple[str, ...]
) -> None:
    found = judged(line(amount))
    assert (found.outcome, found.asked) == (outcome, asked)


def test_the_sentences_are_those_of_a_live_order() -> None:
    facts = Facts(
        "requisition", "USD", Decimal(640), FIELD.id, FIELD.path, NOBODY, ("27110000",), (ACME,),
        "NEUTRAL", frozenset(), DAY,
    )  # fmt: skip
    plan = seat(route(facts, (POLICY,)), facts, SEATS)
    assert judged(line("640.00")).sentences == plan.sentences


def test_an_order_over_several_groups_belongs_to_the_nearest_that_they_share() -> None:
    assert judged(line("60.00"), line("50.00", OFFICE)).group == FACILITIES
    assert judged(line("60.00"), line("50.00", LEGAL)).group == ROOT
    assert judged(line("60.00"), line("50.00")).group == FIELD


def rule(effect: Effect, target: Target, key: str, *, exception: bool = False) -> RuleFacts:
    return RuleFacts(
        UUID(int=60), FACILITIES.id, "Facilities", effect, target, key, "Because.", exception
    )


def test_a_restricted_line_asks_for_one_more() -> None:
    rules = (rule(Effect.RESTRICT, Target.CATEGORY, "27110000"),)
    found = judged(line("60.00"), by=order(rules=rules))
    assert (found.outcome, found.asked) == (Outcome.RESTRICTED, ("supervisor",))
    assert "Because." in " ".join(found.sentences)


@pytest.mark.parametrize("exception", [True, False])
def test_what_a_rule_blocks_is_blocked_since_nobody_asked_for_an_exception(
    *, exception: bool
) -> None:
    rules = (rule(Effect.BLOCK, Target.SUPPLIER, str(TIDEWAY), exception=exception),)
    found = judged(line("60.00"), line("5.00", supplier=TIDEWAY), by=order(rules=rules))
    assert (found.outcome, found.asked) == (Outcome.BLOCKED, ())
    assert [guidance.outcome for guidance in found.guidance] == ["NEUTRAL", "BLOCKED"]


def test_without_a_policy_nothing_is_waved_through() -> None:
    found = judged(line("60.00"), by=order(policies=()))
    assert found.outcome is Outcome.NOT_COVERED
    assert "No approval policy is in force" in found.sentences[0]


def test_a_seat_that_nobody_fills_is_told() -> None:
    empty = replace(order(), seats=replace(SEATS, positions={}, roles={}))
    assert judged(line("640.00"), by=empty).unseated
    assert not judged(line("640.00")).unseated


def test_nobody_is_asked_about_their_own_order() -> None:
    found = judged(line("640.00"), requester=BOB)
    assert found.unseated
    assert "Bob, who holds it in Facilities, is the one who asks" in " ".join(found.sentences)


def test_an_order_counts_on_every_budget_above_each_line() -> None:
    found = judged(
        line("60.00"), line("50.00", LEGAL), by=order(span(FACILITIES, "1000"), span(ROOT, "5000"))
    )
    assert {(posting.span.covering.group_name, posting.amount) for posting in found.postings} == {
        ("Facilities", Decimal("60.00")),
        ("Northwind Works", Decimal("110.00")),
    }


def test_a_budget_runs_out_in_the_order_of_the_days_and_spend_counts_all_the_same() -> None:
    judge = Judge(order(span(FACILITIES, "100")))
    outcomes = [judge.judge([line("60.00")], on=DAY).outcome for _ in range(3)]
    assert outcomes == [Outcome.AT_ONCE, Outcome.OVER_BUDGET, Outcome.OVER_BUDGET]
    (standing,) = judge.book.exceeded()
    assert standing.spent == Decimal("180.00")


def test_a_refund_gives_room_back() -> None:
    judge = Judge(order(span(FACILITIES, "100")))
    for amount in ("90.00", "-50.00"):
        judge.judge([line(amount)], on=DAY)
    assert judge.judge([line("60.00")], on=DAY).outcome is Outcome.AT_ONCE


def test_a_limited_budget_counts_the_lines_that_fall_under_it() -> None:
    tools = span(FACILITIES, "100.00")
    tools = replace(
        tools, covering=replace(tools.covering, scope=Scope(category="27110000", words="Tools"))
    )
    acme = span(ROOT, "1000.00")
    acme = replace(acme, covering=replace(acme.covering, scope=Scope(supplier_id=ACME)))
    found = judged(
        line("80.00"),
        line("500.00", category="43210000"),
        line("30.00", supplier=TIDEWAY),
        by=order(tools, acme),
    )
    assert [one.amount for one in found.postings] == [Decimal("110.00"), Decimal("580.00")]
    assert [one.span.covering.title for one in found.over] == ["Facilities, Tools"]


@pytest.mark.parametrize(("is_soft", "status"), [(True, "OPEN"), (False, "CLOSED")])
def test_neither_a_soft_budget_nor_a_period_that_has_closed_since_stops_an_order(
    *, is_soft: bool, status: str
) -> None:
    found = span(FACILITIES, "100.00")
    covering = replace(found.covering, is_soft=is_soft, status=PeriodStatus(status))
    amount = "120.00" if is_soft else "100.00"
    past = judged(line(amount), by=order(replace(found, covering=covering)))
    assert past.outcome is not Outcome.OVER_BUDGET


def test_an_order_beyond_a_soft_budget_is_agreed_to_once_more_as_a_submitted_one_is() -> None:
    found = span(FACILITIES, "1000.00", spent="950.00")
    soft = replace(found, covering=replace(found.covering, is_soft=True))
    fits = judged(line("50.00"), by=order(soft))
    assert (fits.outcome, fits.asked) == (Outcome.AT_ONCE, ())
    beyond = judged(line("50.01"), by=order(soft))
    assert (beyond.outcome, beyond.asked) == (Outcome.TO_APPROVERS, ("finance",))
    assert beyond.over == ()
    examined = Judge(order(soft)).examine([line("50.01")], on=DAY)
    assert examined.facts is not None
    assert examined.facts.flags == {Flag.OVER_BUDGET}


def test_over_budget_says_which_budget_and_what_was_left() -> None:
    found = judged(line("60.00"), by=order(span(FACILITIES, "100", spent="70")))
    assert found.outcome is Outcome.OVER_BUDGET
    assert found.sentences[-1] == (
        "Facilities, Q4 2026: the order took $60.00, and $30.00 was left of $100.00."
    )


def test_a_line_counts_in_the_period_of_its_own_posting_date() -> None:
    found = judged(
        line("60.00", on=date(2026, 9, 30)),
        line("50.00"),
        by=order(span(FACILITIES, "1000"), span(ROOT, "9000", kind=PeriodKind.YEAR)),
    )
    assert {(posting.span.covering.period.label, posting.amount) for posting in found.postings} == {
        ("Q4 2026", Decimal("50.00")),
        ("2026", Decimal("110.00")),
    }


def test_days_that_a_budget_does_not_cover_do_not_count_on_it() -> None:
    late = replace(span(FACILITIES, "1000"), first=date(2026, 11, 21))
    assert judged(line("60.00"), by=order(late)).postings == ()


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.integers(-20_000, 200_000),
                st.sampled_from([FIELD, OFFICE, LEGAL, FACILITIES]),
                st.sampled_from([ACME, TIDEWAY]),
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=12,
    )
)
def test_kept_answers_are_those_of_judging_afresh_and_every_cent_is_counted(
    orders: list[list[tuple[int, KnownGroup, UUID]]],
) -> None:
    rules = (rule(Effect.RESTRICT, Target.SUPPLIER, str(TIDEWAY)),)
    spans = (span(FACILITIES, "1000"), span(ROOT, "5000"))
    judge = Judge(order(*spans, rules=rules))
    spent = Decimal(0)
    for lines in orders:
        past = [
            line(str(Decimal(cents) / 100), group, supplier=supplier)
            for cents, group, supplier in lines
        ]
        found = judge.judge(past, on=DAY)
        afresh = Judge(order(rules=rules)).judge(past, on=DAY)
        assert (found.asked, found.guidance, found.group) == (
            afresh.asked,
            afresh.guidance,
            afresh.group,
        )
        spent += found.amount
    totals = {one.group_name: one.spent for one in judge.book._standing}
    assert totals["Northwind Works"] == spent


def test_a_book_without_budgets_is_empty() -> None:
    assert BudgetBook(()).spend([line("1.00")], is_refund=False) == Spent((), (), False)
