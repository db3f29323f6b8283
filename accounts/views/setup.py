"""Pages of the first-run guide and of an organization's particulars."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import OrganizationForm
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.services import Particulars
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal


@require_GET
def guide(request: OrgRequest) -> HttpResponse:
    """Show what a new organization sets up first, and how far it is."""
    root = _root(request)
    progress = selectors.setup_progress(request.organization, now=clock.now())
    rows = [
        {
            "step": one.step,
            "state": one.state.value,
            "address": org_reverse(
                request.organization,
                one.step.route,
                **({"group_id": root.id} if one.step.about_root else {}),
            ),
        }
        for one in progress.steps
    ]
    return render(request, "accounts/setup.html", {"progress": progress, "rows": rows})


@require_POST
def skip(request: OrgRequest, step: str) -> HttpResponse:
    """Leave a step out, or take it up again."""
    is_skipped = request.POST.get("again") != "yes"
    services.skip_setup_step(
        actor=request.actor,
        organization=request.organization,
        step=step,
        skip=is_skipped,
        now=clock.now(),
    )
    return redirect(org_reverse(request.organization, "setup:guide"))


@require_POST
def close(request: OrgRequest) -> HttpResponse:
    """Put the guide away, or bring it back."""
    is_closed = request.POST.get("again") != "yes"
    services.close_setup(
        actor=request.actor,
        organization=request.organization,
        is_closed=is_closed,
        now=clock.now(),
    )
    if is_closed:
        messages.success(request, "The guide is put away. You find it under Organization again.")
        return redirect(org_reverse(request.organization, "home"))
    return redirect(org_reverse(request.organization, "setup:guide"))


@require_http_methods(["GET", "POST"])
def organization(request: OrgRequest) -> HttpResponse:
    """Show and change the particulars of the organization."""
    _root(request)
    known = services.particulars_of(request.organization)
    form = OrganizationForm(request.POST or None, initial=asdict(known))
    if form.is_bound and form.is_valid():
        try:
            services.change_organization(
                actor=request.actor,
                organization=request.organization,
                particulars=Particulars(**form.cleaned_data),
                now=clock.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The particulars of the organization are saved.")
            is_open = request.organization.setup_closed_at is None
            leads_to = "setup:guide" if is_open else "setup:organization"
            return redirect(org_reverse(request.organization, leads_to))
    context = {"form": form, "is_currency_fixed": selectors.keeps_money()}
    status = 422 if form.errors else 200
    return render(request, "accounts/organization.html", context, status=status)


def _root(request: OrgRequest) -> OrgGroup:
    root = selectors.root_group()
    require(request.actor, Permission.MANAGE_GROUPS, root)
    return root
