"""What must hold after a storm, worked out from the orders alone and compared with the books."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from approvals.models import ApprovalRequest
from budgets import selectors
from budgets.models import BudgetAlert, BudgetPeriod, LedgerEntry
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import PurchaseOrder, Requisition
from tests.factories.estates import Estate

_HOLDING = ("PENDING", "PLACED")


def faults(estate: Estate) -> list[str]:
    """Return a sentence for everything that is not as the orders say; opens the scope."""
    with estate.market.scope():
        return [
            *(found.sentence for found in selectors.discrepancies()),
            *_counters_unlike_orders(),
            *_orphans(),
            *_beyond_caps(),
            *_told_twice(),
            *_half_done(),
        ]


def outcomes(estate: Estate) -> Counter[str]:
    """Return how many orders ended in each status; opens the scope."""
    with estate.market.scope():
        return Counter(Requisition.objects.values_list("status", flat=True))


def _counters_unlike_orders() -> Iterator[str]:
    reserved: dict[UUID, Decimal] = defaultdict(Decimal)
    committed: dict[UUID, Decimal] = defaultdict(Decimal)
    orders = Requisition.objects.filter(status__in=_HOLDING).values_list(
        "status", "total", "group__path"
    )
    for status, total, path in orders.iterator():
        holding = reserved if status == "PENDING" else committed
        for group_id in path:
            holding[group_id] += total
    for period in BudgetPeriod.objects.select_related("budget__group"):
        group = period.budget.group
        # The next period is open, too, and nothing has been ordered on it.
        is_current = period.entries > 1
        expected = (reserved[group.id], committed[group.id]) if is_current else (0, 0)
        if (period.reserved, period.committed) != expected:
            yield (
                f"{group.name}: orders come to {expected}, the counters say "
                f"{(period.reserved, period.committed)}"
            )


def _orphans() -> Iterator[str]:
    held = {
        document_id: amounts
        for document_id, *amounts in LedgerEntry.objects.filter(document_kind=SUBJECT_KIND)
        .values("document_id")
        .annotate(reserved=Sum("delta_reserved"), committed=Sum("delta_committed"))
        .values_list("document_id", "reserved", "committed")
        if any(amounts)
    }
    orders = {
        order.id: order for order in Requisition.objects.filter(status__in=_HOLDING, total__gt=0)
    }
    for document_id in held.keys() - orders.keys():
        yield f"{document_id} holds {held[document_id]}, and is no order that should"
    for order_id in orders.keys() - held.keys():
        yield f"{orders[order_id].number} is {orders[order_id].status} and holds nothing"


def _beyond_caps() -> Iterator[str]:
    for period in BudgetPeriod.objects.select_related("budget__group"):
        if period.used > period.cap:
            yield f"{period.budget.group.name}: {period.used} used of {period.cap}"


def _told_twice() -> Iterator[str]:
    alerts = BudgetAlert.objects.filter(rearmed_at__isnull=True)
    told = Counter(alerts.values_list("period_id", "threshold"))
    yield from (f"{mark} was told {times} times" for mark, times in told.items() if times > 1)


def _half_done() -> Iterator[str]:
    ordered: dict[UUID, Decimal] = defaultdict(Decimal)
    for requisition_id, total in PurchaseOrder.objects.values_list("requisition_id", "total"):
        ordered[requisition_id] += total
    asked = Counter(
        ApprovalRequest.objects.filter(closed_at__isnull=True).values_list("subject_id", flat=True)
    )
    for order in Requisition.objects.all():
        total = order.total if order.status == "PLACED" else Decimal(0)
        if ordered[order.id] != total:
            yield f"{order.number} is {order.status}, and {ordered[order.id]} were ordered"
        if asked[order.id] != (order.status == "PENDING"):
            yield f"{order.number} is {order.status}, and {asked[order.id]} requests are open"
