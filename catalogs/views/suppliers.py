"""Suppliers, the spellings that were folded into each, and taking one apart again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.selectors import root_group
from accounts.web import OrgRequest, org_reverse
from catalogs import selectors, services
from catalogs.forms import FoldForm, SupplierForm
from catalogs.models import Supplier
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.paging import page_of


@require_GET
def suppliers(request: OrgRequest) -> HttpResponse:
    """List suppliers by name with their spellings."""
    words = request.GET.get("q", "").strip()
    page = page_of(request, selectors.suppliers_listed(request.actor, words), per_page=30)
    context = {"page": page, "words": words, "can_keep": _can_keep(request)}
    return render(request, "catalogs/suppliers.html", context)


@require_http_methods(["GET", "POST"])
def supplier(request: OrgRequest, supplier_id: UUID) -> HttpResponse:
    """Show one supplier with its spellings, and change what is kept of it."""
    found = selectors.supplier_for(request.actor, supplier_id)
    form = SupplierForm(
        request.POST or None,
        initial={
            "name": found.name,
            "contact_email": found.contact_email,
            "status": found.status,
        },
    )
    if request.method == "POST" and form.is_valid():
        services.change_supplier(
            actor=request.actor,
            supplier=found,
            name=form.cleaned_data["name"],
            contact_email=form.cleaned_data["contact_email"],
            status=Supplier.Status(form.cleaned_data["status"]),
            now=clock.now(),
        )
        messages.success(request, "The supplier has been changed.")
        return redirect(_address(request, found))
    return _page(request, found, form, FoldForm(), 422 if form.errors else 200)


@require_POST
def unfold(request: OrgRequest, alias_id: UUID) -> HttpResponse:
    """Split a spelling off to a supplier of its own."""
    alias = selectors.alias_for(request.actor, alias_id)
    own = services.unfold_spelling(actor=request.actor, alias=alias, now=clock.now())
    messages.success(
        request,
        f"“{alias.spelling}” is a supplier of its own now, apart from {alias.supplier.name}. "
        "It can be folded back from here.",
    )
    return redirect(_address(request, own))


@require_POST
def fold(request: OrgRequest, alias_id: UUID) -> HttpResponse:
    """Put a spelling with the supplier that it belongs to."""
    alias = selectors.alias_for(request.actor, alias_id)
    form = FoldForm(request.POST)
    if form.is_valid():
        try:
            into = selectors.supplier_named(form.cleaned_data["supplier"])
        except DomainError as refusal:
            form.add_error("supplier", refusal.message)
        else:
            services.fold_spelling(actor=request.actor, alias=alias, into=into, now=clock.now())
            messages.success(request, f"“{alias.spelling}” belongs to {into.name} now.")
            return redirect(_address(request, into))
    found = selectors.supplier_for(request.actor, alias.supplier_id)
    initial = {"name": found.name, "contact_email": found.contact_email, "status": found.status}
    return _page(request, found, SupplierForm(initial=initial), form, 422)


def _page(
    request: OrgRequest, found: Supplier, form: SupplierForm, fold_form: FoldForm, status: int
) -> HttpResponse:
    context = {
        "supplier": found,
        "form": form,
        "fold_form": fold_form,
        "can_keep": _can_keep(request),
    }
    return render(request, "catalogs/supplier.html", context, status=status)


def _can_keep(request: OrgRequest) -> bool:
    return request.actor.can(Permission.MANAGE_CATALOG, root_group().path)


def _address(request: OrgRequest, found: Supplier) -> str:
    return org_reverse(request.organization, "catalogs:supplier", supplier_id=found.id)
