"""Pages of budgets: the tree of meters, the ledger behind each, and the forms that set caps."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from accounts import selectors as accounts
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from budgets import selectors, services
from budgets.exports import ledger_response
from budgets.fiscal import Period, PeriodKind
from budgets.forms import BudgetForm, CapForm, EndForm, LedgerFilterForm
from budgets.models import Budget
from budgets.rules import ZERO, BudgetState, effects
from budgets.selectors import PeriodChoice
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError, NotAllowed, NotFound
from procurement.core.money import format_money, symbol
from procurement.core.paging import page_of

_STATES = {"warned": BudgetState.WARN, "blocked": BudgetState.STOP}


@require_GET
def budget_list(request: OrgRequest) -> HttpResponse:
    """Show the tree of meters of one period, with what is spent, committed, reserved and free."""
    today = local_date(clock.now(), request.organization.time_zone)
    choices = selectors.period_choices(request.actor, today)
    period = _period(request, choices)
    tree = selectors.budget_tree(request.actor, period) if period else ()
    budgets = [row for row in tree if row.effect]
    state = _STATES.get(request.GET.get("state", ""))
    return render(
        request,
        "budgets/list.html",
        {
            "choices": choices,
            "period": period,
            "rows": tree if state is None else [row for row in tree if row.state is state],
            "totals": selectors.totals(tree),
            "count": len(budgets),
            "warned": sum(row.state is BudgetState.WARN for row in budgets),
            "blocked": sum(row.state is BudgetState.STOP for row in budgets),
            "state": request.GET.get("state") if state else "",
            "is_running": period is not None and today in period,
            "can_create": request.actor.can_anywhere(Permission.MANAGE_BUDGETS),
            "can_view": request.actor.can_anywhere(Permission.VIEW_BUDGETS),
        },
    )


@require_GET
def ledgers_csv(request: OrgRequest) -> HttpResponseBase:
    """Download the ledgers of every budget of one period that the actor may see."""
    today = local_date(clock.now(), request.organization.time_zone)
    period = _period(request, selectors.period_choices(request.actor, today))
    if period is None:
        raise NotFound("There is no budget yet, and so no ledger.")
    tree = selectors.budget_tree(request.actor, period)
    ids = [
        row.effect.covering.period_id
        for row in tree
        if row.effect and row.effect.covering.period_id is not None
    ]
    return ledger_response(request.organization, ids, f"ledger-{slugify(period.label)}")


@require_GET
def ledger(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Show one period of a budget: its meter, and every movement with the running balance."""
    covering = selectors.period_for(request.actor, period_id)
    form = LedgerFilterForm(request.GET)
    narrowed = form.narrowed()
    path = covering.group_path
    return render(
        request,
        "budgets/ledger.html",
        {
            "covering": covering,
            "meter": effects([covering], ZERO)[0].meter,
            "form": form,
            "is_narrowed": any(narrowed.values()),
            "page": page_of(request, selectors.ledger_of(covering, **narrowed), per_page=50),
            "periods": selectors.periods_around(covering),
            "can_manage": request.actor.can(Permission.MANAGE_BUDGETS, path),
            "sees_orders": request.actor.can(Permission.VIEW_ORDERS, path),
        },
    )


@require_GET
def ledger_csv(request: OrgRequest, period_id: UUID) -> HttpResponseBase:
    """Download one period's ledger."""
    covering = selectors.period_for(request.actor, period_id)
    name = f"ledger-{slugify(covering.group_name)}-{slugify(covering.period.label)}"
    return ledger_response(request.organization, [period_id], name)


@require_http_methods(["GET", "POST"])
def create_budget(request: OrgRequest) -> HttpResponse:
    """Give a group a budget."""
    groups = [
        node
        for node in accounts.group_tree(request.actor)
        if request.actor.can(Permission.MANAGE_BUDGETS, node.path) and node.is_active
    ]
    if not groups:
        raise NotAllowed(
            "Setting budgets takes the role Finance or Administrator on a group. "
            "An administrator can grant it."
        )
    form = BudgetForm(
        request.POST or None, groups=groups, initial={"group": request.GET.get("group")}
    )

    def save() -> str:
        given = dict(form.cleaned_data)
        group = accounts.group_for(request.actor, given.pop("group"), Permission.MANAGE_BUDGETS)
        budget = services.set_budget(actor=request.actor, group=group, now=clock.now(), **given)
        cap = format_money(budget.cap, request.organization.currency)
        adjective = PeriodKind(budget.kind).adjective
        return f"{budget.group.name} has a {adjective} budget of {cap} now."

    return _edit(request, form, save, {"title": "Set the budget"})


@require_http_methods(["GET", "POST"])
def change_cap(request: OrgRequest, budget_id: UUID) -> HttpResponse:
    """Raise or lower a budget's cap from the current period on."""
    budget = selectors.budget_for(request.actor, budget_id, Permission.MANAGE_BUDGETS)
    form = CapForm(request.POST or None, initial={"cap": f"{budget.cap:,}"})

    def save() -> str:
        changed = services.change_cap(
            actor=request.actor, budget_id=budget.id, now=clock.now(), **form.cleaned_data
        )
        cap = format_money(changed.cap, request.organization.currency)
        return f"The cap of {budget.group.name} is {cap} now."

    return _edit(request, form, save, _about(request, budget) | {"title": "Change the cap"})


@require_http_methods(["GET", "POST"])
def end_budget(request: OrgRequest, budget_id: UUID) -> HttpResponse:
    """End a budget, with a reason."""
    budget = selectors.budget_for(request.actor, budget_id, Permission.MANAGE_BUDGETS)
    form = EndForm(request.POST or None)

    def save() -> str:
        services.end_budget(
            actor=request.actor, budget_id=budget.id, now=clock.now(), **form.cleaned_data
        )
        return f"The budget of {budget.group.name} has ended."

    about = _about(request, budget) | {"title": "End the budget", "is_ending": True}
    return _edit(request, form, save, about)


def _period(request: OrgRequest, choices: tuple[PeriodChoice, ...]) -> Period | None:
    """Return the period that the address names, or the one that says most today."""
    code = request.GET.get("period", "")
    asked = selectors.fiscal_calendar().from_code(code) if code else None
    today = local_date(clock.now(), request.organization.time_zone)
    return asked or selectors.period_shown(choices, today)


def _about(request: OrgRequest, budget: Budget) -> dict[str, object]:
    """Return the budget and how it stands in the current period, for the form that changes it."""
    today = local_date(clock.now(), request.organization.time_zone)
    standing = selectors.covering([budget.group_id], today)
    current = next((one for one in standing if one.budget_id == budget.id), None)
    return {
        "budget": budget,
        "adjective": PeriodKind(budget.kind).adjective,
        "covering": current,
        "meter": effects([current], ZERO)[0].meter if current else None,
    }


def _edit(
    request: OrgRequest, form: forms.Form, save: Callable[[], str], context: dict[str, object]
) -> HttpResponse:
    """Show a form, or carry it out and lead back; a refusal stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save())
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return redirect(org_reverse(request.organization, "budgets:list"))
    shown = context | {"form": form, "symbol": symbol(request.organization.currency).strip()}
    return render(request, "budgets/form.html", shown, status=422 if form.errors else 200)
