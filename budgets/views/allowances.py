"""Pages of personal budgets: those that everybody of a group has, and one's own."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from budgets import selectors, services
from budgets.allowances import count_of
from budgets.fiscal import PeriodKind
from budgets.forms import AllowanceChangeForm, AllowanceForm, EndForm
from budgets.rules import ZERO, effects
from budgets.views.caps import require_keeper
from budgets.views.editing import edit
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.paging import page_of


@require_GET
def allowances(request: OrgRequest) -> HttpResponse:
    """List the personal budgets by group, with how many people have one and how they stand."""
    page = page_of(request, selectors.allowances_of(request.actor))
    rows = selectors.allowance_rows(
        request.actor,
        page.items,
        currency=request.organization.currency,
        on=local_date(clock.now(), request.organization.time_zone),
    )
    context = {
        "page": page,
        "rows": rows,
        "can_create": request.actor.can_anywhere(Permission.MANAGE_BUDGETS),
    }
    return render(request, "budgets/allowances.html", context)


@require_GET
def allowance(request: OrgRequest, allowance_id: UUID) -> HttpResponse:
    """Show the people who have a budget by an allowance, each with their meter."""
    found = selectors.allowance_for(request.actor, allowance_id)
    today = local_date(clock.now(), request.organization.time_zone)
    currency = request.organization.currency
    (row,) = selectors.allowance_rows(request.actor, [found], currency=currency, on=today)
    query = request.GET.get("q", "").strip()[:100]
    page = page_of(request, selectors.people_with(found, query))
    context = {
        "row": row,
        "query": query,
        "page": page,
        "people": selectors.own_rows(page.items, on=today),
    }
    return render(request, "budgets/allowance.html", context)


@require_http_methods(["GET", "POST"])
def create_allowance(request: OrgRequest) -> HttpResponse:
    """Give everybody of a group a budget of their own."""
    require_keeper(request)
    form = AllowanceForm.of(request, actor=request.actor)

    def save() -> str:
        given = services.set_allowance(
            actor=request.actor,
            group=form.cleaned_data["group"],
            kind=PeriodKind(form.cleaned_data["kind"]),
            cap=form.cleaned_data["cap"],
            terms=form.terms,
            now=clock.now(),
        )
        what = selectors.about_allowance(given.allowance, request.organization.currency)
        return f"{count_of(given.people).capitalize()} may use {what} now. Joiners get it, too."

    context: dict[str, object] = {"title": "Give personal budgets"}
    return edit(
        request, form, save, context, template="budgets/set_allowance.html", onward=_list(request)
    )


@require_http_methods(["GET", "POST"])
def change_allowance(request: OrgRequest, allowance_id: UUID) -> HttpResponse:
    """Change what everybody gets, from the running period on."""
    found = selectors.allowance_for(request.actor, allowance_id, Permission.MANAGE_BUDGETS)
    form = AllowanceChangeForm(request.POST or None, initial={"cap": f"{found.cap:,}"})

    def save() -> str:
        outcome = services.change_allowance(
            actor=request.actor, allowance_id=found.id, now=clock.now(), **form.cleaned_data
        )
        if outcome.used_up:
            messages.warning(
                request,
                f"{count_of(outcome.used_up).capitalize()} had used more already: nothing is left "
                "for them in the running period.",
            )
        return f"The budgets of {count_of(outcome.changed)} have changed."

    context = _about(request, allowance_id) | {"title": "Change what each may use"}
    return edit(
        request, form, save, context, template="budgets/set_allowance.html", onward=_list(request)
    )


@require_http_methods(["GET", "POST"])
def end_allowance(request: OrgRequest, allowance_id: UUID) -> HttpResponse:
    """End everybody's budget of an allowance, with a reason."""
    found = selectors.allowance_for(request.actor, allowance_id, Permission.MANAGE_BUDGETS)
    form = EndForm(request.POST or None)

    def save() -> str:
        ended = services.end_allowance(
            actor=request.actor, allowance_id=found.id, now=clock.now(), **form.cleaned_data
        )
        return f"The personal budgets of {count_of(ended)} have ended."

    context = _about(request, allowance_id) | {"title": "End personal budgets", "is_ending": True}
    return edit(
        request, form, save, context, template="budgets/set_allowance.html", onward=_list(request)
    )


@require_GET
def own_budgets(request: OrgRequest) -> HttpResponse:
    """Show what is one's own to spend: personal budgets, and those of seats that one fills."""
    today = local_date(clock.now(), request.organization.time_zone)
    found = effects(selectors.own_budgets(request.actor, today), ZERO)
    return render(request, "budgets/mine.html", {"budgets": found})


def _list(request: OrgRequest) -> str:
    return org_reverse(request.organization, "budgets:allowances")


def _about(request: OrgRequest, allowance_id: UUID) -> dict[str, object]:
    """Return the allowance and how many people it concerns, for the form that changes it."""
    found = selectors.allowance_for(request.actor, allowance_id, Permission.MANAGE_BUDGETS)
    today = local_date(clock.now(), request.organization.time_zone)
    currency = request.organization.currency
    (row,) = selectors.allowance_rows(request.actor, [found], currency=currency, on=today)
    return {"row": row, "people": count_of(row.people)}
