"""Pages of a period's life: frozen, closed, reopened, adjusted, room set aside on it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse
from budgets import selectors, services
from budgets.forms import AdjustForm, EarmarkForm, ReasonForm
from budgets.lifecycle import days_left
from budgets.rules import ZERO, Covering, effects
from budgets.views.editing import edit
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.money import format_money
from procurement.core.paging import page_of


@require_http_methods(["GET", "POST"])
def freeze(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Have a period take no new orders."""
    covering = _managed(request, period_id)
    done = f"{_name(covering)} takes no new orders now."
    return _with_reason(
        request, covering, services.freeze_period, "freeze", "Freeze the period", done
    )


@require_http_methods(["GET", "POST"])
def thaw(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Have a frozen period take new orders again."""
    covering = _managed(request, period_id)
    done = f"{_name(covering)} takes new orders again."
    return _with_reason(
        request, covering, services.thaw_period, "thaw", "Take the period up again", done
    )


@require_http_methods(["GET", "POST"])
def close(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Show what still stands on a period and where it goes, and close it."""
    now = clock.now()
    today = local_date(now, request.organization.time_zone)
    closing = selectors.closing_for(request.actor, period_id, today=today)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        services.close_period(
            actor=request.actor, period_id=period_id, now=now, **form.cleaned_data
        )
        return f"{_name(closing.covering)} is closed."

    moved = closing.handover.moved
    return _step(
        request,
        closing.covering,
        form,
        save,
        "close",
        "Close the period",
        closing=closing,
        page=page_of(request, moved, per_page=50),
        is_early=closing.covering.period.ends_on >= today,
    )


@require_http_methods(["GET", "POST"])
def reopen(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Take late invoices on a closed period."""
    covering = _managed(request, period_id)
    done = f"{_name(covering)} takes late invoices now. Close it again afterwards."
    return _with_reason(
        request, covering, services.reopen_period, "reopen", "Reopen for late invoices", done
    )


@require_http_methods(["GET", "POST"])
def adjust(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Correct what a period says is spent."""
    covering = _managed(request, period_id)
    form = AdjustForm(request.POST or None)

    def save() -> str:
        after = services.adjust_spent(
            actor=request.actor, period_id=period_id, now=clock.now(), **form.cleaned_data
        )
        spent = format_money(after.spent, after.currency)
        return f"{_name(covering)} has {spent} spent now."

    return _step(request, covering, form, save, "adjust", "Adjust what is spent")


@require_GET
def earmarks(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """List what is set aside on a period, with the days that are left."""
    covering = selectors.period_for(request.actor, period_id)
    require(request.actor, Permission.MANAGE_BUDGETS, covering.group_path)
    today = local_date(clock.now(), request.organization.time_zone)
    page = page_of(request, selectors.earmarks_on(covering))
    return render(
        request,
        "budgets/earmarks.html",
        {
            "covering": covering,
            "page": page,
            "rows": [(one, days_left(one.expires_on, today)) for one in page.items],
        },
    )


@require_http_methods(["GET", "POST"])
def set_aside(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Set room of a period aside for a purpose, until a day."""
    covering = _managed(request, period_id)
    form = EarmarkForm(request.POST or None, initial={"expires_on": covering.period.ends_on})

    def save() -> str:
        earmark = services.set_aside(
            actor=request.actor, period_id=period_id, now=clock.now(), **form.cleaned_data
        )
        return f"{format_money(earmark.amount, covering.currency)} is set aside."

    return _step(
        request, covering, form, save, "set_aside", "Set room aside", onward="budgets:earmarks"
    )


@require_POST
def release_earmark(request: OrgRequest, earmark_id: UUID) -> HttpResponse:
    """Give back what was set aside."""
    earmark, covering = selectors.earmark_for(request.actor, earmark_id)
    services.release_earmark(actor=request.actor, earmark_id=earmark.id, now=clock.now())
    amount = format_money(earmark.amount, covering.currency)
    messages.success(request, f"{amount} is free again.")
    where = org_reverse(request.organization, "budgets:earmarks", period_id=covering.period_id)
    return redirect(where)


def _managed(request: OrgRequest, period_id: UUID) -> Covering:
    covering = selectors.period_for(request.actor, period_id)
    require(request.actor, Permission.MANAGE_BUDGETS, covering.group_path)
    return covering


def _name(covering: Covering) -> str:
    return f"{covering.title}, {covering.period.label}"


def _with_reason(
    request: OrgRequest,
    covering: Covering,
    change: Callable[..., object],
    step: str,
    title: str,
    done: str,
) -> HttpResponse:
    """Show a step that takes a reason and nothing else, or carry it out."""
    form = ReasonForm(request.POST or None)

    def save() -> str:
        change(
            actor=request.actor,
            period_id=covering.period_id,
            now=clock.now(),
            **form.cleaned_data,
        )
        return done

    return _step(request, covering, form, save, step, title)


def _step(
    request: OrgRequest,
    covering: Covering,
    form: ReasonForm | EarmarkForm,
    save: Callable[[], str],
    step: str,
    title: str,
    *,
    onward: str = "budgets:ledger",
    **more: object,
) -> HttpResponse:
    """Show one step of a period with its meter, or carry it out and lead on."""
    about = {
        "covering": covering,
        "meter": effects([covering], ZERO)[0].meter,
        "step": step,
        "title": title,
        **more,
    }
    return edit(
        request,
        form,
        save,
        about,
        template="budgets/period_step.html",
        onward=org_reverse(request.organization, onward, period_id=covering.period_id),
    )
