"""Buying rules of the groups whose catalog the reader keeps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.selectors import groups_where, root_group
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from catalogs import selectors, services
from catalogs.forms import RuleForm
from catalogs.guidance import Effect
from procurement.core import clock
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.forms import show_refusal


@require_GET
def rules(request: OrgRequest) -> HttpResponse:
    """List the rules that are in force or will be."""
    _require_keeper(request)
    today = clock.local_date(clock.now(), request.organization.time_zone)
    return render(
        request, "catalogs/rules.html", {"rows": selectors.rules_kept_by(request.actor, today)}
    )


@require_http_methods(["GET", "POST"])
def rule_set(request: OrgRequest) -> HttpResponse:
    """Set a rule; one of the same group about the same thing is changed by it."""
    _require_keeper(request)
    groups = groups_where(request.actor, Permission.MANAGE_CATALOG)
    form = RuleForm(request.POST or None, groups=groups, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            rule = services.set_buying_rule(
                actor=request.actor,
                group=form.cleaned_data["group"],
                effect=Effect(form.cleaned_data["effect"]),
                target=form.cleaned_data["target"],
                reason=form.cleaned_data["reason"],
                exception_allowed=form.cleaned_data["exception_allowed"],
                valid_from=form.cleaned_data["valid_from"],
                valid_to=form.cleaned_data["valid_to"],
                now=clock.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, f"The rule holds for {rule.group.name} and every group below."
            )
            return redirect(org_reverse(request.organization, "catalogs:rules"))
    context = {"form": form, "is_change": "rule" in request.GET}
    return render(request, "catalogs/rule.html", context, status=422 if form.errors else 200)


@require_POST
def rule_end(request: OrgRequest, rule_id: UUID) -> HttpResponse:
    """End a rule at once."""
    rule = selectors.rule_for(request.actor, rule_id)
    services.end_buying_rule(actor=request.actor, rule=rule, now=clock.now())
    messages.success(request, f"The rule of {rule.group.name} has ended.")
    return redirect(org_reverse(request.organization, "catalogs:rules"))


def _initial(request: OrgRequest) -> dict[str, Any]:
    """Return what the form starts from: a rule that is there, or what the address asks for."""
    rule_id = uuid_or_none(request.GET.get("rule"))
    if rule_id is not None:
        rule = selectors.rule_for(request.actor, rule_id)
        return {
            "group": rule.group_id,
            "effect": rule.effect,
            "kind": rule.target_kind,
            "target": selectors.target_name_of(rule),
            "reason": rule.reason,
            "exception_allowed": rule.exception_allowed,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
        }
    root = root_group()
    keeps_all = request.actor.can(Permission.MANAGE_CATALOG, root.path)
    return {
        "group": root.id if keeps_all else request.actor.home_group_id,
        "kind": request.GET.get("kind", "CATEGORY"),
        "target": request.GET.get("target", ""),
        "valid_from": clock.local_date(clock.now(), request.organization.time_zone),
    }


def _require_keeper(request: OrgRequest) -> None:
    if not request.actor.can_anywhere(Permission.MANAGE_CATALOG):
        raise NotAllowed(
            "Buying rules are kept by administrators. What a rule says of an item stands beside "
            "the item in the catalog."
        )
