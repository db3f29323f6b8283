"""Pages of those who keep training: written, required of roles, put away."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import RequirementForm, RevisionForm, TrainingForm
from accounts.forms.training import LinkForms, link_forms, links_of
from accounts.models import Role, TrainingRequirement
from accounts.permissions import Permission, require
from accounts.views.training import tabs, today
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.errors import Conflict, DomainError
from procurement.core.forms import show_refusal
from procurement.core.paging import page_of

Save = Callable[[Mapping[str, Any]], str]


@require_GET
def kept_training(request: OrgRequest) -> HttpResponse:
    """List the pages with whom they are required of."""
    _require(request)
    page = page_of(request, selectors.kept_pages())
    rows = [
        {"kept": kept, "roles": _role_names(kept.requirement), "on": today(request)}
        for kept in page.items
    ]
    context = {**tabs(request, "manage"), "page": page, "rows": rows}
    return render(request, "accounts/training/manage.html", context)


@require_POST
def add_starter_pages(request: OrgRequest) -> HttpResponse:
    """Add the pages to begin with."""
    added = services.add_starter_pages(actor=request.actor, now=clock.now())
    messages.success(request, f"{len(added)} pages added. Read them over, and make them yours.")
    return _to_list(request)


@require_http_methods(["GET", "POST"])
def create_training(request: OrgRequest) -> HttpResponse:
    """Write a page."""
    _require(request)

    def save(given: Mapping[str, Any]) -> str:
        page = services.create_training_page(actor=request.actor, now=clock.now(), **given)
        return f"“{page.title}” is there to be read. Say who has to, if anybody."

    form = TrainingForm(request.POST or None)
    return _edit(request, form, link_forms(request.POST, []), save, title="New training page")


@require_http_methods(["GET", "POST"])
def revise_training(request: OrgRequest, slug: str) -> HttpResponse:
    """Change a page; what it says becomes a new version."""
    _require(request)
    version = selectors.training_version(slug, with_archived=True)
    page = version.page

    def save(given: Mapping[str, Any]) -> str:
        saved = services.revise_training_page(
            actor=request.actor, page=page, now=clock.now(), **given
        )
        if saved.number == version.number:
            return f"“{given['title']}”: saved; what it says is as before."
        return f"“{given['title']}”: version {saved.number} is published."

    shown = {
        "title": page.title,
        "body": version.body,
        "place": page.place,
        "after": version.number,
    }
    form = RevisionForm(request.POST or None, initial=shown)
    rows = link_forms(request.POST, version.links)
    return _edit(request, form, rows, save, title=page.title, version=version)


def _edit(
    request: OrgRequest, form: forms.Form, rows: LinkForms, save: Save, **more: Any
) -> HttpResponse:
    """Show a page's form with the rows of its links, or save it and lead back to the list."""
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid() & rows.is_valid():
            try:
                messages.success(request, save({**form.cleaned_data, "links": links_of(rows)}))
            except DomainError as refusal:
                show_refusal(form, refusal)
                status = 409 if isinstance(refusal, Conflict) else 422
            else:
                return _to_list(request)
    context = {"form": form, "rows": rows, **more}
    return render(request, "accounts/training/edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def require_training(request: OrgRequest, slug: str) -> HttpResponse:
    """Say who has to have read a page, and when."""
    _require(request)
    page = selectors.training_version(slug).page
    requirement = selectors.requirement_of(page)
    shown = {
        "roles": requirement.roles if requirement else [Role.REQUISITIONER.value],
        "before_buying": requirement.before_buying if requirement else True,
        "every_months": requirement.every_months if requirement else 12,
        "required_from": requirement.required_from if requirement else today(request),
    }
    form = RequirementForm(request.POST or None, initial=shown)
    if form.is_bound and form.is_valid():
        try:
            services.require_training(
                actor=request.actor, page=page, now=clock.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, f"“{page.title}” has to be read.")
            return _to_list(request)
    context = {"form": form, "training": page, "requirement": requirement}
    status = 422 if form.errors else 200
    return render(request, "accounts/training/require.html", context, status=status)


@require_POST
def end_requirement(request: OrgRequest, slug: str) -> HttpResponse:
    """Require a page no longer."""
    page = selectors.training_version(slug).page
    services.end_training_requirement(actor=request.actor, page=page, now=clock.now())
    messages.success(request, f"Nobody has to read “{page.title}” any more.")
    return _to_list(request)


@require_POST
def archive_training(request: OrgRequest, slug: str) -> HttpResponse:
    """Put a page away, or bring one back that has been."""
    page = selectors.training_version(slug, with_archived=True).page
    if page.archived_at is None:
        services.archive_training_page(actor=request.actor, page=page, now=clock.now())
        messages.success(request, f"“{page.title}” has been archived.")
    else:
        services.restore_training_page(actor=request.actor, page=page, now=clock.now())
        messages.success(request, f"“{page.title}” is back. Say who has to read it, if anybody.")
    return _to_list(request)


def _require(request: OrgRequest) -> None:
    require(request.actor, Permission.MANAGE_PEOPLE, selectors.root_group())


def _to_list(request: OrgRequest) -> HttpResponse:
    return redirect(org_reverse(request.organization, "training:manage"))


def _role_names(requirement: TrainingRequirement | None) -> list[str]:
    return [Role(role).label for role in requirement.roles] if requirement else []
