"""Pages of the audit trail: every line in words, with where it leads and what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from procurement.audit import exports, selectors, verification
from procurement.audit.forms import TrailForm
from procurement.audit.models import AuditEvent
from procurement.audit.sealing import last_seal
from procurement.audit.selectors import TrailFilter
from procurement.audit.words import Change, Sentence, changes, sentence
from procurement.core import clock, directory
from procurement.core.actors import Actor
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError
from procurement.core.paging import page_of

_PIECE = 16  # characters of a digest between which a narrow page may break the line

# Pages of subjects, by route: what stands above this floor is known by name alone.
_ROUTES = {
    "organization": ("home", None, None),
    "group": ("accounts:group", "group_id", "subject_id"),
    "membership": ("accounts:group", "group_id", "group_id"),
    "position": ("accounts:group", "group_id", "group_id"),
    "supplier": ("catalogs:supplier", "supplier_id", "subject_id"),
    "item": ("catalogs:item", "item_id", "subject_id"),
    "buying_rule": ("catalogs:rules", None, None),
    "approval_policy": ("approvals:policy", "group_id", "group_id"),
    "approval_limit": ("approvals:limit", "membership_id", "subject_id"),
    "category_owner": ("catalogs:owners", None, None),
    "requisition": ("orders:detail", "requisition_id", "subject_id"),
    "purchase_order": ("orders:purchase_order", "purchase_order_id", "subject_id"),
    "budget": ("budgets:list", None, None),
}


class Organization(Protocol):
    """What these pages need of the organization, whose model stands above."""

    id: UUID
    slug: str
    name: str
    currency: str
    time_zone: str


class OrgRequest(HttpRequest):
    """A request within an organization; the middleware above has found both."""

    organization: Organization
    actor: Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail as the page shows it."""

    event: AuditEvent
    sentence: Sentence
    url: str
    group: str
    changes: Sequence[Change]


@require_GET
def trail(request: OrgRequest) -> HttpResponse:
    """Show the trail, newest first, narrowed by who, what, about what, where and when."""
    form = TrailForm(request.GET)
    asked = _asked(form, request.organization)
    page = page_of(request, selectors.trail(request.actor, request.organization.id, asked))
    names = directory.group_names({event.group_id for event in page.items if event.group_id})
    newest = last_seal(request.organization.id)
    extent = verification.extent(request.organization.id)
    return render(
        request,
        "audit/trail.html",
        {
            "form": form,
            "is_narrowed": asked != TrailFilter(time_zone=request.organization.time_zone),
            "page": page,
            "entries": [_entry(request, event, names) for event in page.items],
            "extent": extent,
            "seal_pieces": wrap(str(extent.head), _PIECE),
            "sealed_at": newest.sealed_at if newest else None,
            "query": request.GET.urlencode(),
        },
    )


@require_GET
def download(request: OrgRequest) -> StreamingHttpResponse:
    """Send the same lines as CSV, and have the trail say so."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        field, messages = next(iter(form.errors.items()))
        raise DomainError(str(messages[0]), field=field)
    asked = _asked(form, request.organization)
    now = clock.now()
    export = exports.export_trail(
        actor=request.actor,
        organization_id=request.organization.id,
        time_zone=request.organization.time_zone,
        currency=request.organization.currency,
        asked=asked,
        view=request.GET.urlencode(),
        now=now,
    )
    until = timezone.localdate(now).isoformat()
    return csv_download(export, f"audit-trail-{request.organization.slug}-{until}")


def _asked(form: TrailForm, organization: Organization) -> TrailFilter:
    """Read what can be read of a form; fields with errors narrow nothing."""
    form.is_valid()
    found = form.cleaned_data
    return TrailFilter(
        time_zone=organization.time_zone,
        who=found.get("who", ""),
        action=found.get("what", ""),
        subject=found.get("subject", ""),
        group=found.get("group", ""),
        since=found.get("since"),
        until=found.get("until"),
    )


def _entry(request: OrgRequest, event: AuditEvent, names: dict[UUID, str]) -> Entry:
    currency = request.organization.currency
    return Entry(
        event=event,
        sentence=sentence(event.action, event.subject_label, event.after, currency=currency),
        url=_url(request.organization.slug, event),
        group=names.get(event.group_id, "") if event.group_id else "",
        changes=changes(event.before, event.after),
    )


def _url(slug: str, event: AuditEvent) -> str:
    """Return the page of what an event is about, or "" where it has none."""
    route, key, source = _ROUTES.get(event.subject_type, ("", None, None))
    if not route:
        return ""
    arguments: dict[str, Any] = {"organization_slug": slug}
    if key and source:
        arguments[key] = getattr(event, source)
    try:
        return reverse(route, kwargs=arguments)
    except NoReverseMatch:
        return ""
