"""Pages of room that budgets give to each other."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, require
from accounts.web import OrgRequest, org_reverse
from budgets import selectors, services
from budgets.forms import TransferAnswerForm, TransferForm
from budgets.lifecycle import after_transfer
from budgets.models import BudgetTransfer
from budgets.rules import ZERO, effects
from budgets.views.editing import edit
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.money import format_money
from procurement.core.paging import page_of


@require_GET
def transfers(request: OrgRequest) -> HttpResponse:
    """List what budgets of the actor's were asked for, and have asked for."""
    if not request.actor.can_anywhere(Permission.MANAGE_BUDGETS):
        raise NotAllowed(
            "Transfers are for those who keep a budget. An administrator can grant the role."
        )
    page = page_of(request, selectors.transfers_of(request.actor))
    return render(request, "budgets/transfers.html", {"page": page})


@require_http_methods(["GET", "POST"])
def ask_transfer(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Ask another budget for room for a period."""
    taker = selectors.period_for(request.actor, period_id)
    require(request.actor, Permission.MANAGE_BUDGETS, taker.group_path)
    today = local_date(clock.now(), request.organization.time_zone)
    query = request.GET.get("q", "")
    on = min(max(today, taker.period.starts_on), taker.period.ends_on)
    found = selectors.givers_for(request.actor, taker, on, query=query)
    choices = [(str(one.period_id), f"{one.title}, {one.period.label}") for one in found]
    form = TransferForm(request.POST or None, givers=choices)
    made: list[BudgetTransfer] = []

    def save() -> str:
        given = dict(form.cleaned_data)
        transfer = services.ask_transfer(
            actor=request.actor,
            giver_id=given.pop("giver"),
            taker_id=period_id,
            now=clock.now(),
            **given,
        )
        made.append(transfer)
        amount = format_money(transfer.amount, taker.currency)
        if transfer.status == BudgetTransfer.Status.DONE:
            return f"{amount} is transferred."
        return f"{amount} is asked for. Whoever keeps the other budget has a mail."

    return edit(
        request,
        form,
        save,
        {
            "covering": taker,
            "meter": effects([taker], ZERO)[0].meter,
            "query": query,
            "title": "Ask another budget for room",
        },
        template="budgets/ask_transfer.html",
        onward=org_reverse(request.organization, "budgets:transfers"),
    )


@require_http_methods(["GET", "POST"])
def transfer(request: OrgRequest, transfer_id: UUID) -> HttpResponse:
    """Show what a transfer does to both budgets; agree, or refuse with words."""
    found = selectors.transfer_for(request.actor, transfer_id)
    periods = selectors.periods_by_id([found.giver_id, found.taker_id])
    giver, taker = periods[found.giver_id], periods[found.taker_id]
    may_answer = request.actor.can(Permission.MANAGE_BUDGETS, giver.group_path)
    form = TransferAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agrees = request.POST.get("decision") == "agree"
        try:
            services.answer_transfer(
                actor=request.actor,
                transfer_id=transfer_id,
                agrees=agrees,
                answer=form.cleaned_data["answer"],
                now=clock.now(),
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error("answer" if refusal.field == "answer" else None, refusal.message)
        else:
            messages.success(request, "The room is given." if agrees else "Refused, with words.")
            return redirect(
                org_reverse(request.organization, "budgets:transfer", transfer_id=transfer_id)
            )
    is_open = found.status == BudgetTransfer.Status.ASKED
    after = after_transfer(giver, taker, found.amount if is_open else ZERO)
    context = {
        "transfer": found,
        "giver": giver,
        "taker": taker,
        "is_open": is_open,
        "expires_at": selectors.transfer_expires_at(found) if is_open else None,
        "fits": found.amount <= giver.free,
        "may_answer": may_answer and is_open,
        "may_withdraw": is_open and request.actor.can(Permission.MANAGE_BUDGETS, taker.group_path),
        "giver_meter": effects([after[0]], ZERO)[0].meter,
        "taker_meter": effects([after[1]], ZERO)[0].meter,
        "sees_giver": request.actor.can(Permission.VIEW_BUDGETS, giver.group_path),
        "sees_taker": request.actor.can(Permission.VIEW_BUDGETS, taker.group_path),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "budgets/transfer.html", context, status=status)


@require_POST
def withdraw_transfer(request: OrgRequest, transfer_id: UUID) -> HttpResponse:
    """Ask for room no longer."""
    services.withdraw_transfer(actor=request.actor, transfer_id=transfer_id, now=clock.now())
    messages.success(request, "You ask for it no longer.")
    return redirect(org_reverse(request.organization, "budgets:transfers"))
