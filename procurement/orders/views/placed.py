"""Orders after they have left the cart: the list, one order, its purchase orders."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from approvals.display import RouteStep, taken_steps, waiting_for
from approvals.models import Decision
from approvals.selectors import RequestDetail, derivation_of, latest_request_about
from approvals.why import besides, readable_groups, why_taken
from procurement.audit.selectors import timeline
from procurement.core import clock
from procurement.core.paging import page_of
from procurement.orders import selectors, services
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.display import (
    happenings,
    plain_quantity,
    purchase_orders_go_out,
    title_of,
)
from procurement.orders.display.rows import order_rows
from procurement.orders.forms import OrderFilterForm, WithdrawForm
from procurement.orders.models import Requisition

_REOPENABLE = frozenset({Requisition.Status.REJECTED, Requisition.Status.WITHDRAWN})


@require_GET
def order_list(request: OrgRequest) -> HttpResponse:
    """List the reader's own orders, or with ``?of=all`` every order they may see."""
    form = OrderFilterForm(request.GET)
    form.is_valid()
    filters = selectors.OrderFilters(
        status=form.cleaned_data.get("status", ""), query=form.cleaned_data.get("q", "").strip()
    )
    of_all = request.GET.get("of") == "all"
    found = selectors.visible_orders(request.actor, filters)
    if not of_all:
        found = found.filter(selectors.looked_after_by(request.actor))
    page = page_of(request, found)
    rows = order_rows(page.items, selectors.outlines_of(page.items))
    context = {
        "form": form,
        "of_all": of_all,
        "page": page,
        "rows": rows,
        "sees_others": request.actor.can_anywhere(Permission.VIEW_ORDERS),
        "is_narrowed": bool(filters.status or filters.query),
    }
    return render(request, "orders/list.html", context)


@require_GET
def detail(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Show an order: what is on it, how far it is, who did what and why."""
    order = selectors.requisition_for(request.actor, requisition_id)
    return render(request, "orders/detail.html", _detail(request, order, WithdrawForm()))


@require_POST
def reopen(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Take an order back into the cart, to be edited and submitted again."""
    order = services.reopen(actor=request.actor, requisition_id=requisition_id, now=clock.now())
    messages.success(request, f"{order.number} is in your cart. Change it and submit it again.")
    return redirect(org_reverse(request.organization, "orders:cart"))


@require_POST
def withdraw(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Take back an order that waits for approval."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        order = selectors.requisition_for(request.actor, requisition_id)
        return render(request, "orders/detail.html", _detail(request, order, form), status=422)
    order = services.withdraw(
        actor=request.actor,
        requisition_id=requisition_id,
        reason=form.cleaned_data["reason"].strip(),
        now=clock.now(),
    )
    messages.success(request, f"{order.number} is withdrawn; nobody is asked any more.")
    return redirect(org_reverse(request.organization, "orders:detail", requisition_id=order.id))


@require_GET
def purchase_order(request: OrgRequest, purchase_order_id: UUID) -> HttpResponse:
    """Show a purchase order as its supplier receives it; made to be printed."""
    found = selectors.purchase_order_for(request.actor, purchase_order_id)
    lines = [
        {"line": line, "quantity": plain_quantity(line.quantity)}
        for line in selectors.purchase_order_lines(found)
    ]
    placed_on = clock.local_date(found.placed_at, request.organization.time_zone)
    context = {"purchase_order": found, "lines": lines, "placed_on": placed_on}
    return render(request, "orders/purchase_order.html", context)


def _detail(request: OrgRequest, order: Requisition, form: WithdrawForm) -> dict[str, Any]:
    lines = selectors.lines_of(order)
    suppliers = {line.supplier_id for line in lines}
    purchase_orders = selectors.purchase_orders_of(order)
    asked = latest_request_about(SUBJECT_KIND, order.id)
    events = timeline([order.id, *(one.id for one in purchase_orders)])
    is_own = request.actor.membership_id in (order.requester_id, order.owner_id)
    steps = taken_steps(asked) if asked else ()
    if asked and order.status in (Requisition.Status.PENDING, Requisition.Status.PLACED):
        have_gone = bool(purchase_orders)
        words = purchase_orders_go_out(len(suppliers), have_gone=have_gone)
        steps = (*steps, RouteStep("done" if have_gone else "next", words, icon="truck"))
    seat = asked.seat_of(request.actor.membership_id) if asked else None
    derivation = derivation_of(asked) if asked else None
    why = why_taken(asked, derivation) if asked else ()
    return {
        "order": order,
        "title": title_of([line.title for line in lines]),
        "lines": [{"line": line, "quantity": plain_quantity(line.quantity)} for line in lines],
        "total": sum((line.amount for line in lines), Decimal(0)),
        "supplier_count": len(suppliers),
        "purchase_orders": purchase_orders,
        "asked": asked,
        "steps": steps,
        "waiting_for": waiting_for(asked) if asked else [],
        "rejection": _rejection(order, asked),
        "why": why,
        "reasons": besides(asked.request.explanation["sentences"], why) if asked else (),
        "policy_groups": readable_groups(request.actor, order.group.path),
        "is_rederived": derivation is not None,
        "happenings": happenings(events),
        "may_reopen": is_own and order.status in _REOPENABLE,
        "may_continue": is_own and order.status == Requisition.Status.DRAFT,
        "may_withdraw": is_own and order.status == Requisition.Status.PENDING,
        "open_seat": seat if seat and seat.is_open else None,
        "may_audit": request.actor.can(Permission.VIEW_AUDIT, order.group.path),
        "form": form,
    }


def _rejection(order: Requisition, asked: RequestDetail | None) -> Decision | None:
    """Return the decision that rejected an order, or None."""
    if asked is None or order.status != Requisition.Status.REJECTED:
        return None
    return next((one for one in reversed(asked.decisions) if one.choice == "REJECT"), None)
