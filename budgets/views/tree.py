"""Pages of budgets as they stand: the tree of meters, and the ledger behind each."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.selectors import root_group
from accounts.web import OrgRequest
from budgets import selectors
from budgets.exports import ledger_response
from budgets.fiscal import Period
from budgets.forms import LedgerFilterForm
from budgets.rules import ZERO, BudgetState, effects
from budgets.selectors import PeriodChoice
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotFound
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
            "runs_budgets": request.actor.can(Permission.MANAGE_BUDGETS, root_group().path),
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


def _period(request: OrgRequest, choices: tuple[PeriodChoice, ...]) -> Period | None:
    """Return the period that the address names, or the one that says most today."""
    code = request.GET.get("period", "")
    asked = selectors.fiscal_calendar().from_code(code) if code else None
    today = local_date(clock.now(), request.organization.time_zone)
    return asked or selectors.period_shown(choices, today)
