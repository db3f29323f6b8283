"""The editor's drafts: opened with the page, saved and discarded by its buttons."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.differences import Difference, differences
from approvals.models import PolicyDraft
from approvals.selectors import PolicyPage
from procurement.core import clock
from procurement.core.errors import DomainError

# What a form sends besides what somebody typed.
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "draft", "press"})


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """An author's own draft as the editor opens it.

    ``missed`` is what has been published since the draft was started, if anything.
    """

    draft: PolicyDraft
    typed: QueryDict
    is_outdated: bool
    missed: tuple[Difference, ...]


def opened(request: OrgRequest, page: PolicyPage) -> OpenDraft | None:
    """Return the author's own draft of a page's policy, or None. One SQL query."""
    draft = selectors.own_draft(request.actor, page.group.id)
    if draft is None:
        return None
    typed = selectors.fields_of(draft)
    # Whoever opens it is told what was published since, and goes on from there.
    typed["based_on"] = str(page.last_number)
    started = next((row for row in page.versions if row.version.number == draft.based_on), None)
    outdated = draft.based_on != page.last_number
    missed = differences(started.document, page.versions[0].document) if started else ()
    return OpenDraft(draft, typed, outdated, missed)


def pressed(request: OrgRequest, page: PolicyPage) -> HttpResponse | None:
    """Save, discard or try the draft, as the pressed button says; None for any other button."""
    button = request.POST.get("draft")
    if button not in ("save", "discard", "try"):
        return None
    here = org_reverse(request.organization, "approvals:policy-edit", group_id=page.group.id)
    if button == "discard":
        services.discard_draft(actor=request.actor, group=page.group, now=clock.now())
        messages.success(request, "Your draft is discarded.")
        return redirect(here)
    given = request.POST.get("based_on", "")
    based_on = int(given) if given.isdecimal() and len(given) < 10 else page.last_number  # noqa: PLR2004 – what a number column holds
    try:
        services.save_draft(
            actor=request.actor,
            group=page.group,
            fields=[
                (name, value)
                for name, values in request.POST.lists()
                if name not in _NOT_TYPED
                for value in values
            ],
            name=request.POST.get("name", ""),
            reason=request.POST.get("reason", ""),
            based_on=based_on,
            now=clock.now(),
        )
    except DomainError as refused:
        messages.error(request, refused.message)
        return None
    if button == "try":
        start = org_reverse(request.organization, "analytics:start-backtest")
        return redirect(f"{start}?group={page.group.id}")
    messages.success(
        request, "Your draft is kept. Nobody is asked anything else before it is published."
    )
    return redirect(here)
