"""What would happen to an order that nobody has placed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.selectors import groups_in_sight
from accounts.web import OrgRequest
from approvals import selectors as approvals
from approvals.routing import PolicyDocument
from approvals.why import readable_groups
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.money import symbol
from procurement.orders import selectors
from procurement.orders.display.imagined import answer_of
from procurement.orders.forms import TryForm


def _drafted(request: OrgRequest, group_id: UUID) -> PolicyDocument:
    """Return what one's own draft of a group's policy says. Five SQL queries at most."""
    draft = approvals.own_draft(request.actor, group_id)
    document = approvals.draft_document(draft) if draft else None
    if document is None:
        raise DomainError(
            "You have no draft for this group that says a whole policy. Open its policy under "
            "Policies, write the next version and save the draft.",
            field="draft",
        )
    return document


@require_GET
def try_order(request: OrgRequest) -> HttpResponse:
    """Ask what would happen to an order, and tell it with the reasons; nothing is written."""
    now = clock.now()
    groups = list(groups_in_sight(request.actor))
    is_asked = "count" in request.GET
    form = TryForm(
        request.GET if is_asked else None,
        groups=groups,
        chosen=request.GET.get("group", ""),
        today=local_date(now, request.organization.time_zone),
        writes_policies=request.actor.can_anywhere(Permission.MANAGE_POLICIES),
    )
    context: dict[str, Any] = {
        "form": form,
        "groups": groups,
        "symbol": symbol(request.organization.currency),
    }
    if not is_asked or "more" in request.GET:
        return render(request, "orders/try.html", context)
    if form.is_valid():
        try:
            group_id = UUID(form.head.cleaned_data["group"])
            document = _drafted(request, group_id) if form.head.cleaned_data.get("draft") else None
            imagined = selectors.imagine(
                request.actor, group_id, form.wish(), now=now, document=document
            )
        except DomainError as refused:
            form.complain(refused.message, refused.field)
        else:
            context["answer"] = answer_of(imagined)
            context["imagined"] = imagined
            path = imagined.assessment.draft.group_path
            context["policy_groups"] = readable_groups(request.actor, path)
            return render(request, "orders/try.html", context)
    return render(request, "orders/try.html", context, status=422)
