"""Pages that set a budget, change its cap and end it."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import selectors as accounts
from accounts.permissions import Permission
from accounts.web import OrgRequest
from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.forms import BudgetForm, CapForm, EndForm
from budgets.models import Budget
from budgets.rules import ZERO, effects
from budgets.views.editing import edit
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotAllowed
from procurement.core.money import format_money


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

    return edit(request, form, save, {"title": "Set the budget"})


@require_http_methods(["GET", "POST"])
def change_cap(request: OrgRequest, budget_id: UUID) -> HttpResponse:
    """Raise or lower a budget's cap from the current period on."""
    budget = selectors.budget_for(request.actor, budget_id, Permission.MANAGE_BUDGETS)
    form = CapForm(
        request.POST or None, initial={"cap": request.GET.get("cap") or f"{budget.cap:,}"}
    )

    def save() -> str:
        changed = services.change_cap(
            actor=request.actor, budget_id=budget.id, now=clock.now(), **form.cleaned_data
        )
        cap = format_money(changed.cap, request.organization.currency)
        return f"The cap of {budget.group.name} is {cap} now."

    return edit(request, form, save, _about(request, budget) | {"title": "Change the cap"})


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
    return edit(request, form, save, about)


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
