"""Pages of backtests: what was tried, starting one, its way, what it found, two side by side."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.web import OrgRequest, org_reverse, uuid_or_none
from analytics import backtest_files, backtest_pages, selectors, services
from analytics.backtesting.tally import findings
from analytics.filters import Source
from analytics.forms import BacktestForm
from analytics.models import BacktestChange, BacktestRun
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError, NotFound
from procurement.core.forms import show_refusal
from procurement.core.money import symbol
from procurement.core.paging import page_of

_DONE = BacktestRun.Status.DONE


@require_GET
def backtests(request: OrgRequest) -> HttpResponse:
    """List what was tried, the newest first; the editor of a policy asks for the latest alone."""
    selectors.require_backtests(request.actor)
    if request.headers.get("HX-Request"):
        group_id = uuid_or_none(request.GET.get("group"))
        latest = selectors.backtests_in_sight(request.actor).filter(group_id=group_id).first()
        return render(
            request, "analytics/_backtest_latest.html", {"run": latest, "group_id": group_id}
        )
    page = page_of(request, selectors.backtests_in_sight(request.actor))
    done = sum(run.status == _DONE for run in page.items)
    context = {"page": page, "can_compare": done > 1}
    return render(request, "analytics/backtests.html", context)


@require_http_methods(["GET", "POST"])
def start_backtest(request: OrgRequest) -> HttpResponse:
    """Choose a document, a time and orders, and have a worker try it."""
    selectors.require_backtests(request.actor)
    now = clock.now()
    found = selectors.to_try(
        request.actor,
        uuid_or_none(request.GET.get("group")),
        currency=request.organization.currency,
        now=now,
    )
    form = BacktestForm(
        request.POST if request.method == "POST" else None, actor=request.actor, found=found
    )
    if form.is_bound and form.is_valid():
        first, last = form.days
        try:
            run = services.start_backtest(
                actor=request.actor,
                group=found.group,
                document=form.cleaned_data["tried"],
                label=form.cleaned_data["label"],
                first=first,
                last=last,
                sources=[Source(source) for source in form.cleaned_data["sources"]],
                rule=form.tried_rule if form.cleaned_data["what"] == "RULE" else None,
                now=now,
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(_address(request, run))
    context = {
        "form": form,
        "found": found,
        "groups": selectors.backtest_groups(request.actor),
        "symbol": symbol(request.organization.currency),
    }
    return render(
        request, "analytics/backtest_new.html", context, status=422 if form.errors else 200
    )


@require_GET
def backtest(request: OrgRequest, run_id: UUID) -> HttpResponse:
    """Show how far a run is, or what it found."""
    run = selectors.backtest_for(request.actor, run_id)
    if request.headers.get("HX-Request"):
        answer = render(request, "analytics/_backtest_progress.html", {"run": run})
        if not run.is_under_way:
            answer["HX-Refresh"] = "true"
        return answer
    context: dict[str, Any] = {
        "run": run,
        "sources": _sources(run),
        "currency": request.organization.currency,
    }
    if run.status == _DONE:
        changes = org_reverse(request.organization, "analytics:backtest-changes", run_id=run.id)
        context["found"] = backtest_pages.findings_page(
            findings(run.report),
            person_key=request.GET.get("person", ""),
            link=lambda first, last: f"{changes}?{urlencode({'first': first, 'last': last})}",
        )
        context["others"] = (
            selectors.backtests_in_sight(request.actor)
            .filter(status=_DONE, group_id=run.group_id)
            .exclude(id=run.id)[:20]
        )
    return render(request, "analytics/backtest.html", context)


@require_POST
def cancel_backtest(request: OrgRequest, run_id: UUID) -> HttpResponse:
    """Stop a run."""
    run = selectors.backtest_for(request.actor, run_id)
    services.cancel_backtest(actor=request.actor, run=run, now=clock.now())
    messages.success(request, "Cancelled; nothing of it is kept.")
    return redirect(_address(request, run))


@require_GET
def backtest_changes(request: OrgRequest, run_id: UUID) -> HttpResponse:
    """List the orders that fare differently."""
    run = selectors.backtest_for(request.actor, run_id)
    first, last = _day(request.GET.get("first")), _day(request.GET.get("last"))
    step, delayed = request.GET.get("step", ""), request.GET.get("delayed") == "1"
    page = page_of(
        request,
        selectors.changes_of(run, step=step, first=first, last=last, delayed=delayed),
        per_page=50,
    )
    steps = [backtest_pages.StepRow(one) for one in findings(run.report).steps if one.changed]
    context = {
        "run": run,
        "page": page,
        "rows": [(change, _asks(change)) for change in page.items],
        "steps": steps,
        "step": step,
        "delayed": delayed,
        "first": first,
        "last": last,
        "currency": request.organization.currency,
    }
    return render(request, "analytics/backtest_changes.html", context)


@require_GET
def backtest_change(request: OrgRequest, run_id: UUID, change_id: UUID) -> HttpResponse:
    """Show one order with its way before and after."""
    run = selectors.backtest_for(request.actor, run_id)
    change = selectors.change_for(run, change_id)
    context = {
        "run": run,
        "change": change,
        "order_url": _order_url(request, change),
        "sides": [
            {
                "title": f"Before: {run.basis or 'no policy'}",
                "outcome": change.before_label,
                "stages": backtest_pages.route_stages(change.before),
                "sentences": change.before["sentences"],
            },
            {
                "title": f"After: {run.label}",
                "outcome": change.after_label,
                "stages": backtest_pages.route_stages(change.after),
                "sentences": change.after["sentences"],
            },
        ],
        "currency": request.organization.currency,
    }
    return render(request, "analytics/backtest_change.html", context)


@require_GET
def backtest_csv(request: OrgRequest, run_id: UUID) -> StreamingHttpResponse:
    """Download the orders that fare differently."""
    run = selectors.backtest_for(request.actor, run_id)
    services.record_backtest_download(
        actor=request.actor, run=run, report="changes", lines=run.changed, now=clock.now()
    )
    return csv_download(
        backtest_files.changes(run, currency=request.organization.currency),
        f"backtest-changes-{run.created_at:%Y-%m-%d}",
    )


@require_GET
def backtest_people_csv(request: OrgRequest, run_id: UUID) -> StreamingHttpResponse:
    """Download the approvals of each person in each week."""
    run = selectors.backtest_for(request.actor, run_id)
    found = findings(run.report)
    services.record_backtest_download(
        actor=request.actor, run=run, report="people", lines=len(found.people), now=clock.now()
    )
    return csv_download(
        backtest_files.approvals(found), f"backtest-approvals-{run.created_at:%Y-%m-%d}"
    )


@require_GET
def compare_backtests(request: OrgRequest) -> HttpResponse:
    """Show two runs side by side, and the orders that fare differently under them."""
    selectors.require_backtests(request.actor)
    ids = [uuid_or_none(text) for text in request.GET.getlist("run")]
    runs = [selectors.backtest_for(request.actor, one) for one in ids if one][:2]
    context: dict[str, Any] = {"currency": request.organization.currency}
    if len(runs) == 2 and all(run.status == _DONE for run in runs):  # noqa: PLR2004 – a pair
        found = backtest_pages.comparison(*runs)
        sides = [(run, findings(run.report)) for run in runs]
        context |= {
            "found": found,
            "sides": sides,
            "page": page_of(request, found.differences, per_page=50),
        }
    return render(request, "analytics/backtest_compare.html", context)


@require_GET
def compare_backtests_csv(request: OrgRequest) -> StreamingHttpResponse:
    """Download the orders that fare differently under two runs."""
    selectors.require_backtests(request.actor)
    ids = [uuid_or_none(text) for text in request.GET.getlist("run")]
    runs = [selectors.backtest_for(request.actor, one) for one in ids if one][:2]
    if len(runs) < 2 or any(run.status != _DONE for run in runs):  # noqa: PLR2004 – a pair
        raise NotFound("Choose two finished backtests to compare.")
    found = backtest_pages.comparison(*runs)
    services.record_backtest_download(
        actor=request.actor,
        run=found.one,
        report="comparison",
        lines=len(found.differences),
        now=clock.now(),
    )
    return csv_download(
        backtest_files.differences(found, currency=request.organization.currency),
        f"backtests-compared-{found.one.created_at:%Y-%m-%d}",
    )


def _address(request: OrgRequest, run: BacktestRun) -> str:
    return org_reverse(request.organization, "analytics:backtest", run_id=run.id)


def _order_url(request: OrgRequest, change: BacktestChange) -> str:
    route, key = {
        Source.LIVE: ("orders:detail", "requisition_id"),
        Source.IMPORTED: ("orders:imported_order", "order_id"),
    }[Source(change.source)]
    return org_reverse(request.organization, route, **{key: change.order_id})


def _sources(run: BacktestRun) -> str:
    return " and ".join(Source(source).label.lower() for source in run.sources)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _asks(change: BacktestChange) -> tuple[str, str]:
    return (
        selectors.asked_in_words(change.before["stages"]),
        selectors.asked_in_words(change.after["stages"]),
    )
