"""Forms that change one thing: shown, carried out, or shown again with what is wrong."""

from collections.abc import Callable, Sequence

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import OrgGroup
from accounts.web import OrgRequest, org_reverse
from procurement.core.errors import DomainError


def edit(
    request: OrgRequest,
    form: forms.Form,
    group: OrgGroup,
    title: str,
    save: Callable[[forms.Form], str],
    *,
    effects: Sequence[str] = (),
) -> HttpResponse:
    """Show a form, or carry it out and lead back; a refusal stands beside its field."""
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, save(form))
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return redirect(group_address(request, group))
    context = {"form": form, "group": group, "title": title, "effects": effects}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


def group_address(request: OrgRequest, group: OrgGroup) -> str:
    """Return the address of a group's page."""
    return org_reverse(request.organization, "accounts:group", group_id=group.id)
