"""Pages that set a budget, change it and end it."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.web import OrgRequest
from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.forms import BudgetForm, ChangeForm, EndForm
from budgets.models import Budget
from budgets.ratio import warning
from budgets.rules import ZERO, Covering, effects
from budgets.views.editing import edit
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotAllowed


@require_http_methods(["GET", "POST"])
def create_budget(request: OrgRequest) -> HttpResponse:
    """Give a group a budget."""
    require_keeper(request)
    form = BudgetForm.of(request, actor=request.actor)

    def save() -> str:
        given = form.cleaned_data
        budget = services.set_budget(
            actor=request.actor,
            group=given["group"],
            kind=PeriodKind(given["kind"]),
            cap=given["cap"],
            terms=form.terms,
            now=clock.now(),
        )
        return selectors.meaning_of(budget, request.organization.currency)

    return edit(request, form, save, {"title": "Set the budget"}, template="budgets/set.html")


@require_http_methods(["GET", "POST"])
def change_cap(request: OrgRequest, budget_id: UUID) -> HttpResponse:
    """Change a budget's cap and how it is held, from the current period on."""
    budget = selectors.budget_for(request.actor, budget_id, Permission.MANAGE_BUDGETS)
    about = _about(request, budget)
    form = ChangeForm.of(request, actor=request.actor, initial=_as_it_is(budget, about))

    def save() -> str:
        changed = services.change_budget(
            actor=request.actor,
            budget_id=budget.id,
            changes=form.changes,
            reason=form.cleaned_data["reason"],
            now=clock.now(),
        )
        return selectors.meaning_of(changed, request.organization.currency)

    return edit(
        request, form, save, about | {"title": "Change the budget"}, template="budgets/set.html"
    )


@require_http_methods(["GET", "POST"])
def end_budget(request: OrgRequest, budget_id: UUID) -> HttpResponse:
    """End a budget, with a reason."""
    budget = selectors.budget_for(request.actor, budget_id, Permission.MANAGE_BUDGETS)
    form = EndForm(request.POST or None)
    today = local_date(clock.now(), request.organization.time_zone)
    too_much = [
        warning(one, request.organization.currency)
        for one in selectors.overgiven_by_ending(budget, today)
    ]

    def save() -> str:
        services.end_budget(
            actor=request.actor, budget_id=budget.id, now=clock.now(), **form.cleaned_data
        )
        return " ".join([f"The budget of {budget.group.name} has ended.", *too_much])

    about = _about(request, budget) | {
        "title": "End the budget",
        "is_ending": True,
        "too_much": too_much,
    }
    return edit(request, form, save, about)


def require_keeper(request: OrgRequest) -> None:
    """Refuse whoever may set budgets on no group; raises `NotAllowed`."""
    if not request.actor.can_anywhere(Permission.MANAGE_BUDGETS):
        raise NotAllowed(
            "Setting budgets takes the role Finance or Administrator on a group. "
            "An administrator can grant it."
        )


def _about(request: OrgRequest, budget: Budget) -> dict[str, object]:
    """Return the budget and how it stands in the current period, for the form that changes it."""
    today = local_date(clock.now(), request.organization.time_zone)
    is_covering = budget.is_active and budget.starts_on <= today
    standing = selectors.standing_of([budget.id], today) if is_covering else {}
    current = standing.get(budget.id)
    return {
        "budget": budget,
        "adjective": PeriodKind(budget.kind).adjective,
        "covering": current,
        "meter": effects([current], ZERO)[0].meter if current else None,
    }


def _as_it_is(budget: Budget, about: dict[str, object]) -> dict[str, object]:
    """Return what the form starts from; the cap is the running period's, without what is on top."""
    current = about["covering"]
    terms = selectors.terms_of(budget)
    return {
        "cap": f"{_set_cap(budget, current):,}" if isinstance(current, Covering) else budget.cap,
        "name": terms.name,
        "warn_percent": terms.warn_percent,
        "marks": ", ".join(str(mark) for mark in terms.marks),
        "enforcement": terms.enforcement.value,
        "block_percent": terms.block_percent,
        "children_percent": terms.children_percent,
        "carries_over": terms.carries_over,
    }


def _set_cap(budget: Budget, current: Covering) -> Decimal:
    if current.period_id is None:
        return budget.cap
    extras = selectors.extra_room([current.period_id])
    return current.cap - extras.get(current.period_id, ZERO)
