"""What a requester does with an order that budgets stop: ask for more room, wait, or stop it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.web import OrgRequest, org_reverse
from approvals.routing.words import enumerated
from procurement.core import clock
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.forms import show_refusal
from procurement.orders import selectors, services
from procurement.orders.forms import RoomForm
from procurement.orders.models import Requisition


@require_http_methods(["GET", "POST"])
def room(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Show which budgets stop an order and the ways on; ask for an increase of each."""
    order = selectors.own_order_for(request.actor, requisition_id)
    if order.status not in (Requisition.Status.DRAFT, Requisition.Status.WAITING):
        return _to_order(request, order.id)
    wait = selectors.wait_of(order, now=clock.now())
    form = RoomForm(
        [one for one in wait.blocked if one.can_be_raised],
        request.POST if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_room(
                actor=request.actor,
                requisition_id=order.id,
                wishes=form.wishes,
                reason=form.cleaned_data["reason"],
                now=clock.now(),
            )
        except (Conflict, NotAllowed, NotFound):
            raise
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _asked(wait))
            return _to_order(request, order.id)
    code = 422 if form.errors else 200
    return render(request, "orders/room.html", _context(order, wait, form), status=code)


@require_POST
def wait(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Have an order wait until its budgets have the room."""
    order = services.wait_for_room(
        actor=request.actor, requisition_id=requisition_id, now=clock.now()
    )
    messages.success(request, f"{order.number} waits. It goes on by itself once there is room.")
    return _to_order(request, order.id)


@require_POST
def stop_waiting(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Take an order that waits for budget back into the cart."""
    order = services.stop_waiting(
        actor=request.actor, requisition_id=requisition_id, now=clock.now()
    )
    messages.success(request, f"{order.number} is in your cart and does not wait any more.")
    return redirect(org_reverse(request.organization, "orders:cart"))


def _context(order: Requisition, found: selectors.Wait, form: RoomForm) -> dict[str, Any]:
    return {
        "order": order,
        "wait": found,
        "form": form,
        "others": [one.sentence for one in found.assessment.refusals if one.code != "BUDGET"],
        "renews_on": max((one.renews_on for one in found.blocked), default=None),
        "is_waiting": order.status == Requisition.Status.WAITING,
        "waiting_helps": all(one.fits_anew for one in found.blocked),
        "can_ask": bool(found.blocked) and all(one.can_be_raised for one in found.blocked),
    }


def _asked(found: selectors.Wait) -> str:
    names = enumerated([f"{one.title}, {one.period}" for one in found.blocked])
    return f"Asked for more on {names}. The order goes on by itself once it is agreed to."


def _to_order(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    return redirect(
        org_reverse(request.organization, "orders:detail", requisition_id=requisition_id)
    )
