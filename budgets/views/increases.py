"""Pages of budget increases: asking for one, those that were asked for, each by itself."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from approvals import selectors as approvals
from approvals.display import taken_steps, waiting_for
from approvals.routing.words import enumerated
from approvals.services import answer_question
from approvals.telling import story_of
from budgets import selectors, services
from budgets.forms import AnswerForm, IncreaseFilterForm, IncreaseForm
from budgets.models import BudgetIncrease
from budgets.rules import ZERO, effects
from budgets.selectors import IncreaseDetail, Shows
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.core.forms import show_refusal
from procurement.core.money import format_money, symbol
from procurement.core.paging import page_of


@require_GET
def increases(request: OrgRequest) -> HttpResponse:
    """List what is asked on the budgets that the reader keeps, if any, or what they asked for."""
    keeps = request.actor.can_anywhere(Permission.MANAGE_BUDGETS)
    shows = Shows.KEPT if keeps and request.GET.get("show") != Shows.MINE else Shows.MINE
    form = IncreaseFilterForm(request.GET)
    status = form.chosen()
    page = page_of(request, selectors.increases_of(request.actor, shows, status=status))
    rows = [(one, selectors.title_of(one), _pill(one)) for one in page.items]
    return render(
        request,
        "budgets/increases.html",
        {
            "page": page,
            "rows": rows,
            "shows": shows.value,
            "keeps": keeps,
            "form": form,
            "is_narrowed": bool(status),
        },
    )


@require_http_methods(["GET", "POST"])
def ask_increase(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Ask for more room in a period of a budget, or in the running one of a budget."""
    today = local_date(clock.now(), request.organization.time_zone)
    covering = selectors.increase_target(request.actor, period_id, today)
    form = IncreaseForm(request.POST or None, initial={"amount": _amount_in(request)})
    if request.method == "POST" and form.is_valid():
        try:
            asked = services.ask_for_increase(
                actor=request.actor, period_id=period_id, now=clock.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _told(asked, covering.currency))
            return redirect(_url(request, asked.id))
    context = {
        "covering": covering,
        "meter": effects([covering], ZERO)[0].meter,
        "form": form,
        "symbol": symbol(covering.currency).strip(),
        "sees_ledger": request.actor.can(Permission.VIEW_BUDGETS, covering.group_path),
        "may_change": request.actor.can(Permission.MANAGE_BUDGETS, covering.group_path),
    }
    return render(request, "budgets/ask_increase.html", context, status=422 if form.errors else 200)


@require_GET
def increase(request: OrgRequest, increase_id: UUID) -> HttpResponse:
    """Show an increase: what was asked, who decides, what came of it."""
    detail = selectors.increase_for(request.actor, increase_id)
    return render(request, "budgets/increase.html", _context(request, detail, {}))


@require_POST
def withdraw_increase(request: OrgRequest, increase_id: UUID) -> HttpResponse:
    """Take an increase back, before anybody has decided it."""
    detail = selectors.increase_for(request.actor, increase_id)
    try:
        services.withdraw_increase(
            actor=request.actor, increase_id=detail.increase.id, now=clock.now()
        )
    except Conflict as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, "Taken back. The budget stays as it is.")
    return redirect(_url(request, increase_id))


@require_POST
def answer_increase(request: OrgRequest, increase_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer a question about an increase, so that the time to decide goes on."""
    detail = selectors.increase_for(request.actor, increase_id)
    form = AnswerForm(request.POST, auto_id=f"answer_{question_id}_%s")
    if not form.is_valid():
        context = _context(request, detail, {question_id: form})
        return render(request, "budgets/increase.html", context, status=422)
    answer_question(
        actor=request.actor,
        question_id=question_id,
        answer=form.cleaned_data["answer"],
        now=clock.now(),
    )
    messages.success(request, "Your answer is on its way.")
    return redirect(_url(request, increase_id))


def _context(
    request: OrgRequest, detail: IncreaseDetail, typed: dict[UUID, AnswerForm]
) -> dict[str, Any]:
    asked, now = detail.request, clock.now()
    questions = approvals.questions_of(asked.request.id) if asked else ()
    is_pending = detail.increase.status == BudgetIncrease.Status.PENDING
    seat = asked.seat_of(request.actor.membership_id) if asked else None
    return {
        "increase": detail.increase,
        "title": selectors.title_of(detail.increase),
        "pill": _pill(detail.increase),
        "asked": asked,
        "summary": asked.summary if asked else None,
        "steps": taken_steps(asked, approvals.stand_ins_in(asked, now)) if asked else (),
        "waiting": enumerated(waiting_for(asked)) if asked else "",
        "story": story_of(asked, approvals.events_of(asked.request.id)) if asked else (),
        "questions": [
            (one, typed.get(one.id) or AnswerForm(auto_id=f"answer_{one.id}_%s"))
            for one in questions
        ],
        "is_own": detail.is_own,
        "may_withdraw": detail.is_own and is_pending,
        "may_decide": is_pending and seat is not None and seat.is_open,
        "sees_ledger": request.actor.can(
            Permission.VIEW_BUDGETS, detail.increase.period.budget.group.path
        ),
        "sees_order": bool(detail.increase.document_id) and detail.is_own,
    }


def _pill(increase: BudgetIncrease) -> str:
    return selectors.PILLS[BudgetIncrease.Status(increase.status)]


def _told(asked: BudgetIncrease, currency: str) -> str:
    amount = format_money(asked.amount, currency)
    if asked.status == BudgetIncrease.Status.APPROVED:
        return f"Nobody had to be asked: the cap is {amount} higher now."
    return f"You have asked for {amount} more. You hear how it is decided."


def _amount_in(request: OrgRequest) -> str:
    """Return the amount that the address suggests, as people write it, or nothing."""
    try:
        amount = Decimal(request.GET.get("amount", ""))
    except InvalidOperation:
        return ""
    return f"{amount:,.2f}" if amount.is_finite() and amount > 0 else ""


def _url(request: OrgRequest, increase_id: UUID) -> str:
    return org_reverse(request.organization, "budgets:increase", increase_id=increase_id)
