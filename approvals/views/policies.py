"""Policies: which there are, what one says, and publishing its next version."""

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals import selectors, services
from approvals.forms import PublishForm
from approvals.policy_editor import PolicyEditor, starting_document
from approvals.routing import ApproverKind, ApproverSpec
from approvals.selectors import PolicyPage
from procurement.core import clock
from procurement.core.errors import DomainError

_KINDS = {
    ApproverKind.POSITION: "Seats",
    ApproverKind.MANAGER: "Seats",
    ApproverKind.MANAGER_LIMIT: "Seats",
    ApproverKind.CATEGORY_OWNER: "Seats",
    ApproverKind.ROLE: "Roles",
    ApproverKind.PERSON: "People",
}


@require_GET
def policies(request: OrgRequest) -> HttpResponse:
    """List the policies in sight; somebody who may write one chooses its group here."""
    chosen = uuid_or_none(request.GET.get("group"))
    if chosen is not None:
        return redirect(org_reverse(request.organization, "approvals:policy", group_id=chosen))
    context = {
        "rows": selectors.policies_in_sight(request.actor, clock.now()),
        "groups": selectors.groups_without_policy(request.actor),
        "keeps_limits": request.actor.can_anywhere(Permission.MANAGE_PEOPLE),
        "keeps_owners": request.actor.can_anywhere(Permission.MANAGE_POLICIES),
    }
    return render(request, "approvals/policies.html", context)


@require_GET
def policy(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Show what holds for a group, who sits in the seats it names, and all versions."""
    now = clock.now()
    page = selectors.policy_page(request.actor, group_id, now)
    effective = page.effective
    context: dict[str, Any] = {
        "page": page,
        "effective": effective,
        "tiers": _tiers(effective) if effective else (),
        "current": next((row for row in page.versions if row.is_in_force), None),
        "coming": next((row for row in page.versions if row.is_coming), None),
        "seats": selectors.seats_now(page.group, effective.document, now) if effective else (),
    }
    return render(request, "approvals/policy.html", context)


@require_http_methods(["GET", "POST"])
def policy_edit(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Write the next version of a group's policy; nothing is stored before it is published."""
    now = clock.now()
    page = selectors.policy_page(request.actor, group_id, now)
    require(request.actor, Permission.MANAGE_POLICIES, page.group)
    seats = selectors.seat_choices(page.group)
    if request.method == "GET":
        editor = PolicyEditor.of_document(_basis(request, page, seats), seats)
        form = PublishForm(initial={"based_on": page.last_number, "name": _name(page)})
        return _edited(request, page, editor, form)
    editor = PolicyEditor.typed(request.POST, request.organization.currency, seats)
    if "press" in request.POST:
        editor.press(request.POST["press"])
        unchecked = PublishForm(initial={**request.POST.dict()})
        return _edited(request, page, editor, unchecked)
    return _published(request, page, editor, now)


def _published(
    request: OrgRequest, page: PolicyPage, editor: PolicyEditor, now: datetime
) -> HttpResponse:
    form = PublishForm(request.POST)
    document = editor.document()
    if not form.is_valid() or document is None:
        return _edited(request, page, editor, form, status=400)
    on = form.cleaned_data["in_force_on"]
    zone = ZoneInfo(request.organization.time_zone)
    try:
        version = services.publish_policy(
            actor=request.actor,
            group=page.group,
            name=form.cleaned_data["name"],
            document=document,
            reason=form.cleaned_data["reason"],
            based_on=form.cleaned_data["based_on"],
            in_force_from=datetime.combine(on, time(), zone).astimezone(UTC) if on else None,
            now=now,
        )
    except services.PolicyNotPublishable as refused:
        editor.show(refused.problems)
        return _edited(request, page, editor, form, status=400)
    except DomainError as refused:
        field = "in_force_on" if refused.field == "in_force_from" else refused.field
        form.add_error(field if field in form.fields else None, refused.message)
        return _edited(request, page, editor, form, status=refused.status)
    messages.success(request, f"Version {version.number} is published.")
    return redirect(org_reverse(request.organization, "approvals:policy", group_id=page.group.id))


def _edited(
    request: OrgRequest,
    page: PolicyPage,
    editor: PolicyEditor,
    form: PublishForm,
    *,
    status: int = 200,
) -> HttpResponse:
    kinds: dict[str, list[tuple[str, str]]] = {}
    for key, spec in editor.choices.items():
        kinds.setdefault(_KINDS[spec.kind], []).append((key, spec.title))
    context = {
        "page": page,
        "editor": editor,
        "form": form,
        "kinds": kinds.items(),
        "symbol": "$" if request.organization.currency in ("USD", "CAD", "AUD") else "",
    }
    return render(request, "approvals/policy_edit.html", context, status=status)


def _basis(request: OrgRequest, page: PolicyPage, seats: list[ApproverSpec]) -> Any:
    """Return what an edit starts from: the last version, what is inherited, or a first sketch."""
    if page.versions:
        return page.versions[0].document
    if page.effective is not None:
        return page.effective.document
    return starting_document(request.organization.currency, seats)


def _name(page: PolicyPage) -> str:
    return page.policy.name if page.policy else f"{page.group.name} orders"


def _tiers(effective: Any) -> list[dict[str, Any]]:
    document = effective.document
    return [
        {"band": document.heading(index), "stages": tier.stages}
        for index, tier in enumerate(document.tiers)
    ]
