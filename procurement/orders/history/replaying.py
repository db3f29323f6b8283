"""A replay from beginning to end: read, judge, and store unless it is a rehearsal.

This is the body of two commands (`replay` and the demo's `seed_demo`), and like a command it opens
the tenancy scopes: one to prepare, one for each batch.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.utils.text import slugify

from accounts import selectors as accounts
from accounts.models import Organization
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.money import quantize
from procurement.orders.history.evaluation import Judge, Judgement, PastLine
from procurement.orders.history.loading import Extent, Vocabulary, begin_import, load_batch
from procurement.orders.history.opening import ACTOR_NAME, open_organization
from procurement.orders.history.preparing import Prepared, foresee, foresee_new, prepare
from procurement.orders.history.reading import Reading, Row
from procurement.orders.history.rejects import RejectsFile
from procurement.orders.history.report import Report, Tally, exceeded_rows
from procurement.orders.history.source import Fingerprint, fingerprint
from procurement.orders.history.spool import OrderDraft, Spool, spooling
from procurement.orders.history.survey import Layout, Options, survey
from procurement.orders.models import HistoryImport

BATCH_ORDERS = 1_000
DEFAULT_CURRENCY = "USD"


class Steps(Protocol):
    """Shows how far a replay is."""

    def __call__(
        self, phase: str, total: int, /
    ) -> AbstractContextManager[Callable[[int], object]]:
        """Open a phase of so many steps; what it gives is called with the steps done."""


@dataclass(frozen=True, slots=True)
class Target:
    """The organization that a history belongs to, as the person at the keyboard names it.

    ``slug`` is its address, ``name`` and the rest describe one that is to be opened.
    """

    slug: str = ""
    name: str = ""
    time_zone: str = "UTC"
    administrator: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is to be replayed, and how."""

    path: Path
    target: Target = field(default_factory=Target)
    options: Options = field(default_factory=Options)
    is_rehearsal: bool = False
    rejects: Path | None = None


def replay(task: Replay, *, now: datetime, steps: Steps) -> Report:
    """Replay a file of purchase history.

    For real, a file whose content is loaded already changes nothing and reports what came of it
    then; one that was interrupted goes on. Raises `UnreadableSource` for a file that cannot be read
    and `DomainError` where the organization cannot be found or does not fit.
    """
    started = time.monotonic()
    found = fingerprint(task.path, task.options.encoding)
    organization = find_organization(task.target, task.path)
    if organization is not None and not task.is_rehearsal:
        known = _known_report(organization, found, started)
        if known is not None:
            return known
    layout = survey(task.path, found, task.options)
    notes = [*layout.notes, *_currency_notes(task, layout, organization)]
    with RejectsFile(task.rejects) as rejects, spooling() as spool:
        _read(task.path, layout, spool, rejects, steps)
        currency = organization.currency if organization else layout.currency or DEFAULT_CURRENCY
        run = _Run(task, found, layout, spool, rejects, currency, notes, started)
        if task.is_rehearsal:
            return _rehearse(run, organization, now, steps)
        if organization is None:
            organization = _open(task, currency, now)
            notes.append(_opened_note(organization, task.target))
        return _load(run, organization, now, steps)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a replay has at hand once the file has been read."""

    task: Replay
    found: Fingerprint
    layout: Layout
    spool: Spool
    rejects: RejectsFile
    currency: str
    notes: list[str]
    started: float

    def report(self, name: str, tally: Tally, judge: Judge, prepared: Prepared) -> Report:
        """Return what has come of the replay so far."""
        created = prepared.created
        return Report(
            organization=name,
            currency=self.currency,
            rows=self.spool.rows,
            rejected=self.rejects.count,
            orders=self.spool.orders,
            amount=quantize(self.spool.amount, self.currency),
            tally=tally,
            budgets_exceeded=exceeded_rows(judge.book.exceeded()),
            created={
                "groups": created.groups,
                "suppliers": created.suppliers,
                "categories": created.categories,
            },
            reject_reasons=dict(self.rejects.reasons.most_common()),
            rejects_file=self.rejects.written_to,
            notes=tuple(self.notes),
            seconds=time.monotonic() - self.started,
            is_rehearsal=self.task.is_rehearsal,
            is_known=False,
        )


def find_organization(target: Target, path: Path) -> Organization | None:
    """Return the organization that a file goes to, or None where it is to be opened.

    Without an address it is the only one there is; where there are none or several, the one that
    bears the file's name. Raises `DomainError` for an address that does not exist, unless a name
    comes with it.
    """
    if target.slug:
        found = accounts.organization_by_slug(target.slug)
        if found is None and not target.name:
            there = ", ".join(one.slug for one in _organizations()) or "none yet"
            raise DomainError(
                f"There is no organization {target.slug!r} (there is: {there}). "
                "Give it a --name to open it.",
                field="organization",
            )
        return found
    everything = _organizations()
    if len(everything) == 1 and not target.name:
        return everything[0]
    return accounts.organization_by_slug(slugify(_name(target, path)))


def _organizations() -> list[Organization]:
    return [accounts.organization_by_id(one) for one in accounts.organization_ids()]


def _name(target: Target, path: Path) -> str:
    """Return the name of an organization to open: the one given, or the file's in words."""
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    return target.name or " ".join(stem.replace("_", " ").replace("-", " ").split()).title()


