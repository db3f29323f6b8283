"""Policies as files: the download, the upload, and what a file would change."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.forms import PolicyFileForm, PolicyImportForm
from approvals.selectors import ImportPlan
from procurement.core import clock
from procurement.core.downloads import yaml_download
from procurement.core.errors import DomainError, NotAllowed


@require_GET
def export_policies(request: OrgRequest) -> HttpResponse:
    """Download the last version of every policy that the actor may write."""
    text = services.export_policies(actor=request.actor, now=clock.now())
    return yaml_download(text, f"policies-{slugify(request.organization.name)}")


@require_GET
def export_version(request: OrgRequest, group_id: UUID, number: int) -> HttpResponse:
    """Download one version of a group's policy."""
    text = services.export_policies(
        actor=request.actor, group_id=group_id, number=number, now=clock.now()
    )
    return yaml_download(text, f"policy-version-{number}")


@require_http_methods(["GET", "POST"])
def import_policies(request: OrgRequest) -> HttpResponse:
    """Take a file, and show what it would change; nothing is published or kept."""
    _require_somewhere(request)
    form = PolicyFileForm(request.POST or None, request.FILES or None)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 400
        return render(request, "approvals/import_policies.html", {"form": form}, status=status)
    try:
        content = form.cleaned_data["file"].read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        form.add_error("file", "This file is not written in UTF-8.")
        return render(request, "approvals/import_policies.html", {"form": form}, status=400)
    plan = selectors.import_plan(request.actor, content)
    filled = PolicyImportForm(initial={"content": content, "seen": plan.seen})
    return _checked(request, plan, filled)


@require_POST
def publish_import(request: OrgRequest) -> HttpResponse:
    """Publish what a file changes, as it was looked at."""
    _require_somewhere(request)
    form = PolicyImportForm(request.POST)
    content = request.POST.get("content", "").replace("\r\n", "\n")
    status = 400
    if form.is_valid():
        try:
            versions = services.import_policies(
                actor=request.actor,
                text=content,
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                accepted=form.acceptance,
                now=clock.now(),
            )
        except services.PolicyHasDeadEnds:
            form.refuse_dead_ends()
        except DomainError as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, refused.message)
            status = refused.status
        else:
            count = len(versions)
            messages.success(
                request, f"{count} {'policy is' if count == 1 else 'policies are'} published."
            )
            return redirect(org_reverse(request.organization, "approvals:policies"))
    return _checked(request, selectors.import_plan(request.actor, content), form, status=status)


def _checked(
    request: OrgRequest, plan: ImportPlan, form: PolicyImportForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "plan": plan,
        "form": form,
        "findings": selectors.plan_findings(
            {one.group.id: one.document for one in plan.changed} if plan.is_publishable else {},
            clock.now(),
        ),
    }
    return render(request, "approvals/check_policies.html", context, status=status)


def _require_somewhere(request: OrgRequest) -> None:
    if request.actor.groups_with(Permission.MANAGE_POLICIES) == frozenset():
        raise NotAllowed("This takes the permission to write policies; an administrator grants it.")
