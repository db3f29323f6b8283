"""Orders of the past: what was bought, and what today's rules would have made of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.web import OrgRequest
from procurement.core.paging import page_of
from procurement.orders import selectors
from procurement.orders.display.past import OUTCOMES


@require_GET
def imported_order(request: OrgRequest, order_id: UUID) -> HttpResponse:
    """Show an imported order with its lines, its outcome and the reasons."""
    order = selectors.imported_order_for(request.actor, order_id)
    context = {
        "order": order,
        "outcome": OUTCOMES[order.outcome],
        "asked": [word.replace("_", " ").capitalize() for word in order.approvals],
        "page": page_of(request, selectors.imported_lines(request.actor, order), per_page=50),
    }
    return render(request, "orders/imported.html", context)
