"""Trying a policy on the past: what changes, whom it asks, how a run goes on and ends."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import OrgGroup
from analytics import services, tasks
from analytics.backtesting.answers import Outcome
from analytics.backtesting.tally import Findings, findings
from analytics.filters import Source
from analytics.models import BacktestChange, BacktestRun
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    PolicyDocument,
    Rule,
    RuleKind,
    Tier,
)
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from catalogs.guidance import Effect
from catalogs.models import Supplier
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.core import jobs
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.orders import services as orders
from procurement.orders.history.replaying import Replay, Target, replay
from procurement.orders.history.survey import Options
from tests.factories.accounts import NOW, system
from tests.factories.approvals import FINANCE, SUPERVISOR, publish, stage
from tests.factories.catalogs import make_rule
from tests.factories.orders import TYPICAL, Market, make_market
from tests.orders.history.files import silent, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HEADER = "Order No,Posted,Department,Cost Centre,Supplier,MCC,Purpose,Amount\n"
ROWS = (
    "A-1,2026-10-05,Facilities,Field Service,HALDEN TOOLS,5251,Drill bits,80.00\n"
    "A-2,2026-10-06,Facilities,Field Service,HALDEN TOOLS,5251,Drill,180.00\n"
    "A-3,2026-10-14,Engineering,,KESTREL IT,5045,Tablet,900.00\n"
    "A-4,2026-10-15,Engineering,,KESTREL IT,5045,Tablets,2400.00\n"
    "A-5,2026-10-16,Facilities,,HALDEN TOOLS,5251,Refund,-40.00\n"
)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def automatic_up_to(amount: str, document: PolicyDocument = TYPICAL) -> PolicyDocument:
    limit = Decimal(amount)
    above = [tier for tier in document.tiers[1:] if tier.up_to is None or tier.up_to > limit]
    return replace(document, tiers=(Tier(limit, ()), *above))


@pytest.fixture
def market(tmp_path: Path) -> Market:
    """Return a company with a live order that waits, and five imported ones."""
    market = make_market()
    with market.scope():
        cart = market.cart(("drill", 1))
        orders.submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
    load(market, tmp_path, ROWS)
    return market


def load(market: Market, folder: Path, rows: str) -> None:
    path = write(folder, HEADER + rows)
    replay(Replay(path, Target(slug=market.organization.slug), Options()), now=NOW, steps=silent)


def started(
    market: Market, document: PolicyDocument, group: OrgGroup | None = None, *sources: Source
) -> BacktestRun:
    with market.scope():
        return services.start_backtest(
            actor=market.actor("Adam"),
            group=group or market.root,
            document=document,
            label="Trial",
            first=FIRST,
            last=LAST,
            sources=sources or list(Source),
            now=NOW,
        )


def finished(
    market: Market, document: PolicyDocument, group: OrgGroup | None = None, *sources: Source
) -> tuple[BacktestRun, dict[str, BacktestChange], Findings]:
    """Run a backtest to its end; return it with its changes by order number and its findings."""
    run = started(market, document, group, *sources)
    tasks.run_backtest(organization_id=str(market.organization.id), run_id=str(run.id))
    with market.scope():
        run.refresh_from_db()
        changes = {one.order_number: one for one in run.changes.all()}
    assert run.status == BacktestRun.Status.DONE, run.failure
    return run, changes, findings(run.report)


def test_the_same_policy_changes_nothing(market: Market) -> None:
    run, changes, found = finished(market, TYPICAL)
    assert changes == {}
    assert (run.processed, run.total, found.judged, found.refunds, found.changed) == (6, 6, 5, 1, 0)
    assert found.approvals[0] == found.approvals[1] > 0


def test_a_higher_limit_lets_orders_through_and_says_who_is_spared(market: Market) -> None:
    _, changes, found = finished(market, automatic_up_to("250"))
    assert {(one.before_outcome, one.after_outcome) for one in changes.values()} == {
        ("ASKED", "AUTOMATIC")
    }
    amounts = sorted(one.amount for one in changes.values())
    assert amounts == [Decimal("160.00"), Decimal("180.00")]
    change = changes["A-2"]
    assert change.source == Source.IMPORTED
    assert change.before["stages"][0]["people"] == ["Bob Supervisor"]
    assert change.after["stages"] == []
    assert "approved at once" in " ".join(change.after["sentences"])
    bob = next(person for person in found.people if person.name == "Bob Supervisor")
    assert bob.difference == -2
    weeks = {week: (before, after) for week, before, after in bob.weeks}
    assert weeks[date(2026, 10, 5)] == (1, 0)


def test_a_lower_limit_makes_orders_wait(market: Market) -> None:
    _, changes, found = finished(market, automatic_up_to("50"))
    assert [one.order_number for one in changes.values()] == ["A-1"]
    assert (changes["A-1"].after_outcome, changes["A-1"].is_delayed) == ("ASKED", True)
    assert (found.delayed, found.quicker) == (1, 0)


def test_one_more_stage_delays_and_stages_side_by_side_do_not(market: Market) -> None:
    longer = replace(
        TYPICAL,
        tiers=(
            TYPICAL.tiers[0],
            Tier(Decimal(1000), (stage(SUPERVISOR), stage(FINANCE))),
            TYPICAL.tiers[2],
        ),
    )
    _, changes, found = finished(market, longer)
    assert found.delayed == len(changes) == 3
    beside = replace(stage(FINANCE), beside=True)
    wider = replace(
        longer,
        tiers=(longer.tiers[0], Tier(Decimal(1000), (stage(SUPERVISOR), beside)), longer.tiers[2]),
    )
    _, changes, found = finished(market, wider)
    assert (found.delayed, len(changes)) == (0, 3)


def test_a_rule_that_refuses_turns_orders_away(market: Market) -> None:
    with market.scope():
        kestrel = Supplier.objects.get(name="Kestrel IT")
    rule = Rule(
        "no-kestrel",
        "No Kestrel",
        RuleKind.REFUSE,
        Conditions(suppliers=(kestrel.id,), labels=((str(kestrel.id), "Kestrel IT"),)),
        refusal="Buy it elsewhere.",
    )
    _, changes, found = finished(market, replace(TYPICAL, rules=(rule,)))
    assert {one.order_number: one.after_outcome for one in changes.values()} == {
        "A-3": "REFUSED",
        "A-4": "REFUSED",
    }
    assert found.orders(Outcome.REFUSED) == (0, 2)
    assert "Buy it elsewhere." in changes["A-3"].after["sentences"][0]


def test_a_draft_of_a_group_leaves_the_others_alone(market: Market) -> None:
    run, changes, found = finished(market, automatic_up_to("2500"), market.groups["Engineering"])
    assert sorted(changes) == ["A-3", "A-4"]
    assert found.judged == 2
    assert run.basis == "policy “Purchases”, version 1"


def test_what_is_mandatory_above_still_binds(market: Market) -> None:
    rule = Rule(
        "it",
        "IT looks at everything",
        RuleKind.ASK_AFTER,
        Conditions(over=Decimal(1)),
        stages=(stage(FINANCE),),
        is_mandatory=True,
    )
    with market.scope():
        publish(market, replace(TYPICAL, rules=(rule,)), now=NOW + timedelta(seconds=1))
    run = started(market, automatic_up_to("5000"), market.groups["Engineering"])
    with market.scope():
        later = NOW + timedelta(hours=1)
        work = services.take_up_backtest(run_id=run.id, now=later)
        assert work is not None
        assert services.advance_backtest(work, now=later) is False
        change = run.changes.get(order_number="A-3")
    assert change.after_outcome == "ASKED"
    assert [one["people"] for one in change.after["stages"]] == [["Dana Finance"]]


def test_what_rules_block_and_budgets_refuse_stays_as_it_is(market: Market, tmp_path: Path) -> None:
    with market.scope():
        budgets.set_budget(
            actor=system(market.organization),
            group=market.groups["Engineering"],
            kind=PeriodKind.YEAR,
            cap=Decimal(1000),
            starts_on=date(2026, 1, 1),
            now=NOW,
        )
        halden = Supplier.objects.get(name="Halden Tools")
        make_rule(market, Effect.BLOCK, halden, group=market.groups["Workplace"])
    load(market, tmp_path, "B-1,2026-10-20,Facilities,Workplace,HALDEN TOOLS,5251,Saw,200.00\n")
    _, changes, found = finished(market, automatic_up_to("5000"), None, Source.IMPORTED)
    assert found.orders(Outcome.OVER_BUDGET) == (1, 1)
    assert found.orders(Outcome.BLOCKED) == (1, 1)
    assert sorted(changes) == ["A-2", "A-3"]


def test_orders_that_count_together_are_asked_about_together(
    market: Market, tmp_path: Path
) -> None:
    load(
        market,
        tmp_path,
        "C-1,2026-10-20,Engineering,,KESTREL IT,5045,Half,90.00\n"
        "C-2,2026-10-21,Engineering,,KESTREL IT,5045,Other half,90.00\n",
    )
    together = replace(TYPICAL, aggregations=(Aggregation(CountedBy.GROUP, CountedTo.SUPPLIER, 3),))
    _, changes, _ = finished(market, together, market.groups["Engineering"])
    assert changes["C-2"].after_outcome == "ASKED"
    assert "C-1" not in changes
    assert "counts towards the tiers" in " ".join(changes["C-2"].after["sentences"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": []}, "which orders"),
        ({"first": LAST, "last": FIRST}, "before the first"),
        ({"document": replace(TYPICAL, tiers=())}, "tier"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_reason(
    market: Market, change: dict[str, Any], said: str
) -> None:
    terms: dict[str, Any] = {
        "document": TYPICAL,
        "label": "Trial",
        "first": FIRST,
        "last": LAST,
        "sources": list(Source),
    }
    with market.scope(), pytest.raises(DomainError, match=said):
        services.start_backtest(
            actor=market.actor("Adam"),
            group=market.root,
            now=NOW,
            **(terms | change),
        )


def test_whoever_neither_publishes_nor_reads_reports_cannot_start_one(market: Market) -> None:
    with market.scope(), pytest.raises(NotAllowed):
        services.start_backtest(
            actor=market.actor("Alice"),
            group=market.root,
            document=TYPICAL,
            label="Trial",
            first=FIRST,
            last=LAST,
            sources=list(Source),
            now=NOW,
        )


def test_only_so_many_are_under_way(market: Market) -> None:
    for _ in range(3):
        started(market, TYPICAL)
    with pytest.raises(Conflict):
        started(market, TYPICAL)


def test_a_cancelled_run_keeps_nothing_and_its_worker_stops(market: Market) -> None:
    run = started(market, automatic_up_to("250"))
    with market.scope():
        work = services.take_up_backtest(run_id=run.id, now=NOW)
        assert work is not None
        assert services.advance_backtest(work, now=NOW, most=3) is True
        assert run.changes.exists()
        services.cancel_backtest(actor=market.actor("Dana"), run=run, now=NOW)
        assert services.advance_backtest(work, now=NOW, most=3) is False
        run.refresh_from_db()
        assert (run.status, run.changes.count()) == (BacktestRun.Status.CANCELLED, 0)
        actions = set(AuditEvent.objects.filter(subject_id=run.id).values_list("action", flat=True))
    assert actions == {AuditAction.BACKTEST_STARTED, AuditAction.BACKTEST_CANCELLED}


def test_a_run_whose_worker_died_begins_anew_and_the_dead_one_changes_nothing(
    market: Market,
) -> None:
    run = started(market, automatic_up_to("250"))
    later = NOW + services.backtests.GIVEN_UP_AFTER
    with market.scope():
        dead = services.take_up_backtest(run_id=run.id, now=NOW)
        assert dead is not None
        services.advance_backtest(dead, now=NOW, most=3)
        assert services.sweep_backtests(now=NOW) == []
        assert services.take_up_backtest(run_id=run.id, now=NOW) is None
        assert services.sweep_backtests(now=later) == [run.id]
        again = services.take_up_backtest(run_id=run.id, now=later)
        assert again is not None
        assert services.advance_backtest(dead, now=later) is False
        assert services.advance_backtest(again, now=later) is False
        run.refresh_from_db()
        assert (run.status, run.changed, run.changes.count()) == (BacktestRun.Status.DONE, 2, 2)


def test_a_run_that_brings_down_its_workers_is_given_up(market: Market) -> None:
    run = started(market, TYPICAL)
    at = NOW
    with market.scope():
        for _ in range(3):
            assert services.take_up_backtest(run_id=run.id, now=at) is not None
            at += services.backtests.GIVEN_UP_AFTER
        assert services.sweep_backtests(now=at) == []
        run.refresh_from_db()
        assert run.status == BacktestRun.Status.FAILED
        assert "shorter time" in run.failure


def test_what_goes_wrong_on_the_way_is_said_on_the_run(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(market, TYPICAL)

    def break_down(*_: object, **__: Any) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(services, "advance_backtest", break_down)
    with pytest.raises(RuntimeError):
        tasks.run_backtest(organization_id=str(market.organization.id), run_id=str(run.id))
    with market.scope():
        run.refresh_from_db()
        assert run.status == BacktestRun.Status.FAILED
        assert run.failure


def test_what_was_tried_more_than_a_year_ago_is_dropped(market: Market) -> None:
    old, _, _ = finished(market, automatic_up_to("250"))
    with market.scope():
        assert services.drop_old_backtests(now=NOW + timedelta(days=300)) == 0
        assert old.changes.exists()
        assert services.drop_old_backtests(now=NOW + timedelta(days=900)) == 1
        assert not BacktestRun.objects.exists()
        assert not BacktestChange.objects.exists()
        assert AuditEvent.objects.filter(action=AuditAction.BACKTEST_FINISHED).count() == 1


def test_what_a_stopped_worker_has_left_is_looked_for_every_five_minutes(market: Market) -> None:
    assert jobs.periodic_tasks()["analytics.resume_backtests"].interval == timedelta(minutes=5)
    assert tasks.resume_backtests(organization_id=str(market.organization.id)) == 0
