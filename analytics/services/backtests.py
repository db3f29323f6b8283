"""Backtests: asked for by a person, worked through by a worker, chunk by chunk.

Each chunk is a transaction of its own: the orders that fare differently and how far the run is are
stored together. What has been counted lives in the worker's memory, so a run whose worker has died
begins anew; it takes a minute at most.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from analytics.backtesting.ground import Ground, Terms, ground_for
from analytics.backtesting.guiding import TriedRule
from analytics.backtesting.past import PastOrder, count_orders, orders_of
from analytics.backtesting.tally import Tally
from analytics.filters import Source
from analytics.models import BacktestChange, BacktestRun
from analytics.services.backtest_changes import judged, store
from approvals import selectors as approvals
from approvals.routing import PolicyDocument, check_document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs
from procurement.core.actors import Actor, SystemActor
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.locking import lock

CHUNK = 2000
MOST_UNDER_WAY = 3
MOST_ATTEMPTS = 3
GIVEN_UP_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(days=365)
MOST_DROPPED = 50
_LONGEST_LABEL = 200
_TASK = "analytics.run_backtest"
_Status = BacktestRun.Status


@dataclass(slots=True)
class Backtest:
    """A run that a worker has taken up, with what it keeps between two chunks."""

    run_id: UUID
    organization_id: UUID
    attempt: int
    ground: Ground
    orders: Iterator[PastOrder]
    tally: Tally
    processed: int = 0


def may_backtest(actor: Actor, group_path: Sequence[UUID]) -> bool:
    """Tell whether an actor may try policies on a group's past: who publishes, or reads reports."""
    return actor.can(Permission.MANAGE_POLICIES, group_path) or actor.can(
        Permission.VIEW_REPORTS, group_path
    )


@transaction.atomic
def start_backtest(
    *,
    actor: Actor,
    group: OrgGroup,
    document: PolicyDocument,
    label: str,
    first: date,
    last: date,
    sources: Iterable[Source],
    rule: TriedRule | None = None,
    now: datetime,
) -> BacktestRun:
    """Have a worker try a document on the orders of a group and everything below it.

    The document stands in place of the group's own policy; all others are those in force. Where a
    buying ``rule`` is tried, policies stay, and the document is only kept with it. ``first``
    and ``last`` are days of the organization's calendar, both included. Raises `NotAllowed`,
    `DomainError` for a document or days that cannot be used, and `Conflict` where enough is under
    way. Six SQL queries.
    """
    chosen = sorted(set(sources))
    _refuse_unfit(actor, group, document, chosen, first, last)
    run = BacktestRun.objects.create(
        organization_id=actor.organization_id,
        group=group,
        label=label.strip()[:_LONGEST_LABEL] or "A draft",
        basis=_basis(group, now),
        document=document.to_json(),
        rule=rule.to_json() if rule else None,
        first_on=first,
        last_on=last,
        sources=[source.value for source in chosen],
        created_by_id=actor.id,
        created_by_label=actor.label[:200],
        created_at=now,
        touched_at=now,
    )
    _record(
        actor,
        AuditAction.BACKTEST_STARTED,
        run,
        {
            "first": first,
            "last": last,
            "sources": run.sources,
            "document": run.document,
            "rule": run.rule,
        },
        now,
    )
    jobs.enqueue_on_commit(_TASK, organization_id=str(run.organization_id), run_id=str(run.id))
    return run


@transaction.atomic
def cancel_backtest(*, actor: Actor, run: BacktestRun, now: datetime) -> BacktestRun:
    """Stop a run and drop what it has found so far; one that is over stays as it is.

    Raises `NotAllowed`. Five SQL queries.
    """
    (current,) = lock(BacktestRun.objects.filter(id=run.id).select_related("group"))
    if not may_backtest(actor, current.group.path):
        require(actor, Permission.MANAGE_POLICIES, current.group)
    if not current.is_under_way:
        return current
    current.changes.all().delete()
    _close(current, _Status.CANCELLED, now)
    _record(actor, AuditAction.BACKTEST_CANCELLED, current, {"processed": current.processed}, now)
    return current


@transaction.atomic
def take_up_backtest(*, run_id: UUID, now: datetime) -> Backtest | None:
    """Begin a run, or begin it anew where its worker has died; None where it is not to be done.

    About twenty SQL queries, whatever there is to judge.
    """
    run = _under_way(run_id)
    if run is None or (run.status == _Status.RUNNING and now - run.touched_at < GIVEN_UP_AFTER):
        return None
    run.changes.all().delete()
    ground = ground_for(_terms(run), now)
    run.status = _Status.RUNNING
    run.attempt += 1
    run.processed, run.changed = 0, 0
    run.total = count_orders(ground.extent)
    run.touched_at = now
    run.save(update_fields=["status", "attempt", "processed", "changed", "total", "touched_at"])
    return Backtest(
        run_id=run.id,
        organization_id=run.organization_id,
        attempt=run.attempt,
        ground=ground,
        orders=orders_of(ground.extent, ground.groups, ground.category_paths),
        tally=Tally(),
    )


@transaction.atomic
def advance_backtest(work: Backtest, *, now: datetime, most: int = CHUNK) -> bool:
    """Judge the next orders of a run; tell whether there are more.

    False at once where it was cancelled, or another worker has taken it over. About five SQL
    queries.
    """
    orders = list(islice(work.orders, most))
    changes = list(judged(work.ground, work.tally, orders))
    run = _under_way(work.run_id)
    if run is None or run.attempt != work.attempt:
        return False
    store(run, changes)
    work.processed += len(orders)
    run.processed, run.changed = work.processed, work.tally.changed
    run.total = max(run.total, run.processed)
    run.touched_at = now
    has_more = len(orders) == most
    if not has_more:
        run.total = run.processed
        run.report = work.tally.to_json()
        _close(run, _Status.DONE, now)
        _record(
            SystemActor(run.organization_id, "Backtests"),
            AuditAction.BACKTEST_FINISHED,
            run,
            {"judged": work.tally.judged, "changed": work.tally.changed},
            now,
        )
    run.save(update_fields=["processed", "changed", "total", "touched_at", "report"])
    return has_more


