"""Pages of seats: who fills them."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.forms import SeatForm
from accounts.permissions import Permission
from accounts.views.editing import edit
from accounts.web import OrgRequest
from procurement.core import clock


@require_http_methods(["GET", "POST"])
def fill_position(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Fill or vacate a seat, or name or release its deputy."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    form = SeatForm.of(request, actor=request.actor, positions=selectors.positions())

    def save(form: forms.Form) -> str:
        position, member = form.cleaned_data["position"], form.cleaned_data["membership"]
        is_deputy = form.cleaned_data["is_deputy"]
        seat = {"position": position, "group": group, "is_deputy": is_deputy}
        name = f"{'Deputy ' if is_deputy else ''}{position.name} of {group.name}"
        if member is None:
            services.vacate_position(actor=request.actor, now=clock.now(), **seat)
            return f"Nobody is {name} any more."
        services.fill_position(actor=request.actor, membership=member, now=clock.now(), **seat)
        return f"{member.user.name} is {name}."

    return edit(request, form, group, "Fill a seat", save)
