"""Backtests as their pages read them: the runs, the orders that changed, two runs side by side."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, overload
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission
from analytics.backtesting.answers import Outcome
from analytics.models import BacktestChange, BacktestRun, SpendFact
from approvals import selectors as approvals
from approvals.routing import PolicyDocument
from approvals.routing.policy import DocumentError
from approvals.starting import starting_policy
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotAllowed, NotFound

_GROUPS_AT_MOST = 300
_YEAR = timedelta(days=365)

# An order that one run has not changed is there as it was before, which the other one has kept.
_DIFFERENT = """
FROM (SELECT * FROM analytics_backtestchange
      WHERE organization_id = %(organization)s AND run_id = %(one)s) a
FULL JOIN (SELECT * FROM analytics_backtestchange
           WHERE organization_id = %(organization)s AND run_id = %(other)s) b
  ON b.order_id = a.order_id
WHERE coalesce(a."on", b."on") BETWEEN %(first)s AND %(last)s
  AND (coalesce(a.after_outcome, b.before_outcome), coalesce(a.after, b.before) -> 'stages')
    IS DISTINCT FROM
      (coalesce(b.after_outcome, a.before_outcome), coalesce(b.after, a.before) -> 'stages')
"""

_COUNT_DIFFERENT = f"SELECT count(*) {_DIFFERENT}"

_PAGE_DIFFERENT = f"""
SELECT coalesce(a.order_number, b.order_number), coalesce(a."on", b."on"),
    coalesce(a.group_name, b.group_name), coalesce(a.amount, b.amount),
    coalesce(a.before_outcome, b.before_outcome),
    coalesce(a.after_outcome, b.before_outcome), coalesce(b.after_outcome, a.before_outcome),
    coalesce(a.after, b.before) -> 'stages', coalesce(b.after, a.before) -> 'stages',
    a.id, b.id
{_DIFFERENT}
ORDER BY 2, 1, coalesce(a.order_id, b.order_id)
OFFSET %(offset)s LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """A document of a group that can be tried."""

    key: str
    label: str
    document: PolicyDocument


@dataclass(frozen=True, slots=True)
class ToTry:
    """What can be tried on a group: its policy in force as the start, and published versions.

    ``draft`` is the actor's own of the next version, as far as it says a policy.
    """

    group: OrgGroup
    base: PolicyDocument
    source: str
    versions: tuple[Choice, ...]
    draft: Choice | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Difference:
    """An order that fares differently under two documents."""

    number: str
    on: date
    group_name: str
    amount: Decimal
    before: Outcome
    one: Outcome
    other: Outcome
    one_asks: str
    other_asks: str
    one_change_id: UUID | None
    other_change_id: UUID | None


def within_backtests(actor: Actor, prefix: str = "") -> Q:
    """Return the condition for groups on whose past an actor may try policies."""
    return accounts.within(actor, Permission.MANAGE_POLICIES, prefix) | accounts.within(
        actor, Permission.VIEW_REPORTS, prefix
    )


def require_backtests(actor: Actor) -> None:
    """Raise `NotAllowed` unless there is a group on whose past an actor may try policies."""
    for permission in (Permission.MANAGE_POLICIES, Permission.VIEW_REPORTS):
        if actor.groups_with(permission) != frozenset():
            return
    raise NotAllowed(
        f"{actor.label} may not try policies on the past: it takes the permission "
        f"“{Permission.MANAGE_POLICIES.label}” or “{Permission.VIEW_REPORTS.label}” on a group."
    )


def backtests_in_sight(actor: Actor) -> QuerySet[BacktestRun]:
    """Return the runs on groups that an actor may try policies on, the newest first.

    Without what they tried and found, which would weigh on a list.
    """
    return _in_sight(actor).defer("document", "report").order_by("-created_at", "-id")


