"""Pages of seats: which kinds there are, who fills them, and where nobody does."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import PositionForm, SeatForm
from accounts.models import OrgGroup, Position
from accounts.permissions import Permission, require
from accounts.views.agreeing import agree
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from procurement.core import clock
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.forms import show_refusal
from procurement.core.paging import page_of


@require_http_methods(["GET", "POST"])
def fill_position(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Fill or vacate a seat, or name or release its deputy, with the effects shown before."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    form = SeatForm.of(
        request,
        actor=request.actor,
        positions=selectors.positions(),
        initial=_as_it_is(request, group),
    )

    def seat() -> dict[str, Any]:
        member = form.cleaned_data["membership"]
        chosen = {"membership": member} if member else {}
        return {
            "actor": request.actor,
            "group": group,
            "now": clock.now(),
            "position": form.cleaned_data["position"],
            "is_deputy": form.cleaned_data["is_deputy"],
            **chosen,
        }

    def save(seen: str | None) -> str:
        title = "Deputy of " if form.cleaned_data["is_deputy"] else ""
        name = f"{title}{form.cleaned_data['position']} of {group.name}"
        if form.cleaned_data["membership"] is None:
            services.vacate_position(seen=seen, **seat())
            return f"{name}: nobody any more."
        services.fill_position(seen=seen, **seat())
        return f"{name}: {form.cleaned_data['membership'].user.name}."

    return agree(
        request,
        form,
        group,
        "Fill a seat",
        preview=lambda: (
            services.preview_filling(**seat())
            if form.cleaned_data["membership"]
            else services.preview_vacating(**seat())
        ),
        save=save,
    )


def _as_it_is(request: OrgRequest, group: OrgGroup) -> dict[str, Any]:
    """Return who is in the seat that the address names, so that the form starts from there."""
    position_id = uuid_or_none(request.GET.get("position"))
    if position_id is None or request.method != "GET":
        return {}
    states = {state.position_id: state for state in selectors.seat_overview(group)}
    state = states.get(position_id)
    is_deputy = request.GET.get("is_deputy") == "yes"
    occupant = (state.deputy if is_deputy else state.own) if state else None
    return {"membership": str(occupant.person.membership_id)} if occupant else {}


@require_GET
def positions(request: OrgRequest) -> HttpResponse:
    """Show the kinds of seats, how many groups fill them, and what asks for them."""
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    page = page_of(request, selectors.position_rows(now=clock.now()))
    return render(request, "accounts/positions.html", {"page": page, "tab": "positions"})


@require_http_methods(["GET", "POST"])
def create_position(request: OrgRequest) -> HttpResponse:
    """Give the organization's groups a new kind of seat."""
    root = selectors.root_group()
    require(request.actor, Permission.MANAGE_GROUPS, root)
    form = PositionForm(request.POST or None, taken=selectors.position_names())
    return _position_page(
        request,
        form,
        "New kind of seat",
        lambda name: services.create_position(
            actor=request.actor, root=root, name=name, now=clock.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def rename_position(request: OrgRequest, position_id: UUID) -> HttpResponse:
    """Call a kind of seat by another name."""
    root = selectors.root_group()
    require(request.actor, Permission.MANAGE_GROUPS, root)
    position = selectors.position_for(position_id)
    form = PositionForm(request.POST or None, initial={"name": position.name})
    return _position_page(
        request,
        form,
        f"Rename {position.name}",
        lambda name: services.rename_position(
            actor=request.actor, position=position, root=root, name=name, now=clock.now()
        ),
    )


@require_POST
def archive_position(request: OrgRequest, position_id: UUID) -> HttpResponse:
    """Stop offering a kind of seat, or offer an archived one again."""
    root = selectors.root_group()
    require(request.actor, Permission.MANAGE_GROUPS, root)
    position = selectors.position_for(position_id)
    change = services.restore_position if position.archived_at else services.archive_position
    state = "is offered again" if position.archived_at else "is no longer offered"
    try:
        change(actor=request.actor, position=position, root=root, now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{position.name} {state}.")
    return redirect(org_reverse(request.organization, "accounts:positions"))


@require_GET
def vacancies(request: OrgRequest) -> HttpResponse:
    """Show where seats that policies rely on are vacant, or have one person and no deputy."""
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Vacant seats are shown to those who manage the people of some group.")
    found = selectors.seat_findings(request.actor, now=clock.now())
    shows_lone = request.GET.get("show") == "lone"
    context = {
        "tab": "lone" if shows_lone else "vacancies",
        "page": page_of(request, found.lone if shows_lone else found.vacant),
        "shows_lone": shows_lone,
        "vacant": len(found.vacant),
        "lone": len(found.lone),
    }
    return render(request, "accounts/vacancies.html", context)


def _position_page(request: OrgRequest, form: forms.Form, title: str, save: Any) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            position: Position = save(form.cleaned_data["name"])
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"{position.name} is a kind of seat now.")
            return redirect(org_reverse(request.organization, "accounts:positions"))
    context = {"form": form, "title": title}
    status = 422 if form.errors else 200
    return render(request, "accounts/position_form.html", context, status=status)
