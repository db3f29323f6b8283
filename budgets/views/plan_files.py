"""Pages of files of caps: the download, the upload, and what a file would change."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors as accounts
from accounts.permissions import Permission, require
from accounts.tree_files import decoded
from accounts.web import OrgRequest, org_reverse
from budgets import selectors, services
from budgets.exports import budgets_response
from budgets.forms import BudgetFileForm
from budgets.models import BudgetImport
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.downloads import problems_download
from procurement.core.errors import DomainError
from procurement.core.paging import page_of
from procurement.core.tabs import tabs_of

_TABS = {
    "problems": "Problems",
    "additions": "New",
    "changes": "Changed caps",
    "terms": "Held otherwise",
}
FIELDS = {
    "group_id": "Group",
    "group": "Group",
    "name": "Name",
    "warn_percent": "Warn at",
    "block_percent": "Stop at",
    "marks": "Further marks",
    "enforcement": "Hard or soft",
    "children_percent": "Groups below may have",
    "carries_over": "Carries over",
}


@require_GET
def export_budgets(request: OrgRequest) -> HttpResponseBase:
    """Download caps, such that the file can be changed and uploaded again."""
    selectors.require_planner(request.actor)
    code = request.GET.get("period", "")
    period = selectors.period_named(code) if code else None
    today = local_date(clock.now(), request.organization.time_zone)
    lines = selectors.budget_lines(request.actor, period, today=today)
    name = f"budgets-{slugify(period.label)}" if period else "budgets"
    return budgets_response(lines, name)


@require_http_methods(["GET", "POST"])
def import_budgets(request: OrgRequest) -> HttpResponse:
    """Take a file of caps, and list those that were uploaded before."""
    _require(request)
    form = BudgetFileForm(
        request.POST or None,
        request.FILES or None,
        initial={"period_code": request.GET.get("period", "")},
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            planned = services.plan_budget_import(
                actor=request.actor,
                file_name=file.name,
                content=decoded(file.read()),
                period_code=form.cleaned_data["period_code"],
                now=clock.now(),
            )
        except DomainError as refusal:
            form.add_error("period_code" if refusal.field else "file", refusal.message)
        else:
            return redirect(_address(request, planned.id))
    context = {"form": form, "page": page_of(request, selectors.budget_imports())}
    status = 422 if request.method == "POST" else 200
    return render(request, "budgets/plan/imports.html", context, status=status)


@require_GET
def budget_import(request: OrgRequest, file_id: UUID) -> HttpResponse:
    """Show what a file would change or has changed, or how far the worker is with it."""
    _require(request)
    planned = selectors.budget_import_for(file_id)
    if request.headers.get("HX-Request"):
        answer = render(request, "budgets/plan/_import_progress.html", {"planned": planned})
        if planned.status != BudgetImport.Status.APPLYING:
            answer["HX-Refresh"] = "true"
        return answer
    return _page(request, planned)


@require_GET
def import_problems_csv(request: OrgRequest, file_id: UUID) -> HttpResponseBase:
    """Download what is wrong with the lines of a file."""
    _require(request)
    planned = selectors.budget_import_for(file_id)
    return problems_download(planned.plan["problems"])


@require_POST
def apply_import(request: OrgRequest, file_id: UUID) -> HttpResponse:
    """Change the budgets as a file says: at once, or by the worker where it is long."""
    _require(request)
    try:
        found = services.start_budget_import(
            actor=request.actor,
            import_id=file_id,
            reason=request.POST.get("reason", "")[:500],
            now=clock.now(),
        )
    except DomainError as refusal:
        return _refused(request, file_id, refusal)
    if found.status == BudgetImport.Status.APPLYING:
        return redirect(_address(request, file_id))
    messages.success(request, f"The caps are as {found.file_name} says.")
    return redirect(org_reverse(request.organization, "budgets:plan"))


@require_POST
def renew_import(request: OrgRequest, file_id: UUID) -> HttpResponse:
    """Compare a file with the budgets as they are by now."""

    def save() -> str:
        services.renew_budget_import(actor=request.actor, import_id=file_id, now=clock.now())
        return "The file has been compared with the caps as they are now."

    return _carry_out(request, file_id, save, leads_to=_address(request, file_id))


@require_POST
def discard_import(request: OrgRequest, file_id: UUID) -> HttpResponse:
    """Put a file aside."""

    def save() -> str:
        done = services.discard_budget_import(actor=request.actor, import_id=file_id)
        return f"{done.file_name} has been put aside; no budget was changed."

    leads_to = org_reverse(request.organization, "budgets:import")
    return _carry_out(request, file_id, save, leads_to=leads_to)


def _require(request: OrgRequest) -> None:
    require(request.actor, Permission.MANAGE_BUDGETS, accounts.root_group())


def _carry_out(
    request: OrgRequest, file_id: UUID, save: Callable[[], str], *, leads_to: str
) -> HttpResponse:
    """Do something with a file; a refusal stands on its page, with a way on."""
    _require(request)
    try:
        messages.success(request, save())
    except DomainError as refusal:
        return _refused(request, file_id, refusal)
    return redirect(leads_to)


def _refused(request: OrgRequest, file_id: UUID, refusal: DomainError) -> HttpResponse:
    planned = selectors.budget_import_for(file_id)
    return _page(request, planned, refusal=refusal.message, status=refusal.status)


def _page(
    request: OrgRequest, planned: BudgetImport, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    counts = planned.plan["counts"]
    tabs = tabs_of(_TABS, counts, request.GET.get("show", ""))
    rows = [_row(tabs.open, one) for one in planned.plan[tabs.open]] if tabs.open else []
    changes = sum(counts[name] for name in ("additions", "changes", "terms"))
    is_waiting = planned.status == BudgetImport.Status.PLANNED
    context: dict[str, Any] = {
        "planned": planned,
        "plan": planned.plan,
        "counts": counts,
        "tabs": tabs.all,
        "show": tabs.open,
        "page": page_of(request, rows),
        "refusal": refusal or (planned.failure if is_waiting else ""),
        "is_waiting": is_waiting,
        "is_applying": planned.status == BudgetImport.Status.APPLYING,
        "can_apply": is_waiting and changes > 0 and not counts["problems"],
    }
    return render(request, "budgets/plan/import.html", context, status=status)


def _row(show: str, one: dict[str, Any]) -> dict[str, Any]:
    """Return a line of the plan in the words of the page."""
    match show:
        case "problems":
            column = one["column"]
            return {**one, "column": FIELDS.get(column, column.replace("_", " ").capitalize())}
        case "terms":
            fields = [{**given, "label": FIELDS[given["field"]]} for given in one["fields"]]
            return {**one, "fields": fields}
        case _:
            return one


def _address(request: OrgRequest, file_id: UUID) -> str:
    return org_reverse(request.organization, "budgets:import-plan", file_id=file_id)