def backtest_for(actor: Actor, run_id: UUID) -> BacktestRun:
    """Return a run that is the actor's to see. One SQL query; raises `NotFound`."""
    found = _in_sight(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound("There is no such backtest, or it is not yours to see.")
    return found


def _in_sight(actor: Actor) -> QuerySet[BacktestRun]:
    return BacktestRun.objects.filter(within_backtests(actor, "group__")).select_related("group")


def backtest_groups(actor: Actor) -> list[OrgGroup]:
    """Return groups on whose past an actor may try policies, in the order of the tree.

    One SQL query; of a large tree the uppermost only.
    """
    groups = OrgGroup.objects.filter(within_backtests(actor), is_active=True)
    found = list(groups.order_by("path__len", "name", "id")[:_GROUPS_AT_MOST])
    return sorted(found, key=lambda group: (len(group.path), group.name))


def to_try(actor: Actor, group_id: UUID | None, *, currency: str, now: datetime) -> ToTry:
    """Return what can be tried on a group, by default the uppermost that is the actor's to try.

    Seven SQL queries, five more where the actor has a draft there. Raises `NotFound`. Where nothing
    is in force, the start is the policy that organizations begin with.
    """
    groups = OrgGroup.objects.filter(within_backtests(actor))
    chosen = groups.filter(id=group_id) if group_id else groups.filter(is_active=True)
    group = chosen.order_by("path__len", "name").first()
    if group is None:
        raise NotFound("There is no such group, or its past is not yours to try policies on.")
    page = approvals.policy_page(actor, group.id, now)
    first, last = _days(now.date())
    return ToTry(
        group=group,
        base=page.effective.document if page.effective else starting_policy(currency),
        source=page.effective.source if page.effective else "",
        versions=tuple(
            Choice(
                str(row.version.number),
                f"Version {row.version.number}"
                + (" (in force)" if row.is_in_force else " (coming)" if row.is_coming else ""),
                row.document,
            )
            for row in page.versions
        ),
        draft=_draft(actor, group.id),
        first=first,
        last=last,
    )


def tried_document(actor: Actor, group: OrgGroup, text: str) -> PolicyDocument:
    """Return the policy that stands in a text, as JSON or as a file of policies in YAML.

    Of a file with several policies it is that of ``group``. Raises `DomainError` with the line that
    cannot be read. No SQL for JSON, eight queries for YAML.
    """
    if text.lstrip().startswith("{"):
        return _document_in_json(text)
    plan = approvals.import_plan(actor, text)
    if plan.problems:
        said = " ".join(f"Line {one.line}: {one.sentence}" for one in plan.problems[:3])
        raise DomainError(said, field="document")
    own = [one for one in plan.policies if one.group.id == group.id]
    chosen = own or (plan.policies if len(plan.policies) == 1 else ())
    if not chosen:
        raise DomainError(
            f"The file has {len(plan.policies)} policies, and none for {group.name}. Choose the "
            "group of one of them, or leave only one in the text.",
            field="document",
        )
    return chosen[0].document


def _document_in_json(text: str) -> PolicyDocument:
    try:
        stored = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise DomainError(f"This is not JSON: {error}.", field="document") from error
    try:
        return PolicyDocument.from_json(stored)
    except DocumentError as error:
        raise DomainError(f"{error}.", field="document") from error


def _draft(actor: Actor, group_id: UUID) -> Choice | None:
    draft = approvals.own_draft(actor, group_id)
    document = approvals.draft_document(draft) if draft else None
    return Choice("draft", "Your draft", document) if document else None


def changes_of(
    run: BacktestRun,
    *,
    step: str = "",
    first: date | None = None,
    last: date | None = None,
    delayed: bool = False,
) -> QuerySet[BacktestChange]:
    """Return the orders that changed, by their days; ``step`` is such as ``ASKED-AUTOMATIC``."""
    found = BacktestChange.objects.filter(run=run).order_by("sequence")
    before, _, after = step.partition("-")
    if before in Outcome.__members__ and after in Outcome.__members__:
        found = found.filter(before_outcome=before, after_outcome=after)
    if first:
        found = found.filter(on__gte=first)
    if last:
        found = found.filter(on__lte=last)
    return found.filter(is_delayed=True) if delayed else found


def change_for(run: BacktestRun, change_id: UUID) -> BacktestChange:
    """Return an order that changed in a run. One SQL query; raises `NotFound`."""
    found = BacktestChange.objects.filter(run=run, id=change_id).first()
    if found is None:
        raise NotFound("This backtest has no such order.")
    return found


class Differences(Sequence[Difference]):
    """The orders that fare differently under two runs, in the days that both have.

    One SQL query for the length (kept), one for each slice.
    """

    def __init__(self, one: BacktestRun, other: BacktestRun) -> None:
        self._parameters: dict[str, Any] = {
            "organization": one.organization_id,
            "one": one.id,
            "other": other.id,
            "first": max(one.first_on, other.first_on),
            "last": min(one.last_on, other.last_on),
        }
        self._length: int | None = None

    def __len__(self) -> int:
        """Return how many orders there are."""
        if self._length is None:
            with connection.cursor() as cursor:
                cursor.execute(_COUNT_DIFFERENT, self._parameters)
                self._length = int(cursor.fetchone()[0])
        return self._length

    @overload
    def __getitem__(self, index: int) -> Difference: ...

    @overload
    def __getitem__(self, index: slice) -> list[Difference]: ...

    def __getitem__(self, index: int | slice) -> Difference | list[Difference]:
        """Return one order, or those of a slice from front to back."""
        if isinstance(index, int):
            return self._read(index, 1)[0]
        start, stop, _ = index.indices(len(self))
        return self._read(start, max(stop - start, 0))

    def _read(self, offset: int, limit: int) -> list[Difference]:
        with connection.cursor() as cursor:
            cursor.execute(_PAGE_DIFFERENT, {**self._parameters, "offset": offset, "limit": limit})
            return [_difference(row) for row in cursor.fetchall()]


def _difference(row: Sequence[Any]) -> Difference:
    number, on, group_name, amount, before, one, other, one_stages, other_stages, *ids = row
    return Difference(
        number,
        on,
        group_name,
        amount,
        Outcome(before),
        Outcome(one),
        Outcome(other),
        asked_in_words(one_stages),
        asked_in_words(other_stages),
        ids[0],
        ids[1],
    )


def asked_in_words(stages: Any) -> str:
    """Return the stages of a stored answer in one line: ``Bob Lee, then Dana Roy and Finance``."""
    if isinstance(stages, str):
        # Raw SQL leaves JSON as text, the ORM does not.
        return asked_in_words(json.loads(stages))
    waves: dict[int, list[str]] = {}
    for stage in stages:
        names = stage["people"] or [f"{seat} (nobody yet)" for seat in stage["seats"]]
        waves.setdefault(stage["wave"], []).append(_joined(names, stage["mode"]))
    return ", then ".join(" beside ".join(names) for _, names in sorted(waves.items()))


def _joined(names: Iterable[str], mode: str) -> str:
    return (" and " if mode == "ALL" else " or ").join(names)


def _days(today: date) -> tuple[date, date]:
    """Return the year up to the last day on which anything is known to have been bought."""
    known = SpendFact.objects.aggregate(first=Min("on"), last=Max("on"))
    last = known["last"] or today
    return max(known["first"] or today - _YEAR, last - _YEAR), last
