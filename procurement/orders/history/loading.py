"""Storing judged orders of the past, a batch in each transaction, so that an import can go on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from budgets.services import HistoryPosting, record_history
from catalogs.models import Category, Supplier
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict
from procurement.core.ids import new_id
from procurement.core.locking import lock
from procurement.core.planner import count_anew
from procurement.orders.history.evaluation import Judgement
from procurement.orders.history.preparing import Prepared
from procurement.orders.history.spool import OrderDraft
from procurement.orders.models import HistoryImport, ImportedLine, ImportedOrder

SUBJECT_KIND = "imported_order"
_LONGEST_LABEL = 120

# RLS forbids COPY, and one statement of arrays is as quick.
_ORDERS = """
INSERT INTO orders_importedorder (id, organization_id, history_import_id, sequence, number,
    group_id, buyer_id, buyer_name, posted_on, currency, amount, outcome, approvals, explanation)
SELECT i.id, %(organization)s, %(history_import)s, i.sequence, i.number, i.group_id, i.buyer_id,
    i.buyer_name, i.posted_on, %(currency)s, i.amount, i.outcome, i.approvals::jsonb,
    i.explanation::jsonb
FROM unnest(%(ids)s::uuid[], %(sequences)s::integer[], %(numbers)s::text[], %(groups)s::uuid[],
    %(buyers)s::uuid[], %(buyer_names)s::text[], %(days)s::date[], %(amounts)s::numeric[],
    %(outcomes)s::text[], %(approvals)s::text[], %(explanations)s::text[])
    AS i(id, sequence, number, group_id, buyer_id, buyer_name, posted_on, amount, outcome,
         approvals, explanation)
"""

_LINES = """
INSERT INTO orders_importedline (id, organization_id, order_id, line, group_id, supplier_id,
    supplier_spelling, category_id, account, mcc, description, posted_on, transacted_on, amount,
    guidance)
SELECT i.id, %(organization)s, i.order_id, i.line, i.group_id, i.supplier_id, i.spelling,
    i.category_id, i.account, i.mcc, i.description, i.posted_on, i.transacted_on, i.amount,
    i.guidance
FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(lines)s::integer[], %(groups)s::uuid[],
    %(suppliers)s::uuid[], %(spellings)s::text[], %(categories)s::uuid[], %(accounts)s::text[],
    %(mccs)s::text[], %(descriptions)s::text[], %(posted)s::date[], %(transacted)s::date[],
    %(amounts)s::numeric[], %(guidance)s::text[])
    AS i(id, order_id, line, group_id, supplier_id, spelling, category_id, account, mcc,
         description, posted_on, transacted_on, amount, guidance)
