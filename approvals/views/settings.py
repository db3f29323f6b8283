"""The page of how long decisions take."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, require
from accounts.selectors import root_group
from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.forms import DecidingTimesForm
from approvals.services import DecidingTimes
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal


@require_http_methods(["GET", "POST"])
def deciding_settings(request: OrgRequest) -> HttpResponse:
    """Show and change how long decisions may take."""
    root = root_group()
    require(request.actor, Permission.MANAGE_POLICIES, root)
    now = clock.now()
    known = services.deciding_times_of(selectors.deciding_settings())
    form = DecidingTimesForm(request.POST or None, initial=asdict(known))
    if form.is_bound and form.is_valid():
        try:
            services.change_deciding_settings(
                actor=request.actor, times=DecidingTimes(**form.cleaned_data), now=now
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "How long decisions take is saved.")
            return redirect(org_reverse(request.organization, "approvals:deciding-settings"))
    timing = selectors.timing_of(request.organization.id)
    context = {
        "form": form,
        "due_at": timing.due_at(now),
        "expires_at": timing.expires_at(now),
        "keeps_calendar": request.actor.can(Permission.MANAGE_GROUPS, root.path),
    }
    status = 422 if form.errors else 200
    return render(request, "approvals/deciding_settings.html", context, status=status)
