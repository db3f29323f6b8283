"""Pages of roles: what they may do, granting and ending them."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import GrantForm, LimitForm
from accounts.models import Role
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.views.agreeing import agree
from accounts.views.editing import edit, group_address
from accounts.web import OrgRequest
from procurement.core import clock


@require_GET
def roles(request: OrgRequest) -> HttpResponse:
    """Show what each role may do: the table that the product itself uses."""
    table = [
        {
            "permission": permission.label,
            "roles": [permission in ROLE_PERMISSIONS[role] for role in Role.values],
        }
        for permission in Permission
    ]
    return render(request, "accounts/roles.html", {"roles": Role.choices, "table": table})


@require_http_methods(["GET", "POST"])
def grant_role(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Grant a role on a group and everything below it."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    form = GrantForm.of(request, actor=request.actor)

    def save(seen: str | None) -> str:
        grant = services.grant_agreed_role(
            actor=request.actor, group=group, seen=seen, now=clock.now(), **form.cleaned_data
        )
        return f"{grant.get_role_display()} granted on {group.name} and below."

    return agree(
        request,
        form,
        group,
        "Grant a role",
        preview=lambda: services.preview_grant(
            actor=request.actor, group=group, now=clock.now(), **form.cleaned_data
        ),
        save=save,
    )


@require_POST
def revoke_role(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """End a role on a group."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    grant = selectors.grant_on(group, request.POST.get("grant"), at=clock.now())
    services.revoke_role(
        actor=request.actor,
        membership=grant.membership,
        group=group,
        role=grant.role,
        now=clock.now(),
    )
    messages.success(request, f"{grant.get_role_display()} ended on {group.name}.")
    return redirect(group_address(request, group))


@require_http_methods(["GET", "POST"])
def limit_orders(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Limit what buyers of a group may order at once."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    limits = selectors.role_limits_on(group.path)
    own = next((limit.amount for limit in limits if limit.group_id == group.id), None)
    data = request.POST if request.method == "POST" else None

    def save(form: forms.Form) -> str:
        services.set_role_limit(
            actor=request.actor, group=group, now=clock.now(), **form.cleaned_data
        )
        return f"The limit on orders of {group.name} has been changed."

    return edit(request, LimitForm(data, initial={"amount": own}), group, "Limit orders", save)
