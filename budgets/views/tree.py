"""The tree of meters: every budget of one period below its group, and the files behind it."""

from collections import Counter
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.web import OrgRequest
from budgets import selectors
from budgets.exports import ledger_response, tree_response
from budgets.fiscal import Period
from budgets.selectors import Mark, PeriodChoice
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import NotFound
from procurement.core.paging import page_of

_TURNED_AT_MOST = 100
_FOUND_PER_PAGE = 100


@require_GET
def budget_list(request: OrgRequest) -> HttpResponse:
    """Show the tree of meters of one period, with what is spent, committed, reserved and free."""
    today = local_date(clock.now(), request.organization.time_zone)
    choices = selectors.period_choices(request.actor, today)
    period = _period(request, choices)
    tree = selectors.budget_tree(request.actor, period) if period else ()
    asked = request.GET.get("state", "")
    mark = Mark(asked) if asked in {one.value for one in Mark} else None
    name = request.GET.get("q", "").strip()
    branches = selectors.branches(tree, _ids(request.GET.get("turned", "")))
    is_narrowed = mark is not None or bool(name)
    counted = Counter(row.mark for row in tree if row.mark)
    return render(
        request,
        "budgets/list.html",
        {
            "choices": choices,
            "period": period,
            "found": page_of(
                request,
                selectors.narrowed(branches, mark=mark, name=name) if is_narrowed else (),
                per_page=_FOUND_PER_PAGE,
            ),
            "branches": () if is_narrowed else selectors.in_sight(branches, whole=_whole(request)),
            "is_narrowed": is_narrowed,
            "turned": request.GET.get("turned", ""),
            "totals": selectors.totals(tree),
            "count": counted.total(),
            "marks": [(one, counted[one]) for one in Mark if counted[one] or one is mark],
            "mark": mark,
            "name": name,
            "is_running": period is not None and today in period,
            "can_create": request.actor.can_anywhere(Permission.MANAGE_BUDGETS),
            "can_view": request.actor.can_anywhere(Permission.VIEW_BUDGETS),
        },
    )


@require_GET
def tree_csv(request: OrgRequest) -> HttpResponseBase:
    """Download the meters of one period with all their figures, in the order of the tree."""
    period = _period_with_budgets(request)
    tree = selectors.budget_tree(request.actor, period)
    return tree_response(tree, f"budgets-{slugify(period.label)}")


@require_GET
def ledgers_csv(request: OrgRequest) -> HttpResponseBase:
    """Download the ledgers of every budget of one period that the actor may see."""
    period = _period_with_budgets(request)
    tree = selectors.budget_tree(request.actor, period)
    ids = [
        row.effect.covering.period_id
        for row in tree
        if row.effect and row.effect.covering.period_id is not None
    ]
    return ledger_response(request.organization, ids, f"ledger-{slugify(period.label)}")


def _period(request: OrgRequest, choices: tuple[PeriodChoice, ...]) -> Period | None:
    """Return the period that the address names, or the one that says most today."""
    code = request.GET.get("period", "")
    asked = selectors.fiscal_calendar().from_code(code) if code else None
    today = local_date(clock.now(), request.organization.time_zone)
    return asked or selectors.period_shown(choices, today)


def _period_with_budgets(request: OrgRequest) -> Period:
    today = local_date(clock.now(), request.organization.time_zone)
    period = _period(request, selectors.period_choices(request.actor, today))
    if period is None:
        raise NotFound("There is no budget yet, and so nothing to download.")
    return period


def _ids(listed: str) -> set[UUID]:
    """Return the ids of a comma-separated list; what is none is left out."""
    found = set()
    for one in listed.split(",")[:_TURNED_AT_MOST]:
        try:
            found.add(UUID(one))
        except ValueError:
            continue
    return found


def _whole(request: OrgRequest) -> UUID | None:
    return next(iter(_ids(request.GET.get("whole", ""))), None)
