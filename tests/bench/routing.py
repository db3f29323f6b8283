"""Routing and seating one order, without the database: how the time grows with a policy's rules."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from statistics import median
from uuid import UUID

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Conditions,
    Facts,
    InForce,
    Mode,
    Person,
    PolicyDocument,
    Rule,
    RuleKind,
    Seats,
    StageSpec,
    Tier,
    route,
    seat,
)

RULES = (5, 50, 500)
_ORDERS = 400
_TRIES = 5  # of each order the fastest counts, since other processes share the machine
_PATH = tuple(UUID(int=number) for number in range(1, 5))
_PEOPLE = tuple(UUID(int=number) for number in range(11, 41))
_SUPPLIERS = tuple(UUID(int=number) for number in range(2000, 3000))
_CATEGORIES = tuple(f"{number:08d}" for number in range(10_000_000, 10_000_600))
_POSITIONS = tuple(f"position-{number}" for number in range(12))


def run() -> None:
    """Measure each size and print µs an order, with the ratio to the smallest."""
    print("\nRouting and seating one order, pure: in µs")
    print(f"{'rules':>8}{'routing':>10}{'both':>10}{'p95':>10}{'stages':>9}{'ratio':>9}")
    smallest = 0.0
    for rules in RULES:
        routed, spent, stages = measured(rules)
        middle, slow = median(spent), sorted(spent)[len(spent) * 95 // 100]
        smallest = smallest or middle
        print(
            f"{rules:>8}{median(routed):>10.0f}{middle:>10.0f}{slow:>10.0f}{stages:>9.1f}"
            f"{middle / smallest:>8.2f}×"
        )


def measured(rules: int) -> tuple[list[float], list[float], float]:
    """Return the µs for routing each of many orders and for both, and the stages on average."""
    random = Random(7)
    policies = [_in_force(rules, random)]
    seats = _seats(random)
    orders = [_order(random) for _ in range(_ORDERS)]
    seat(route(orders[0], policies), orders[0], seats)  # sorts the rules out, once a version
    routed, spent, stages = [], [], 0
    for order in orders:
        firsts, tries = [], []
        for _ in range(_TRIES):
            started = time.perf_counter()
            way = route(order, policies)
            firsts.append((time.perf_counter() - started) * 1e6)
            plan = seat(way, order, seats)
            tries.append((time.perf_counter() - started) * 1e6)
        routed.append(min(firsts))
        spent.append(min(tries))
        stages += len(plan.route.stages)
    return routed, spent, stages / len(orders)


def _in_force(rules: int, random: Random) -> InForce:
    document = PolicyDocument(
        currency="USD",
        tiers=(
            Tier(Decimal(100), ()),
            Tier(Decimal(1000), (_stage(random),)),
            Tier(None, (_stage(random), replace(_stage(random), beside=True))),
        ),
        restricted=(_stage(random),),
        exception=(_stage(random),),
        rules=tuple(_rule(number, random) for number in range(rules)),
    )
    return InForce(UUID(int=100), _PATH[0], "Northwind", document, "Northwind orders", 3)


def _rule(number: int, random: Random) -> Rule:
    """Return a rule as companies of that size have them: for a category, a supplier, a part."""
    over = Decimal(random.choice((250, 500, 1000)))
    when = random.choice(
        (
            Conditions(categories=(random.choice(_CATEGORIES),)),
            Conditions(categories=tuple(random.sample(_CATEGORIES, 2)), over=over),
            Conditions(suppliers=(random.choice(_SUPPLIERS),), groups=_PATH[:1]),
            Conditions(suppliers=(random.choice(_SUPPLIERS),), is_first_order=True),
            Conditions(groups=(UUID(int=random.randrange(2, 400)),), over=over),
            Conditions(cost_centres=(f"CC-{random.randrange(400)}",), over=over),
        )
    )
    kind = random.choice((RuleKind.ASK_BEFORE, RuleKind.ASK_BESIDE, RuleKind.ASK_AFTER))
    return Rule(f"rule-{number:03d}", f"Rule {number}", kind, when, (_stage(random),))


def _stage(random: Random) -> StageSpec:
    code = random.choice(_POSITIONS)
    return StageSpec(code, Mode.ALL, (ApproverSpec(ApproverKind.POSITION, code, code),))


def _seats(random: Random) -> Seats:
    return Seats(
        group_names={group: f"Group {number}" for number, group in enumerate(_PATH)},
        positions={
            (code, random.choice(_PATH)): (random.choice(_PEOPLE[1:]),) for code in _POSITIONS
        },
        roles={},
        manager_chain=_PEOPLE[1:5],
        people={
            member: Person(member, f"Person {number}", f"p{number}@bench.example", is_active=True)
            for number, member in enumerate(_PEOPLE)
        },
    )


def _order(random: Random) -> Facts:
    return Facts(
        subject_kind="requisition",
        currency="USD",
        amount=Decimal(random.randrange(20, 4000)),
        group_id=_PATH[-1],
        group_path=_PATH,
        requester_id=_PEOPLE[0],
        category_codes=tuple(random.sample(_CATEGORIES, 2)),
        supplier_ids=(random.choice(_SUPPLIERS),),
        guidance="NEUTRAL",
        flags=frozenset(),
        on=date(2026, 11, 24),
        cost_centre=f"CC-{random.randrange(400)}",
    )
