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
    """Fill or vacate a seat."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    form = SeatForm(
        request.POST or None,
        members=selectors.active_members(),
        positions=selectors.positions(),
        initial={"position": request.GET.get("position")},
    )

    def save(form: forms.Form) -> str:
        position, member = form.cleaned_data["position"], form.cleaned_data["membership"]
        if member is None:
            services.vacate_position(
                actor=request.actor, position=position, group=group, now=clock.now()
            )
            return f"{position.name} of {group.name} is vacant; the group above answers."
        services.fill_position(
            actor=request.actor, position=position, group=group, membership=member, now=clock.now()
        )
        return f"{member.user.name} is {position.name} of {group.name}."

    return edit(request, form, group, "Fill a seat", save)