def _open(task: Replay, currency: str, now: datetime) -> Organization:
    name = _name(task.target, task.path)
    return open_organization(
        name=name,
        slug=task.target.slug or slugify(name),
        currency=currency,
        time_zone=task.target.time_zone,
        administrator=task.target.administrator,
        now=now,
    )


def _opened_note(organization: Organization, target: Target) -> str:
    note = (
        f"Opened the organization {organization.name} at /{organization.slug}/ with the starting "
        "policy: up to 100 at once, up to 1,000 the supervisor, above that director and finance."
    )
    if not target.administrator:
        note += " Nobody can sign in to it yet; --administrator EMAIL names somebody."
    return note


def _currency_notes(
    task: Replay, layout: Layout, organization: Organization | None
) -> Iterator[str]:
    if organization is None or layout.currency in ("", organization.currency):
        return
    message = (
        f"The file's amounts are in {layout.currency}, {organization.name} keeps its books in "
        f"{organization.currency}, and nothing here converts."
    )
    if not task.is_rehearsal:
        raise DomainError(
            f"{message} Load it into an organization of its own (--organization, --name), or say "
            f"--currency {organization.currency} to take the amounts as they stand.",
            field="currency",
        )
    yield f"{message} This rehearsal takes them as they stand."


def _read(path: Path, layout: Layout, spool: Spool, rejects: RejectsFile, steps: Steps) -> None:
    with steps("Reading", layout.records) as done:
        for one in Reading(path, layout):
            if isinstance(one, Row):
                spool.add(one)
            else:
                rejects.add(one)
            done(1)
        spool.close_orders()


def _known_report(organization: Organization, found: Fingerprint, started: float) -> Report | None:
    """Return the report of a content that is loaded already, or None."""
    with tenancy.scope(organization.id):
        known = HistoryImport.objects.filter(
            digest=found.digest, status=HistoryImport.Status.DONE
        ).first()
    if known is None:
        return None
    stored = known.report
    return Report(
        organization=organization.slug,
        currency=known.currency,
        rows=known.rows,
        rejected=known.rejected,
        orders=known.orders,
        amount=known.amount,
        tally=Tally.from_json(stored),
        budgets_exceeded=tuple(stored["budgets_exceeded"]),
        created=dict.fromkeys(stored["created"], 0),
        reject_reasons=stored["reject_reasons"],
        rejects_file="",
        notes=(_known_note(known),),
        seconds=time.monotonic() - started,
        is_rehearsal=False,
        is_known=True,
    )


def _known_note(known: HistoryImport) -> str:
    return (
        f"This content was loaded on {known.finished_at:%Y-%m-%d %H:%M} UTC as "
        f"{known.file_name}; nothing has changed."
    )


