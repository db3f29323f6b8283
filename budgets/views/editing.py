"""What every form of budgets does: shown, carried out, refused beside its field."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.web import OrgRequest, org_reverse
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal
from procurement.core.money import symbol


def edit(
    request: OrgRequest,
    form: forms.Form,
    save: Callable[[], str],
    context: dict[str, object],
    *,
    template: str = "budgets/form.html",
    onward: str = "",
) -> HttpResponse:
    """Show a form, or carry it out and lead ``onward``; a refusal stands beside its field.

    ``save`` carries it out and returns the sentence that is shown then. By default, the list of
    budgets comes next.
    """
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, save())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(onward or org_reverse(request.organization, "budgets:list"))
    shown = context | {"form": form, "symbol": symbol(request.organization.currency).strip()}
    return render(request, template, shown, status=422 if form.errors else 200)
