"""What mails about orders say, as plain data for their templates."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Organization
from accounts.web import org_reverse
from budgets.models import LedgerCheck
from procurement.core.clock import local_date
from procurement.core.money import format_money
from procurement.orders.display import plain_quantity
from procurement.orders.models import PurchaseOrder, PurchaseOrderLine, Requisition

_FINDINGS_IN_MAIL = 10


def purchase_order_context(
    purchase_order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], organization: Organization
) -> dict[str, Any]:
    """Return what a supplier is told of a purchase order, as JSON for ``email/purchase_order``.

    ``organization``, ``supplier``, ``group`` and ``requester`` (whoever looks after the order) are
    names, ``requester_email`` an address; ``placed_on`` is the ISO day in the organization's time
    zone; ``total`` and each line's ``unit_price`` and ``amount`` are decimal text in ``currency``.
    ``opening``, ``request_words`` and ``questions`` are whole sentences. What only approvers
    may read (notes, justifications, guidance, budgets) is not in it. No SQL where supplier, group
    and contact were read along.
    """
    requester = purchase_order.contact.user
    placed_on = local_date(purchase_order.placed_at, organization.time_zone)
    group, number, currency = (
        purchase_order.group.name,
        purchase_order.number,
        purchase_order.currency,
    )
    return {
        "organization": organization.name,
        "number": number,
        "supplier": purchase_order.supplier.name,
        "group": group,
        "requester": requester.name or requester.email,
        "requester_email": requester.email,
        "currency": currency,
        "total": str(purchase_order.total),
        "placed_on": placed_on.isoformat(),
        "opening": f"{organization.name} orders from {purchase_order.supplier.name} for {group}.",
        "request_words": (
            f"Please quote {number} on your confirmation, packing slip and invoice."
            f"{_bill_to(organization)}"
        ),
        "questions": f"Questions go to {requester.name or requester.email}, {requester.email}.",
        "lines": [_line(line, currency) for line in lines],
    }


def waiting_context(
    order: Requisition,
    organization: Organization,
    news: str,
    heading: str,
    reasons: Sequence[str],
) -> dict[str, Any]:
    """Return what people are told of an order that waits for budget, for ``email/waiting_order``.

    ``news`` is the kind of it, ``heading`` completes the sentence that the order's number begins,
    and ``reasons`` are whole sentences. ``total`` is decimal text in ``currency``. One SQL query
    for the group, unless it was read along.
    """
    path = org_reverse(organization, "orders:detail", requisition_id=order.id)
    return {
        "organization": organization.name,
        "news": news,
        "heading": heading,
        "number": order.number,
        "group": order.group.name,
        "total": str(order.total),
        "currency": order.currency,
        "reasons": list(reasons),
        "path": path,
    }


def ledger_check_context(
    check: LedgerCheck, organization: Organization, sentences: Sequence[str]
) -> dict[str, Any]:
    """Return what keepers are told of a ledger that does not hold, for ``email/ledger_check``.

    The first few findings as sentences, and how many there are besides. No SQL.
    """
    shown = list(sentences[:_FINDINGS_IN_MAIL])
    return {
        "organization": organization.name,
        "found": check.found,
        "findings": shown,
        "more": check.found - len(shown),
        "made_at": check.made_at.isoformat(),
        "time_zone": organization.time_zone,
        "path": org_reverse(organization, "budgets:ledger-check", check_id=check.id),
    }


def _bill_to(organization: Organization) -> str:
    """Return a sentence with what the organization has entered of whom to bill, if anything."""
    address = ", ".join(line.strip() for line in organization.address.splitlines() if line.strip())
    tax = f"tax number {organization.tax_number}" if organization.tax_number else ""
    known = [part for part in (organization.legal_name, address, tax) if part]
    return f" Bill to {', '.join(known)}." if known else ""


def _line(line: PurchaseOrderLine, currency: str) -> dict[str, Any]:
    """Return a line; ``meta`` says in one phrase what stands under its title."""
    quantity = f"{plain_quantity(line.quantity)} {line.unit}"
    at = f"{quantity} at {format_money(line.unit_price, currency)}"
    return {
        "position": line.position,
        "title": line.title,
        "sku": line.sku,
        "unit": line.unit,
        "quantity": plain_quantity(line.quantity),
        "unit_price": str(line.unit_price),
        "amount": str(line.amount),
        "meta": f"Your number {line.sku} · {at}" if line.sku else at,
    }
