"""What was asked for against guided buying, and making rules of it."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.web import OrgRequest, org_reverse
from approvals.checking import Finding
from approvals.services import PolicyHasDeadEnds
from catalogs.guidance import Target
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError
from procurement.core.files import Cell, csv_file
from procurement.core.paging import page_of
from procurement.orders import selectors, services
from procurement.orders.display import rule_lines
from procurement.orders.forms import AdoptForm, ExceptionsForm
from procurement.orders.proposals import proposed_document
from procurement.orders.selectors import ExceptionRow, ExceptionsAsked

_TABS = tuple(
    (target, f"By {target.value.lower()}")
    for target in (Target.ITEM, Target.SUPPLIER, Target.CATEGORY)
)


@require_GET
def exceptions(request: OrgRequest) -> HttpResponse:
    """List exceptions and restricted orders by what they were about, with what would spare them."""
    form, asked = _asked(request)
    rows = selectors.exception_rows(request.actor, asked, clock.now())
    context = {
        "form": form,
        "asked": asked,
        "tabs": _TABS,
        "page": page_of(request, rows),
        "dates": f"since={asked.since}&until={asked.until}",
    }
    return render(request, "orders/exceptions.html", context)


@require_GET
def exceptions_csv(request: OrgRequest) -> StreamingHttpResponse:
    """Send the same list as CSV."""
    _, asked = _asked(request)
    rows = selectors.exception_rows(request.actor, asked, clock.now())
    name = f"exceptions-{request.organization.slug}-{asked.since}-{asked.until}"
    return csv_download(csv_file(_HEAD, _cells(rows)), name)


@require_http_methods(["GET", "POST"])
def exceptions_adopt(request: OrgRequest) -> HttpResponse:
    """Show what a proposed rule changes, and put it in force with a reason."""
    _, asked = _asked(request)
    outcome, key = request.GET.get("outcome", ""), request.GET.get("key", "")
    now = clock.now()
    row = selectors.exception_row(request.actor, asked, outcome=outcome, key=key, now=now)
    given = AdoptForm(request.POST or None, initial={"group": row.group.group_id})
    back = f"{org_reverse(request.organization, 'orders:exceptions')}?{_query(asked)}"
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and given.is_valid():
        try:
            proposal = services.adopt_proposal(
                actor=request.actor,
                asked=asked,
                outcome=outcome,
                key=key,
                group_id=given.cleaned_data["group"],
                reason=given.cleaned_data["reason"],
                accepted=given.acceptance,
                now=now,
            )
        except PolicyHasDeadEnds as refusal:
            findings = refusal.findings
            given.refuse_dead_ends()
        except DomainError as refusal:
            if refusal.field not in given.fields:
                raise
            given.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"In force: {proposal.sentence}")
            return redirect(back)
    context: dict[str, Any] = {
        "row": row,
        "form": given,
        "findings": findings,
        "asked": asked,
        "back": back,
        "changes": rule_lines(row.proposal) if row.proposal else (),
        "trial": _trial(row, asked),
    }
    status = 422 if given.errors else 200
    return render(request, "orders/exceptions_adopt.html", context, status=status)


def _trial(row: ExceptionRow, asked: ExceptionsAsked) -> dict[str, str] | None:
    """Return what a backtest of a proposed rule is asked with, on the year before."""
    proposal = row.proposal
    if proposal is None or not row.may_adopt:
        return None
    common = {
        "label": proposal.sentence[:200],
        "first": f"{asked.until - timedelta(days=365):%Y-%m-%d}",
        "last": f"{asked.until:%Y-%m-%d}",
    }
    if proposal.policy is not None:
        document = proposed_document(proposal.policy.document, proposal)
        tried = {"what": "DOCUMENT", "document": json.dumps(document.to_json())}
        return {**common, **tried, "group": str(proposal.policy.group_id)}
    assert proposal.effect is not None
    subject = proposal.of.subject
    rule = {
        "effect": proposal.effect.value,
        "target": subject.target.value,
        "key": subject.key,
        "label": subject.label,
    }
    return {
        **common,
        "what": "RULE",
        "rule": json.dumps(rule),
        "group": str(proposal.group_id),
    }


def _asked(request: OrgRequest) -> tuple[ExceptionsForm, ExceptionsAsked]:
    today = clock.local_date(clock.now(), request.organization.time_zone)
    form = ExceptionsForm(request.GET or None)
    known = form.cleaned_data if form.is_valid() or form.is_bound else {}
    asked = selectors.exceptions_asked(
        by=Target(known.get("by") or Target.ITEM),
        since=known.get("since"),
        until=known.get("until"),
        today=today,
    )
    return form, asked


def _query(asked: ExceptionsAsked) -> str:
    return f"by={asked.by.value}&since={asked.since}&until={asked.until}"


_HEAD = (
    "Kind",
    "About",
    "Name",
    "Group",
    "Orders",
    "Approved",
    "Rejected",
    "Waiting",
    "Amount",
    "Currency",
    "Decided by",
    "Median hours to decide",
    "Proposed rule",
)


def _cells(rows: Sequence[ExceptionRow]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        group = row.group
        yield (
            group.outcome.value,
            group.subject.target.label,
            group.subject.label,
            row.group_name,
            group.orders,
            group.approved,
            group.rejected,
            group.pending,
            group.amount,
            group.currency,
            ", ".join(group.deciders),
            group.median_hours,
            row.proposal.sentence if row.proposal else "",
        )
