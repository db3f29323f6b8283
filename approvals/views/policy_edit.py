"""Writing the next version of a group's policy."""

from copy import deepcopy
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.checking import Finding
from approvals.editor import STARTS, PolicyEditor, starting_document
from approvals.forms import PublishForm
from approvals.picture import Occupants, bands_of, seats_named, steps_of
from approvals.routing import ApproverKind, ApproverSpec, PolicyDocument
from approvals.routing.specs import FOLLOWING
from approvals.selectors import PolicyPage
from approvals.views import drafts
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.money import symbol

_KINDS = {ApproverKind.ROLE: "Roles", ApproverKind.PERSON: "People"}
_SEATS = "Seats"


@require_http_methods(["GET", "POST"])
def policy_edit(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Write the next version of a group's policy; a draft of it is opened where it was left."""
    now = clock.now()
    page = selectors.policy_page(request.actor, group_id, now)
    require(request.actor, Permission.MANAGE_POLICIES, page.group)
    seats = selectors.seat_choices(page.group)
    basis = _basis(request, page, seats)
    # A seat that somebody holds no more stays in its field until another one is chosen.
    offered = [*seats, *seats_named(basis)]
    currency = request.organization.currency
    if request.method == "GET":
        draft = drafts.opened(request, page)
        if draft is not None:
            editor = PolicyEditor.typed(draft.typed, currency, offered, selectors.term_labels)
            form = PublishForm(initial={**draft.typed.dict()})
            return _edited(request, page, editor, form, draft=draft)
        editor = PolicyEditor.of_document(basis, seats)
        form = PublishForm(initial={"based_on": page.last_number, "name": _name(page)})
        return _edited(request, page, editor, form)
    editor = PolicyEditor.typed(request.POST, currency, offered, selectors.term_labels)
    if request.POST.get("draft") == "try" and editor.document() is None:
        unfinished = PublishForm(initial={**request.POST.dict()})
        return _edited(request, page, editor, unfinished, status=400)
    answer = drafts.pressed(request, page)
    if answer is not None:
        return answer
    if "press" in request.POST or "draft" in request.POST:
        button = request.POST.get("press", "")
        editor.press(button, partial(selectors.find_terms, page.group))
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
        version = services.publish_draft(
            actor=request.actor,
            group=page.group,
            name=form.cleaned_data["name"],
            document=document,
            reason=form.cleaned_data["reason"],
            based_on=form.cleaned_data["based_on"],
            in_force_from=datetime.combine(on, time(), zone).astimezone(UTC) if on else None,
            accepted=form.acceptance,
            now=now,
        )
    except services.PolicyNotPublishable as refused:
        editor.show(refused.problems)
        return _edited(request, page, editor, form, status=400)
    except services.PolicyHasDeadEnds:
        form.refuse_dead_ends()
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
    draft: drafts.OpenDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    kinds: dict[str, list[tuple[str, str]]] = {}
    for key, spec in editor.choices.items():
        kinds.setdefault(_KINDS.get(spec.kind, _SEATS), []).append((key, spec.title))
    context = {
        "page": page,
        "editor": editor,
        "form": form,
        "draft": draft,
        "findings": _findings(page, editor),
        "kinds": kinds.items(),
        "starts": STARTS,
        "symbol": symbol(request.organization.currency),
        **_picture(page, editor.draft()),
    }
    return render(request, "approvals/policy_edit.html", context, status=status)


def _findings(page: PolicyPage, editor: PolicyEditor) -> tuple[Finding, ...]:
    """Return the dead ends of what stands in the fields, as far as they can be read."""
    document = deepcopy(editor).document()
    if document is None:
        return ()
    return selectors.draft_findings(page.group, document, clock.now())


def _picture(page: PolicyPage, draft: PolicyDocument) -> dict[str, Any]:
    """Return the draft as it would be drawn, with who sits there now. Two SQL queries."""
    asked = [spec for spec in seats_named(draft) if spec.kind not in FOLLOWING]
    seats = selectors.people_in(page.group, draft.currency, asked, clock.now())
    people = {
        spec: Occupants(seat.names, seat.sentence if seat.is_vacant else "")
        for spec, seat in seats.items()
    }
    return {
        "bands": bands_of(draft.tiers, draft.currency, people),
        "first": [
            ("Restricted line", steps_of(draft.restricted, people)),
            ("Exception", steps_of(draft.exception, people)),
            ("Beyond a soft budget", steps_of(draft.beyond_budget, people)),
        ],
    }


def _basis(request: OrgRequest, page: PolicyPage, seats: list[ApproverSpec]) -> PolicyDocument:
    """Return what an edit starts from: the last version, what is inherited, or a first sketch."""
    if page.versions:
        return page.versions[0].document
    if page.effective is not None:
        return page.effective.document
    return starting_document(request.organization.currency, seats)


def _name(page: PolicyPage) -> str:
    return page.policy.name if page.policy else f"{page.group.name} orders"