@transaction.atomic
def fail_backtest(*, run_id: UUID, why: str, now: datetime) -> None:
    """Give a run up, with a sentence that says what can be done; one that is over stays so."""
    run = _under_way(run_id)
    if run is None:
        return
    run.changes.all().delete()
    run.failure = why
    run.save(update_fields=["failure"])
    _close(run, _Status.FAILED, now)
    _record(
        SystemActor(run.organization_id, "Backtests"),
        AuditAction.BACKTEST_FAILED,
        run,
        {"why": why},
        now,
    )


@transaction.atomic
def sweep_backtests(*, now: datetime) -> list[UUID]:
    """Return the runs to be taken up (anew), giving up those that have brought down workers.

    One SQL query where nothing has been left behind.
    """
    left = BacktestRun.objects.filter(
        status__in=[_Status.WAITING, _Status.RUNNING], touched_at__lte=now - GIVEN_UP_AFTER
    ).order_by("created_at", "id")
    found: list[UUID] = []
    for run in left:
        if run.attempt >= MOST_ATTEMPTS:
            why = (
                f"The worker stopped {MOST_ATTEMPTS} times on the way. Try a shorter time; an "
                "operator finds the reason in the worker's log."
            )
            fail_backtest(run_id=run.id, why=why, now=now)
        else:
            found.append(run.id)
    return found


@transaction.atomic
def drop_old_backtests(*, now: datetime) -> int:
    """Drop what was tried more than a year ago; return how many runs.

    Who tried what, and how many orders it would have changed, stays in the audit trail. Three SQL
    queries.
    """
    old = BacktestRun.objects.filter(finished_at__lt=now - KEPT_FOR).order_by("finished_at")
    ids = list(old.values_list("id", flat=True)[:MOST_DROPPED])
    BacktestChange.objects.filter(run_id__in=ids).delete()
    BacktestRun.objects.filter(id__in=ids).delete()
    return len(ids)


@transaction.atomic
def record_backtest_download(
    *, actor: Actor, run: BacktestRun, report: str, lines: int, now: datetime
) -> None:
    """Have the trail say who took what a run found out of the house; raises `NotAllowed`."""
    if not may_backtest(actor, run.group.path):
        require(actor, Permission.VIEW_REPORTS, run.group)
    record(
        actor=actor,
        action=AuditAction.REPORT_DOWNLOADED,
        subject_type="backtest",
        subject_id=run.id,
        subject_label=f"Backtest {run.label}"[:_LONGEST_LABEL],
        group_id=run.group_id,
        after={"report": report, "lines": lines},
        now=now,
    )


def _refuse_unfit(
    actor: Actor,
    group: OrgGroup,
    document: PolicyDocument,
    sources: Sequence[Source],
    first: date,
    last: date,
) -> None:
    """Raise where a run may not be started, or not on these terms, or not now."""
    if not may_backtest(actor, group.path):
        raise NotAllowed(
            f"{actor.label} may not try policies here: it takes the permission "
            f"“{Permission.MANAGE_POLICIES.label}” or “{Permission.VIEW_REPORTS.label}” on "
            f"{group.name} or a group above it. An administrator can grant it."
        )
    if not sources:
        raise DomainError("Choose which orders to try it on.", field="sources")
    if first > last:
        raise DomainError("The last day lies before the first.", field="last")
    problems = check_document(document)
    if problems:
        raise DomainError(
            " ".join(dict.fromkeys(problem.sentence for problem in problems)), field="document"
        )
    under_way = BacktestRun.objects.filter(status__in=[_Status.WAITING, _Status.RUNNING])
    if under_way.count() >= MOST_UNDER_WAY:
        raise Conflict(
            f"{MOST_UNDER_WAY} backtests are under way already. Wait for one to finish, or cancel "
            "it."
        )


def _basis(group: OrgGroup, now: datetime) -> str:
    """Return where the policy comes from that a group is under today, or nothing."""
    in_force = {one.group_id: one for one in approvals.policies_in_force(group.path, now)}
    nearest = next((in_force[one] for one in reversed(group.path) if one in in_force), None)
    return nearest.source if nearest else ""


def _terms(run: BacktestRun) -> Terms:
    return Terms(
        run_id=run.id,
        organization_id=run.organization_id,
        group_id=run.group_id,
        label=run.label,
        document=PolicyDocument.from_json(run.document),
        first=run.first_on,
        last=run.last_on,
        sources=frozenset(Source(source) for source in run.sources),
        rule=TriedRule.from_json(run.rule) if run.rule else None,
    )


def _under_way(run_id: UUID) -> BacktestRun | None:
    found = lock(
        BacktestRun.objects.filter(id=run_id, status__in=[_Status.WAITING, _Status.RUNNING])
    )
    return found[0] if found else None


def _close(run: BacktestRun, status: BacktestRun.Status, now: datetime) -> None:
    run.status, run.finished_at, run.touched_at = status, now, now
    run.save(update_fields=["status", "finished_at", "touched_at"])


def _record(
    actor: Actor, action: AuditAction, run: BacktestRun, after: dict[str, Any], now: datetime
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="backtest",
        subject_id=run.id,
        subject_label=run.label,
        group_id=run.group_id,
        after=after,
        now=now,
    )
