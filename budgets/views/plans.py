"""Pages that plan a period's caps: the table, and what is done to many of them at once.

Each action is shown before it is carried out: the first POST answers with all that would change,
the second one, with the fingerprint of what was shown, changes it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors as accounts
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from budgets import selectors, services
from budgets.exports import plan_response
from budgets.fiscal import Period
from budgets.forms import CopyForm, RollUpForm, SplitForm
from budgets.plan_files.reading import amount_of
from budgets.planning import OwnShare, Plan, PlannedCap, SplitBy
from budgets.selectors import PlanRow
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError, NotFound
from procurement.core.money import symbol
from procurement.core.paging import page_of

_PER_PAGE = 50
_NAMED = 3
_MOST_SHOWN = 100
_FIELD = "cap-"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table as its form shows it: with what was entered, and what is wrong with it."""

    row: PlanRow
    written: str
    error: str = ""


@require_GET
def plan_table(request: OrgRequest) -> HttpResponse:
    """Show the caps of a period beside those of the one before, to be planned."""
    return _table(request)


@require_POST
def plan_caps(request: OrgRequest) -> HttpResponseBase:
    """Plan the caps that were entered in the table: shown first, then carried out."""
    selectors.require_planner(request.actor)
    today = _today(request)
    period = selectors.period_named(request.POST.get("period", ""))
    entered = {
        budget_id: value.strip()
        for name, value in request.POST.items()
        if isinstance(value, str)
        and name.startswith(_FIELD)
        and (budget_id := uuid_or_none(name.removeprefix(_FIELD)))
    }
    amounts = {budget_id: amount_of(value) for budget_id, value in entered.items() if value}
    wrong = {budget_id for budget_id, amount in amounts.items() if amount is None}
    if wrong:
        return _table(request, entered=entered, wrong=wrong, status=422)
    rows = [
        PlannedCap(budget_id, period, amount)
        for budget_id, amount in amounts.items()
        if amount is not None
    ]
    reason = request.POST.get("reason", "")[:500]
    return _review(
        request,
        period,
        title=f"Plan {period.title}",
        draft=lambda: selectors.draft_caps(request.actor, rows, today=today),
        save=lambda seen: services.plan_period(
            actor=request.actor, rows=rows, reason=reason, seen=seen, now=clock.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def copy_plan(request: OrgRequest) -> HttpResponseBase:
    """Copy a period's caps to another one, with growth."""
    selectors.require_planner(request.actor)
    today = _today(request)
    choices = selectors.plan_choices(today, earlier=2)
    groups = [
        node
        for node in accounts.group_tree(request.actor)
        if node.is_active and request.actor.can(Permission.MANAGE_BUDGETS, node.path)
    ]
    target = _period(request, selectors.plan_choices(today))
    initial = {"to_period": target.code, "from_period": _before(target).code} if target else {}
    form = CopyForm(request.POST or None, periods=choices, groups=groups, initial=initial)
    if request.method == "GET" or not form.is_valid():
        return _form(request, form, title="Copy forward", action="Show what this changes")
    given: dict[str, Any] = {
        "from_code": form.cleaned_data["from_period"],
        "to_code": form.cleaned_data["to_period"],
        "percent": form.cleaned_data["percent"],
        "group_ids": [one] if (one := form.cleaned_data["group"]) else [],
    }
    return _review(
        request,
        selectors.period_named(given["to_code"]),
        title="Copy forward",
        form=form,
        draft=lambda: selectors.draft_copy(request.actor, today=today, **given),
        save=lambda seen: services.copy_forward(
            actor=request.actor,
            reason=form.cleaned_data["reason"],
            seen=seen,
            now=clock.now(),
            **given,
        ),
    )


@require_http_methods(["GET", "POST"])
def split_plan(request: OrgRequest, budget_id: UUID) -> HttpResponseBase:
    """Share a budget out among the budgets next below it."""
    budget = selectors.budget_for(request.actor, budget_id, Permission.MANAGE_BUDGETS)
    today = _today(request)
    period = _period_planned(request)
    code = period.code
    slot = next(
        (one for one in selectors.slots_in([period]) if one.covering.budget_id == budget.id), None
    )
    cap = slot.covering.cap if slot else budget.cap
    form = SplitForm(request.POST or None, initial={"amount": f"{cap:,}"})
    title = f"Split {budget.group.name}, {period.label}"
    if request.method == "GET" or not form.is_valid():
        return _form(
            request, form, title=title, action="Show what this changes", hidden=("period", code)
        )
    given: dict[str, Any] = {
        "budget_id": budget.id,
        "code": code,
        "by": SplitBy(form.cleaned_data["by"]),
        "amount": form.cleaned_data["amount"],
        "makes_missing": form.cleaned_data["makes_missing"],
    }
    return _review(
        request,
        period,
        title=title,
        form=form,
        hidden=("period", code),
        draft=lambda: selectors.draft_split(request.actor, today=today, **given),
        save=lambda seen: services.split_down(
            actor=request.actor,
            reason=form.cleaned_data["reason"],
            seen=seen,
            now=clock.now(),
            **given,
        ),
    )


@require_http_methods(["GET", "POST"])
def roll_up_plan(request: OrgRequest) -> HttpResponseBase:
    """Make each cap of a period the sum of those next below it."""
    selectors.require_planner(request.actor)
    today = _today(request)
    period = _period_planned(request)
    code = period.code
    form = RollUpForm(request.POST or None)
    title = f"Roll up {period.title}"
    if request.method == "GET" or not form.is_valid():
        return _form(
            request, form, title=title, action="Show what this changes", hidden=("period", code)
        )
    own = OwnShare(form.cleaned_data["own"])
    return _review(
        request,
        period,
        title=title,
        form=form,
        hidden=("period", code),
        draft=lambda: selectors.draft_roll_up(request.actor, code=code, own=own, today=today),
        save=lambda seen: services.roll_up(
            actor=request.actor,
            code=code,
            own=own,
            reason=form.cleaned_data["reason"],
            seen=seen,
            now=clock.now(),
        ),
    )


def _table(
    request: OrgRequest,
    *,
    entered: dict[UUID, str] | None = None,
    wrong: set[UUID] | None = None,
    status: int = 200,
) -> HttpResponse:
    choices = selectors.plan_choices(_today(request))
    period = _period(request, choices)
    rows = selectors.plan_table(request.actor, period) if period else []
    page = page_of(request, rows, per_page=_PER_PAGE)
    lines = [
        _Line(
            row,
            (entered or {}).get(budget_id, f"{row.slot.covering.cap:,}"),
            "Enter an amount, such as 20,000.00." if budget_id in (wrong or ()) else "",
        )
        for row in page.items
        for budget_id in (row.slot.covering.budget_id,)
    ]
    tops = [row for row in rows if row.level == 1]
    too_much = [row.slot.covering.title for row in rows if row.overgiven]
    context = {
        "choices": choices,
        "period": period,
        "before": _before(period) if period else None,
        "lines": lines,
        "page": page,
        "too_much": too_much[:_NAMED],
        "too_much_besides": max(len(too_much) - _NAMED, 0),
        "can_plan": any(row.can_manage for row in rows),
        "can_import": _may_import(request),
        "total": sum((row.slot.covering.cap for row in tops), Decimal(0)),
        "total_before": sum((one.before.covering.cap for one in tops if one.before), Decimal(0)),
        "spent_before": sum((one.before.covering.spent for one in tops if one.before), Decimal(0)),
        "can_create": request.actor.can_anywhere(Permission.MANAGE_BUDGETS),
    }
    return render(request, "budgets/plan/table.html", context, status=status)


def _form(
    request: OrgRequest,
    form: forms.Form,
    *,
    title: str,
    action: str,
    hidden: tuple[str, str] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "action": action,
        "hidden": hidden,
        "symbol": symbol(request.organization.currency).strip(),
    }
    return render(request, "budgets/plan/form.html", context, status=422 if form.errors else 200)


def _review(
    request: OrgRequest,
    period: Period,
    *,
    title: str,
    draft: Callable[[], Plan],
    save: Callable[[str], Plan],
    form: forms.Form | None = None,
    hidden: tuple[str, str] | None = None,
) -> HttpResponseBase:
    """Show what would change, send it as a file, or, once it was looked at, change it."""
    refusal, status = "", 200
    try:
        if seen := request.POST.get("seen", ""):
            done = save(seen)
            messages.success(request, _said(done, period))
            address = org_reverse(request.organization, "budgets:plan")
            return redirect(f"{address}?period={period.code}")
    except DomainError as error:
        refusal, status = error.message, error.status
    try:
        plan = draft()
    except DomainError as error:
        if form is None:
            raise
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _form(request, form, title=title, action="Show what this changes", hidden=hidden)
    if request.POST.get("download"):
        return plan_response(plan, f"plan-{slugify(period.label)}")
    context = {
        "title": title,
        "period": period,
        "plan": plan,
        "shown": plan.changes[:_MOST_SHOWN],
        "more": max(len(plan.changes) - _MOST_SHOWN, 0),
        "refused": plan.refusals[:_MOST_SHOWN],
        "refusal": refusal,
        "repeated": list(_repeated(request)),
    }
    if plan.refusals:
        status = 422
    return render(request, "budgets/plan/review.html", context, status=status)


def _repeated(request: OrgRequest) -> Iterator[tuple[str, str]]:
    """Yield what was entered, to be sent once more with the answer."""
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", "seen", "download"):
            yield from ((name, str(value)) for value in values)


def _said(plan: Plan, period: Period) -> str:
    count = len(plan.changes)
    if not count:
        return f"The caps of {period.title} are as planned already."
    return f"{count:,} {'cap' if count == 1 else 'caps'} of {period.title} planned."


def _today(request: OrgRequest) -> date:
    return local_date(clock.now(), request.organization.time_zone)


def _before(period: Period) -> Period:
    return selectors.fiscal_calendar().before(period)


def _period(request: OrgRequest, choices: tuple[Period, ...]) -> Period | None:
    """Return the period that was chosen, by default the next one of the longest kind."""
    code = request.POST.get("period") or request.GET.get("period", "")
    if code:
        return selectors.period_named(code)
    return choices[1] if choices else None


def _period_planned(request: OrgRequest) -> Period:
    found = _period(request, selectors.plan_choices(_today(request)))
    if found is None:
        raise NotFound("There is no budget yet, and so nothing to plan.")
    return found


def _may_import(request: OrgRequest) -> bool:
    return request.actor.can(Permission.MANAGE_BUDGETS, accounts.root_group().path)