"""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the file itself says of suppliers, kinds and buyers, by their numbers."""

    suppliers: Sequence[str]
    accounts: Sequence[str]
    mccs: Sequence[str]
    buyers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a file holds, as it was read."""

    rows: int
    rejected: int
    orders: int
    amount: Decimal
    currency: str


@transaction.atomic
def begin_import(
    *,
    actor: Actor,
    digest: str,
    file_name: str,
    extent: Extent,
    layout: dict[str, Any],
    report: dict[str, Any],
    now: datetime,
) -> HistoryImport:
    """Return the import of a file's content, begun now or before.

    Raises `Conflict` where it was begun with the file read in another way: its orders would not be
    the same ones.
    """
    root = accounts.root_group()
    require(actor, Permission.IMPORT_HISTORY, root)
    found, is_new = HistoryImport.objects.get_or_create(
        organization_id=actor.organization_id,
        digest=digest,
        defaults={
            "file_name": file_name[:300],
            "currency": extent.currency,
            "rows": extent.rows,
            "rejected": extent.rejected,
            "orders": extent.orders,
            "amount": extent.amount,
            "layout": layout,
            "report": report,
            "actor_label": actor.label[:200],
            "started_at": now,
            **({} if extent.orders else {"status": "DONE", "finished_at": now}),
        },
    )
    if not is_new and found.layout != layout:
        raise Conflict(
            "This file was begun with other settings; finish it with the same ones: "
            f"{json.dumps(found.layout, ensure_ascii=False)}."
        )
    return found


@transaction.atomic
def load_batch(
    *,
    actor: Actor,
    history_import: HistoryImport,
    judged: Sequence[tuple[OrderDraft, Judgement]],
    prepared: Prepared,
    words: Vocabulary,
    report: dict[str, Any],
    now: datetime,
) -> None:
    """Store the next orders of an import with what they spend on budgets; one event in the trail.

    ``judged`` follows in sequence on what is loaded, else `Conflict` is raised: somebody else loads
    the same file. ``report`` is the report up to the last of them. About ten SQL statements.
    """
    root = accounts.root_group()
    require(actor, Permission.IMPORT_HISTORY, root)
    (current,) = lock(HistoryImport.objects.filter(id=history_import.id))
    first, last = judged[0][0].sequence, judged[-1][0].sequence
    if current.loaded != first - 1:
        raise Conflict("Somebody else is loading this file at the moment.")
    ids = [new_id() for _ in judged]
    _insert_orders(current, judged, ids, prepared, words)
    _insert_lines(current, judged, ids, prepared, words)
    record_history(
        actor=actor, document_kind=SUBJECT_KIND, postings=_postings(judged, ids), now=now
    )
    current.loaded, current.report = last, report
    if last == current.orders:
        current.status, current.finished_at = HistoryImport.Status.DONE, now
    if first == 1 or last == current.orders:
        count_anew(OrgGroup, Supplier, Category, ImportedOrder, ImportedLine)
    current.save(update_fields=["loaded", "report", "status", "finished_at"])
    record(
        actor=actor,
        action=AuditAction.HISTORY_IMPORTED,
        subject_type="history_import",
        subject_id=current.id,
        subject_label=current.file_name,
        group_id=root.id,
        after={
            "digest": current.digest,
            "first_sequence": first,
            "last_sequence": last,
            "orders": len(judged),
            "lines": sum(len(draft.lines) for draft, _ in judged),
            "amount": sum((draft.amount for draft, _ in judged), Decimal(0)),
            "currency": current.currency,
        },
        now=now,
    )


def _postings(
    judged: Sequence[tuple[OrderDraft, Judgement]], ids: Sequence[UUID]
) -> list[HistoryPosting]:
    """Return what the orders spend on the budget periods that are open."""
    return [
        HistoryPosting(
            period_id=posting.span.covering.period_id,
            document_id=order_id,
            document_label=label_of(draft),
            occurred_on=posting.on,
            amount=posting.amount,
        )
        for order_id, (draft, judgement) in zip(ids, judged, strict=True)
        for posting in judgement.postings
        if posting.span.covering.period_id is not None
    ]


def label_of(draft: OrderDraft) -> str:
    """Return how the ledger calls an imported order: its own number, or where it stands."""
    return (draft.number or f"Line {draft.lines[0].line}")[:_LONGEST_LABEL]


def _insert_orders(
    history_import: HistoryImport,
    judged: Sequence[tuple[OrderDraft, Judgement]],
    ids: Sequence[UUID],
    prepared: Prepared,
    words: Vocabulary,
) -> None:
    buyers = [draft.lines[0].buyer for draft, _ in judged]
    writes.execute(
        _ORDERS,
        {
            "organization": history_import.organization_id,
            "history_import": history_import.id,
            "currency": history_import.currency,
            "ids": ids,
            "sequences": [draft.sequence for draft, _ in judged],
            "numbers": [draft.number for draft, _ in judged],
            "groups": [judgement.group.id for _, judgement in judged],
            "buyers": [prepared.buyers[buyer] for buyer in buyers],
            "buyer_names": [words.buyers[buyer] for buyer in buyers],
            "days": [draft.posted_on for draft, _ in judged],
            "amounts": [judgement.amount for _, judgement in judged],
            "outcomes": [judgement.outcome.value for _, judgement in judged],
            "approvals": [json.dumps(judgement.asked) for _, judgement in judged],
            "explanations": [json.dumps(judgement.sentences) for _, judgement in judged],
        },
    )


def _insert_lines(
    history_import: HistoryImport,
    judged: Sequence[tuple[OrderDraft, Judgement]],
    ids: Sequence[UUID],
    prepared: Prepared,
    words: Vocabulary,
) -> None:
    rows = [
        (order_id, line, guidance)
        for order_id, (draft, judgement) in zip(ids, judged, strict=True)
        for line, guidance in zip(draft.lines, judgement.guidance, strict=True)
    ]
    refs = [prepared.categories[line.kind] for _, line, _ in rows]
    writes.execute(
        _LINES,
        {
            "organization": history_import.organization_id,
            "ids": [new_id() for _ in rows],
            "orders": [order_id for order_id, _, _ in rows],
            "lines": [line.line for _, line, _ in rows],
            "groups": [prepared.places[line.place].id for _, line, _ in rows],
            "suppliers": [prepared.suppliers[line.supplier] for _, line, _ in rows],
            "spellings": [words.suppliers[line.supplier] for _, line, _ in rows],
            "categories": [ref.category_id if ref else None for ref in refs],
            "accounts": [words.accounts[line.kind] for _, line, _ in rows],
            "mccs": [words.mccs[line.kind] for _, line, _ in rows],
            "descriptions": [line.description for _, line, _ in rows],
            "posted": [line.posted_on for _, line, _ in rows],
            "transacted": [line.transacted_on for _, line, _ in rows],
            "amounts": [line.amount for _, line, _ in rows],
            "guidance": [guidance.outcome.value for _, _, guidance in rows],
        },
    )
