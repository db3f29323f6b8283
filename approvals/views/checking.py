"""The check of all policies: the page and its file."""

from collections.abc import Iterable, Iterator

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.web import OrgRequest
from approvals import selectors
from approvals.checking import Found
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.paging import page_of

_HEAD = (
    "Policy",
    "Policy of",
    "Finding",
    "Keeps from publishing",
    "Place",
    "What",
    "What to do",
    "Groups",
    "People",
)


@require_GET
def policy_check(request: OrgRequest) -> HttpResponse:
    """Show the dead ends of all policies in force that the reader may change, as of now."""
    found = _found(request)
    context = {
        "page": page_of(request, found),
        "blocking": sum(one.finding.is_blocking for one in found),
        "last": selectors.last_policy_check(),
    }
    return render(request, "approvals/policy_check.html", context)


@require_GET
def policy_check_csv(request: OrgRequest) -> HttpResponseBase:
    """Download them all."""
    file = csv_file(_HEAD, _cells(_found(request)))
    return csv_download(file, f"policy-check-{slugify(request.organization.name)}")


def _found(request: OrgRequest) -> list[Found]:
    if not request.actor.can_anywhere(Permission.MANAGE_POLICIES):
        raise NotAllowed("This check is for those who write the policy of some group.")
    return selectors.organization_findings(request.actor, clock.now())


def _cells(found: Iterable[Found]) -> Iterator[list[Cell]]:
    for one in found:
        finding = one.finding
        yield [
            one.policy_name,
            one.group_name,
            finding.code.head,
            "yes" if finding.is_blocking else "no",
            finding.where,
            finding.sentence,
            finding.way_out,
            len(finding.group_ids),
            len(finding.people),
        ]