def _rehearse(run: _Run, organization: Organization | None, now: datetime, steps: Steps) -> Report:
    if organization is None:
        name = _name(run.task.target, run.task.path)
        slug = run.task.target.slug or slugify(name)
        prepared = foresee_new(spool=run.spool, name=name, currency=run.currency)
        run.notes.append(
            f"There is no organization {slug!r} yet: judged under the policy that it would start "
            "with."
        )
    else:
        slug = organization.slug
        on = local_date(now, organization.time_zone)
        actor = SystemActor(organization.id, ACTOR_NAME)
        with tenancy.scope(organization.id):
            prepared = foresee(actor=actor, spool=run.spool, currency=run.currency, on=on, now=now)
    judge, tally = Judge(prepared.order), Tally()
    with steps("Judging", run.spool.orders) as done:
        for draft in run.spool.drafts():
            tally.add(draft, _judged(judge, draft, prepared))
            done(1)
    return run.report(slug, tally, judge, prepared)


def _load(run: _Run, organization: Organization, now: datetime, steps: Steps) -> Report:
    actor = SystemActor(organization.id, ACTOR_NAME)
    on = local_date(now, organization.time_zone)
    with tenancy.scope(organization.id):
        prepared = prepare(actor=actor, spool=run.spool, currency=run.currency, on=on, now=now)
        judge, tally = Judge(prepared.order), Tally()
        history_import = begin_import(
            actor=actor,
            digest=run.found.digest,
            file_name=run.task.path.name,
            extent=_extent(run),
            layout=_layout_json(run.layout),
            report=run.report(organization.slug, tally, judge, prepared).to_json(),
            now=now,
        )
    tally = Tally.from_json(history_import.report)
    spool = run.spool
    words = Vocabulary(
        suppliers=list(spool.suppliers),
        accounts=[kind.account or kind.account_name for kind in spool.kinds],
        mccs=[kind.mcc for kind in spool.kinds],
        buyers=list(spool.buyers),
    )
    with steps("Loading", spool.orders) as done:
        done(history_import.loaded)
        for batch in _batches(islice(spool.drafts(), history_import.loaded, None)):
            judged = []
            for draft in batch:
                judgement = _judged(judge, draft, prepared)
                tally.add(draft, judgement)
                judged.append((draft, judgement))
            with tenancy.scope(organization.id):
                load_batch(
                    actor=actor,
                    history_import=history_import,
                    judged=judged,
                    prepared=prepared,
                    words=words,
                    report=run.report(organization.slug, tally, judge, prepared).to_json(),
                    now=now,
                )
            done(len(batch))
    return run.report(organization.slug, tally, judge, prepared)


def _extent(run: _Run) -> Extent:
    spool = run.spool
    return Extent(spool.rows, run.rejects.count, spool.orders, spool.amount, run.currency)


def _layout_json(layout: Layout) -> dict[str, Any]:
    """Return how a file was read, as what an import remembers."""
    return {
        "encoding": layout.encoding,
        "separator": layout.separator,
        "header_line": layout.header_line,
        "columns": {column.value: layout.header[index] for column, index in layout.columns.items()},
        "number_style": layout.number_style.value,
        "date_style": layout.date_style.value,
    }


def _batches(drafts: Iterator[OrderDraft]) -> Iterator[Sequence[OrderDraft]]:
    while batch := list(islice(drafts, BATCH_ORDERS)):
        yield batch


def _judged(judge: Judge, draft: OrderDraft, prepared: Prepared) -> Judgement:
    lines = [
        PastLine(
            group=prepared.places[line.place],
            supplier_id=prepared.suppliers[line.supplier],
            category_path=ref.path if (ref := prepared.categories[line.kind]) else (),
            posted_on=line.posted_on,
            amount=line.amount,
        )
        for line in draft.lines
    ]
    buyer = prepared.buyers[draft.lines[0].buyer]
    if buyer is None:
        return judge.judge(lines, on=draft.posted_on)
    return judge.judge(lines, on=draft.posted_on, requester_id=buyer)
