"""Orders after they have left the cart: the list, one order, its purchase orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.web import OrgRequest
from approvals.display import RouteStep, taken_steps
from approvals.models import Decision
from approvals.selectors import (
    RequestDetail,
    appeal_for,
    deputies_now,
    derivation_of,
    latest_request_about,
    questions_of,
    stand_ins_in,
)
from approvals.why import besides, readable_groups, why_taken
from catalogs.selectors import Offer
from procurement.audit.selectors import timeline
from procurement.core import clock
from procurement.core.paging import page_of
from procurement.orders import selectors, services
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.display import (
    Whereabouts,
    came_back,
    happenings,
    plain_quantity,
    purchase_orders_go_out,
    rejection_of,
    title_of,
    whereabouts,
)
from procurement.orders.display.rows import order_rows
from procurement.orders.forms import (
    AnswerForm,
    AppealForm,
    CancelForm,
    OrderFilterForm,
    WithdrawForm,
)
from procurement.orders.models import Requisition, RequisitionLine

_Status = Requisition.Status


@require_GET
def order_list(request: OrgRequest) -> HttpResponse:
    """List the reader's own orders, or with ``?of=all`` every order they may see."""
    form = OrderFilterForm(request.GET)
    form.is_valid()
    filters = selectors.OrderFilters(
        status=form.cleaned_data.get("status", ""),
        query=form.cleaned_data.get("q", "").strip(),
        guidance=form.cleaned_data.get("guidance", ""),
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
        "is_narrowed": filters != selectors.OrderFilters(),
    }
    return render(request, "orders/list.html", context)


@require_GET
def detail(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Show an order: what is on it, how far it is, who did what and why."""
    order = selectors.requisition_for(request.actor, requisition_id)
    return render(request, "orders/detail.html", detail_context(request, order))


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


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the forms of an order's page, where something is wrong with it.

    ``answers`` holds the form of a question by its id; ``appeal_refusals`` say what stands in the
    way of an appeal.
    """

    withdraw: WithdrawForm | None = None
    cancel: CancelForm | None = None
    appeal: AppealForm | None = None
    appeal_refusals: tuple[str, ...] = ()
    answers: Mapping[UUID, AnswerForm] = field(default_factory=dict)


def detail_context(
    request: OrgRequest, order: Requisition, typed: Typed | None = None
) -> dict[str, Any]:
    """Return what an order's page prints."""
    lines = selectors.lines_of(order)
    suppliers = {line.supplier_id for line in lines}
    purchase_orders = selectors.purchase_orders_of(order)
    asked = latest_request_about(SUBJECT_KIND, order.id)
    events = timeline([order.id, *(one.id for one in purchase_orders)])
    steps = taken_steps(asked, stand_ins_in(asked, clock.now())) if asked else ()
    if asked and order.status in (_Status.PENDING, _Status.PLACED):
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
        "rejected": [
            {"line": line, "quantity": plain_quantity(line.quantity)}
            for line in selectors.rejected_lines_of(order)
        ],
        "total": sum((line.amount for line in lines), Decimal(0)),
        "supplier_count": len(suppliers),
        "purchase_orders": purchase_orders,
        "asked": asked,
        "steps": steps,
        "why": why,
        "reasons": besides(asked.request.explanation["sentences"], why) if asked else (),
        "policy_groups": readable_groups(request.actor, order.group.path),
        "is_rederived": derivation is not None,
        "happenings": happenings(events),
        "came_back": came_back(events),
        "open_seat": seat if seat and seat.is_open else None,
        "may_audit": request.actor.can(Permission.VIEW_AUDIT, order.group.path),
        **_standing(request, order, lines, asked),
        **_actions(request, order, asked, typed or Typed()),
    }


def _standing(
    request: OrgRequest,
    order: Requisition,
    lines: list[RequisitionLine],
    asked: RequestDetail | None,
) -> dict[str, Any]:
    """Return where the order stands and, to whoever asked, what there is to take instead."""
    is_own = _is_own(request, order)
    instead: dict[UUID, Offer] = {}
    if is_own and order.status in services.REOPENABLE:
        on = clock.local_date(clock.now(), request.organization.time_zone)
        instead = selectors.preferred_instead(order, lines, on=on)
    is_pending = order.status == _Status.PENDING
    sees_budgets = is_own or request.actor.can(Permission.VIEW_BUDGETS, order.group.path)
    shows_wait = sees_budgets and order.status == _Status.WAITING
    return {
        "is_own": is_own,
        "wait": selectors.wait_of(order, now=clock.now()) if shows_wait else None,
        "whereabouts": _whereabouts(asked) if asked and is_pending else None,
        "rejection": rejection_of(asked) if order.status == _Status.REJECTED else None,
        "instead": [
            {"line": line, "offer": instead[line.id], "quantity": plain_quantity(line.quantity)}
            for line in lines
            if line.id in instead
        ],
        "unjustified": [line for line in lines if line.guidance in ("RESTRICTED", "BLOCKED")],
    }


def _whereabouts(asked: RequestDetail) -> Whereabouts:
    """Return where a pending request is. One SQL query, two where somebody is away."""
    now = clock.now()
    holders = {seat.membership_id for one in asked.stages for seat in one.seats if seat.is_open}
    return whereabouts(asked, deputies_now(holders, now), now)


def _actions(
    request: OrgRequest, order: Requisition, asked: RequestDetail | None, typed: Typed
) -> dict[str, Any]:
    """Return what the reader can do with the order, and the forms to do it."""
    is_own = _is_own(request, order)
    is_waiting = is_own and order.status == _Status.WAITING
    is_rejected = is_own and order.status == _Status.REJECTED
    questions = questions_of(asked.request.id) if asked else ()
    return {
        "may_reopen": is_own and order.status in services.REOPENABLE,
        "may_edit": is_own and order.status == _Status.PENDING,
        "has_approvals": any(one.choice == Decision.Choice.APPROVE for one in asked.decisions)
        if asked
        else False,
        "may_continue": is_own and order.status == _Status.DRAFT,
        "may_withdraw": is_own and order.status == _Status.PENDING,
        "may_stop_waiting": is_waiting,
        "may_cancel": is_own and order.status not in (_Status.PLACED, _Status.CANCELLED),
        "may_rebuild": is_own and order.status != _Status.DRAFT,
        "appeal": appeal_for(asked, clock.now()) if is_rejected and asked else None,
        "questions": [
            {
                "question": question,
                "form": typed.answers.get(question.id)
                or AnswerForm(auto_id=f"answer_{question.id}_%s"),
            }
            for question in questions
        ],
        "withdraw_form": typed.withdraw or WithdrawForm(auto_id="withdraw_%s"),
        "cancel_form": typed.cancel or CancelForm(auto_id="cancel_%s"),
        "appeal_form": typed.appeal or AppealForm(auto_id="appeal_%s"),
        "appeal_refusals": typed.appeal_refusals,
    }


def _is_own(request: OrgRequest, order: Requisition) -> bool:
    return request.actor.membership_id in (order.requester_id, order.owner_id)
