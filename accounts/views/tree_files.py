"""Pages of files of groups: the download, the upload, and what a file would change."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.effects import by_head
from accounts.forms import TreeFileForm
from accounts.models import OrgGroup, TreeImport
from accounts.permissions import Permission, require
from accounts.tree_files import decoded
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.downloads import csv_download, problems_download
from procurement.core.errors import DomainError
from procurement.core.paging import page_of
from procurement.core.tabs import tabs_of

_TABS = {
    "problems": "Problems",
    "additions": "New",
    "moves": "Moved",
    "changes": "Changed",
    "removals": "Archived",
    "notes": "Notes",
}
_FIELDS = {
    "name": "Name",
    "code": "Code",
    "kind": "Kind",
    "starts_on": "First day",
    "ends_on": "Last day",
}
_KINDS = dict(OrgGroup.Kind.choices)


@require_GET
def export_tree(request: OrgRequest) -> HttpResponseBase:
    """Download all groups, such that the file can be changed and uploaded again."""
    file = services.export_tree(actor=request.actor, now=clock.now())
    return csv_download(file, f"groups-{slugify(request.organization.name)}")


@require_http_methods(["GET", "POST"])
def import_tree(request: OrgRequest) -> HttpResponse:
    """Take a file of groups, and list those that were uploaded before."""
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    form = TreeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            planned = services.plan_tree_import(
                actor=request.actor,
                file_name=file.name,
                content=decoded(file.read()),
                archive_missing=form.cleaned_data["archive_missing"],
                now=clock.now(),
            )
        except DomainError as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect(_address(request, planned.id))
    context = {"form": form, "page": page_of(request, selectors.tree_imports())}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/import_tree.html", context, status=status)


@require_GET
def tree_import(request: OrgRequest, import_id: UUID) -> HttpResponse:
    """Show what a file would change, or has changed."""
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    return _page(request, selectors.tree_import_for(import_id))


@require_GET
def tree_problems_csv(request: OrgRequest, import_id: UUID) -> HttpResponseBase:
    """Download what is wrong with the lines of a file."""
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    planned = selectors.tree_import_for(import_id)
    return problems_download(planned.plan["problems"])


@require_POST
def apply_tree(request: OrgRequest, import_id: UUID) -> HttpResponse:
    """Change the groups as a file says."""

    def save() -> str:
        done = services.apply_tree_import(
            actor=request.actor,
            import_id=import_id,
            seen=request.POST.get("seen") or None,
            now=clock.now(),
        )
        return f"The groups are as {done.file_name} says."

    return _carry_out(
        request, import_id, save, leads_to=org_reverse(request.organization, "accounts:groups")
    )


@require_POST
def renew_tree(request: OrgRequest, import_id: UUID) -> HttpResponse:
    """Compare a file with the groups as they are by now."""

    def save() -> str:
        services.renew_tree_import(actor=request.actor, import_id=import_id, now=clock.now())
        return "The file has been compared with the groups as they are now."

    return _carry_out(request, import_id, save, leads_to=_address(request, import_id))


@require_POST
def discard_tree(request: OrgRequest, import_id: UUID) -> HttpResponse:
    """Put a file aside."""

    def save() -> str:
        done = services.discard_tree_import(
            actor=request.actor, import_id=import_id, now=clock.now()
        )
        return f"{done.file_name} has been put aside; no group was changed."

    leads_to = org_reverse(request.organization, "accounts:import-tree")
    return _carry_out(request, import_id, save, leads_to=leads_to)


def _carry_out(
    request: OrgRequest, import_id: UUID, save: Callable[[], str], *, leads_to: str
) -> HttpResponse:
    """Do something with a file; a refusal stands on its page, with a way on."""
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
    try:
        messages.success(request, save())
    except DomainError as refusal:
        planned = selectors.tree_import_for(import_id)
        return _page(request, planned, refusal=refusal.message, status=refusal.status)
    return redirect(leads_to)


def _page(
    request: OrgRequest, planned: TreeImport, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    counts = planned.plan["counts"]
    tabs = tabs_of(_TABS, counts, request.GET.get("show", ""))
    rows = [_row(tabs.open, one) for one in planned.plan[tabs.open]] if tabs.open else []
    effects = selectors.effects_of(planned)
    changes = sum(counts[name] for name in ("additions", "moves", "changes", "removals"))
    is_waiting = planned.status == TreeImport.Status.PLANNED
    context: dict[str, Any] = {
        "planned": planned,
        "counts": counts,
        "tabs": tabs.all,
        "show": tabs.open,
        "page": page_of(request, rows),
        "refusal": refusal,
        "effects_by_head": by_head(effects),
        "seen": planned.plan["seen"],
        "is_blocked": planned.plan["is_blocked"],
        "is_waiting": is_waiting,
        "can_apply": is_waiting and changes > 0 and not counts["problems"],
    }
    return render(request, "accounts/tree_import.html", context, status=status)


def _row(show: str, one: dict[str, Any]) -> dict[str, Any]:
    """Return a line of the plan in the words of the page."""
    match show:
        case "additions":
            return {**one, "kind": _KINDS[one["kind"]]}
        case "changes":
            fields = [
                {
                    "label": _FIELDS[field["field"]],
                    "before": _words(field["field"], field["before"]),
                    "after": _words(field["field"], field["after"]),
                }
                for field in one["fields"]
            ]
            return {**one, "fields": fields}
        case "problems" | "notes":
            return {**one, "column": _FIELDS.get(one["column"], one["column"].capitalize())}
        case _:
            return one


def _words(field: str, value: str) -> str:
    return _KINDS.get(value, value) if field == "kind" else value


def _address(request: OrgRequest, import_id: UUID) -> str:
    return org_reverse(request.organization, "accounts:tree-import", import_id=import_id)
