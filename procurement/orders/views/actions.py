"""What a requester does with an order that left the cart; each button is one service."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals.routing.words import enumerated
from approvals.services import answer_question
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.orders import selectors, services
from procurement.orders.forms import (
    AnswerForm,
    AppealForm,
    CancelForm,
    TakePreferredForm,
    WithdrawForm,
)
from procurement.orders.models import Requisition
from procurement.orders.services import AppealOutcome
from procurement.orders.views.placed import Typed, detail_context


@require_POST
def reopen(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Take an order back into the cart, to be edited and submitted again.

    With ``justify`` the cart opens at the reason for that line.
    """
    order = services.reopen(actor=request.actor, requisition_id=requisition_id, now=clock.now())
    messages.success(request, f"{order.number} is in your cart. Change it and submit it again.")
    line = uuid_or_none(request.POST.get("justify"))
    cart = org_reverse(request.organization, "orders:cart")
    return redirect(f"{cart}?justify={line}#line-{line}" if line else cart)


@require_POST
def withdraw(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Take back an order that waits for approval."""
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    done = "is withdrawn; nobody is asked any more."
    return _given_up(request, requisition_id, form, Typed(withdraw=form), services.withdraw, done)


@require_POST
def cancel(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Give an order up for good."""
    form = CancelForm(request.POST, auto_id="cancel_%s")
    return _given_up(
        request,
        requisition_id,
        form,
        Typed(cancel=form),
        services.cancel_requisition,
        "is cancelled.",
    )


@require_POST
def appeal(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Have the next in line above decide on what was rejected."""
    form = AppealForm(request.POST, auto_id="appeal_%s")
    if not form.is_valid():
        return _again(request, requisition_id, Typed(appeal=form))
    verdict = services.appeal(
        actor=request.actor,
        requisition_id=requisition_id,
        reason=form.cleaned_data["reason"],
        now=clock.now(),
    )
    if verdict.outcome is AppealOutcome.REFUSED:
        sentences = tuple(one.sentence for one in verdict.refusals)
        return _again(request, requisition_id, Typed(appeal=form, appeal_refusals=sentences))
    if verdict.outcome is AppealOutcome.ALREADY:
        messages.info(request, f"{verdict.number} waits for a decision already.")
    else:
        messages.success(request, f"Appealed. {enumerated(verdict.hearing)} will be asked.")
    return _to(request, requisition_id)


@require_POST
def rebuild(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Fill a new cart with what an order asked for, and say in what it differs."""
    rebuilt = services.rebuild_cart(
        actor=request.actor, requisition_id=requisition_id, now=clock.now()
    )
    messages.success(request, f"{rebuilt.cart.number} is your new cart.")
    if rebuilt.missing:
        messages.warning(request, f"Not offered any more: {enumerated(rebuilt.missing)}.")
    for repriced in rebuilt.repriced:
        messages.warning(request, repriced.sentence)
    if rebuilt.other_group:
        messages.warning(request, f"It buys for {rebuilt.other_group}.")
    return redirect(org_reverse(request.organization, "orders:cart"))


@require_POST
def take_preferred(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    """Take the preferred item in place of a line; the order goes back into the cart with it."""
    form = TakePreferredForm(request.POST)
    if not form.is_valid():
        selectors.requisition_for(request.actor, requisition_id)
        raise DomainError("Choose what to take instead on the order's page.")
    line = services.take_preferred(
        actor=request.actor,
        requisition_id=requisition_id,
        line_id=form.cleaned_data["line"],
        item_id=form.cleaned_data["item"],
        now=clock.now(),
    )
    messages.success(request, f"In your cart: {line.title}. Submit it when all is right.")
    return redirect(org_reverse(request.organization, "orders:cart"))


@require_POST
def answer(request: OrgRequest, requisition_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer a question about an order."""
    order = selectors.requisition_for(request.actor, requisition_id)
    form = AnswerForm(request.POST, auto_id=f"answer_{question_id}_%s")
    if not form.is_valid():
        return _again(request, order.id, Typed(answers={question_id: form}))
    answer_question(
        actor=request.actor,
        question_id=question_id,
        answer=form.cleaned_data["answer"],
        now=clock.now(),
    )
    messages.success(request, "Answered. Whoever asked has been told, and the clock goes on.")
    return _to(request, order.id)


def _given_up(
    request: OrgRequest,
    requisition_id: UUID,
    form: WithdrawForm | CancelForm,
    typed: Typed,
    give_up: Callable[..., Requisition],
    done: str,
) -> HttpResponse:
    """Take an order back or cancel it for the reason given, or ask for the reason again."""
    if not form.is_valid():
        return _again(request, requisition_id, typed)
    order = give_up(
        actor=request.actor,
        requisition_id=requisition_id,
        reason=form.cleaned_data["reason"].strip(),
        now=clock.now(),
    )
    messages.success(request, f"{order.number} {done}")
    return _to(request, order.id)


def _again(request: OrgRequest, requisition_id: UUID, typed: Typed) -> HttpResponse:
    """Show the order with what was typed and what is wrong with it."""
    order = selectors.requisition_for(request.actor, requisition_id)
    context = detail_context(request, order, typed)
    return render(request, "orders/detail.html", context, status=422)


def _to(request: OrgRequest, requisition_id: UUID) -> HttpResponse:
    return redirect(
        org_reverse(request.organization, "orders:detail", requisition_id=requisition_id)
    )
