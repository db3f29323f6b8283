"""The cart, with what would happen if it were submitted now.

The page is one form. Whatever button is pressed, all that was typed comes along and is kept first;
what cannot be read stays in its field with the reason beside it. Without scripts every button leads
to a whole page; with them the same answers arrive as partials of that page.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals.carrying import asked_first
from approvals.routing.words import enumerated
from approvals.selectors import usual_time
from approvals.timeliness import Spread
from catalogs.selectors import items_by_id
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.orders import selectors, services
from procurement.orders.assessment import AssessedLine, Assessment
from procurement.orders.display import Obstacle, button_of, outlook
from procurement.orders.draft import Draft
from procurement.orders.forms import (
    AddForm,
    CartForm,
    LineChange,
    justification_name,
    quantity_name,
)
from procurement.orders.services import SubmitOutcome, SubmitVerdict


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line as the page prints it: what was judged, and the fields to change it.

    ``problem`` is what is wrong with its justification, once somebody has had a go at it.
    """

    assessed: AssessedLine
    quantity: BoundField
    justification: BoundField
    problem: str


@require_GET
def cart(request: OrgRequest) -> HttpResponse:
    """Show the cart with its preview, or what a cart is for when it is empty."""
    draft = _current(request)
    if draft is None:
        context = {"can_buy": request.actor.can_anywhere(Permission.PLACE_ORDERS)}
        return render(request, "orders/cart_empty.html", context)
    # Whoever comes to say more on a line starts at its reason.
    justify = {"justify": uuid_or_none(request.GET.get("justify"))}
    context = _context(request, draft, _form(request, draft))
    return render(request, "orders/cart.html", context | justify)


@require_GET
def preview(request: OrgRequest) -> HttpResponse:
    """Return the aside alone, worked out anew: budgets move while somebody thinks."""
    draft = _current(request)
    if draft is None or not _is_partial(request):
        return _to_cart(request)
    return render(request, "orders/_preview.html", _context(request, draft, _form(request, draft)))


@require_POST
def cart_add(request: OrgRequest) -> HttpResponse:
    """Put an item into the cart, and lead back to where it was found."""
    form = AddForm(request.POST)
    if not form.is_valid():
        raise DomainError("Enter a quantity as a number, such as 3.", field="quantity")
    item_id, wanted = form.cleaned_data["item_id"], form.cleaned_data["group"]
    order = services.add_to_cart(
        actor=request.actor,
        item_id=item_id,
        quantity=form.cleaned_data["quantity"],
        group_id=wanted,
        now=clock.now(),
    )
    # A cart buys for one group; whoever looked round for another one should hear which.
    whose = f", which buys for {order.group.name}" if wanted not in (None, order.group_id) else ""
    messages.success(request, f"In your cart{whose}: {items_by_id([item_id])[item_id].title}.")
    if _is_partial(request):
        return render(request, "orders/_added.html")
    return redirect(_next(request))


@require_POST
def cart_line(request: OrgRequest) -> HttpResponse:
    """Keep what was typed, and answer with the preview and what it changes on the lines."""
    return _change(request)


@require_POST
def cart_settings(request: OrgRequest) -> HttpResponse:
    """Keep what was typed; another group has other rules, budgets and approvers."""
    return _change(request)


@require_POST
def cart_remove(request: OrgRequest) -> HttpResponse:
    """Take a line out of the cart; what was typed for the others is kept."""
    draft = _posted(request)
    if draft is None:
        return _gone(request)
    _keep(request, _form(request, draft))
    line = next((one for one in draft.lines if str(one.id) == request.POST.get("line")), None)
    if line is not None:
        services.remove_line(actor=request.actor, line_id=line.id, now=clock.now())
        messages.success(request, f"Removed: {line.title}.")
    left = selectors.draft_of(request.actor, draft.id)
    if not left.lines or not _is_partial(request):
        return _to_cart(request)
    context = _context(request, left, _form(request, left))
    return render(request, "orders/_changed.html", {**context, "removed": line})


@require_POST
def submit(request: OrgRequest) -> HttpResponse:
    """Submit the cart, if it still is what the button promised."""
    draft = _posted(request)
    if draft is None:
        return _gone(request)
    form = _form(request, draft)
    _keep(request, form)
    draft = selectors.draft_of(request.actor, draft.id)
    if not draft.lines:
        return _to_cart(request)
    assessment = selectors.preview(request.actor, draft, now=clock.now())
    does = button_of(assessment)
    has_moved = request.POST.get("promise", does) != does
    if not (has_moved or form.errors or form.group_problem):
        verdict = services.submit_requisition(
            actor=request.actor, requisition_id=draft.id, now=clock.now()
        )
        if verdict.outcome is not SubmitOutcome.REFUSED:
            _tell(request, verdict)
            return redirect(_address(request, draft))
        assessment = verdict.assessment or assessment
    context = _context(request, draft, form, assessment, was_tried=True)
    return render(request, "orders/cart.html", {**context, "has_moved": has_moved}, status=422)


@require_POST
def cart_room(request: OrgRequest) -> HttpResponse:
    """Keep what was typed, and lead on to the ways of an order that budgets stop."""
    draft = _posted(request)
    if draft is None:
        return _gone(request)
    form = _form(request, draft)
    _keep(request, form)
    if form.errors or form.group_problem:
        kept = selectors.draft_of(request.actor, draft.id)
        context = _context(request, kept, form, was_tried=True)
        return render(request, "orders/cart.html", context, status=422)
    return redirect(org_reverse(request.organization, "orders:room", requisition_id=draft.id))


def _change(request: OrgRequest) -> HttpResponse:
    draft = _posted(request)
    if draft is None:
        return _gone(request)
    form = _form(request, draft)
    _keep(request, form)
    draft = selectors.draft_of(request.actor, draft.id)
    if not draft.lines or not (form.errors or _is_partial(request)):
        return _to_cart(request)
    if _is_partial(request):
        return render(request, "orders/_changed.html", _context(request, draft, form))
    context = _context(request, draft, form, was_tried=True)
    return render(request, "orders/cart.html", context, status=422)


def _keep(request: OrgRequest, form: CartForm) -> None:
    """Store what was typed as far as it can be read; the rest stays in the form with its errors."""
    now = clock.now()
    form.is_valid()
    for change in form.changes:
        try:
            _change_line(request, change, now)
        except (Conflict, NotFound):
            raise
        except DomainError as refusal:
            form.add_error(quantity_name(change.line_id), refusal.message)
            _change_line(request, replace(change, quantity=None), now)
    if form.changes_settings and not form.group_problem:
        _keep_settings(request, form, now)


def _keep_settings(request: OrgRequest, form: CartForm, now: datetime) -> None:
    """Keep the group, the day and the note; a day that cannot be wanted stays in its field."""
    try:
        _change_settings(request, form, form.wanted_on, now)
    except (Conflict, NotFound):
        raise
    except DomainError as refusal:
        if refusal.field != "wanted_on":
            raise
        form.add_error("wanted_on", refusal.message)
        _change_settings(request, form, form.draft.wanted_on, now)


def _change_settings(
    request: OrgRequest, form: CartForm, wanted_on: date | None, now: datetime
) -> None:
    services.change_cart(
        actor=request.actor,
        requisition_id=form.draft.id,
        group_id=form.group_id,
        note=form.note,
        wanted_on=wanted_on,
        now=now,
    )


def _change_line(request: OrgRequest, change: LineChange, now: datetime) -> None:
    services.change_line(
        actor=request.actor,
        line_id=change.line_id,
        quantity=change.quantity,
        justification=change.justification,
        now=now,
    )


def _form(request: OrgRequest, draft: Draft) -> CartForm:
    data = request.POST if request.method == "POST" else None
    on = local_date(clock.now(), request.organization.time_zone)
    groups = selectors.buying_groups(request.actor, on=on, chosen=draft.group_id)
    return CartForm(draft, groups, data)


def _context(
    request: OrgRequest,
    draft: Draft,
    form: CartForm,
    assessment: Assessment | None = None,
    *,
    was_tried: bool = False,
) -> dict[str, Any]:
    """Return what the page and its partials print. Seven SQL queries without an assessment."""
    assessment = assessment or selectors.preview(request.actor, draft, now=clock.now())
    lines = [
        CartLine(
            assessed=assessed,
            quantity=form[quantity_name(assessed.line.id)],
            justification=form[justification_name(assessed.line.id)],
            problem=assessed.problem if was_tried or assessed.line.justification else "",
        )
        for assessed in assessment.lines
    ]
    return {
        "draft": draft,
        "form": form,
        "lines": lines,
        "outlook": outlook(assessment, list(_typing_obstacles(form, lines))),
        "usual_time": _usual_time(assessment),
        "was_tried": was_tried,
    }


def _usual_time(assessment: Assessment) -> Spread | None:
    """Return how long deciding takes in the group, where anybody is asked; one SQL query."""
    if assessment.plan.is_automatic or not assessment.plan.is_ready:
        return None
    return usual_time(assessment.draft.group_id, now=clock.now())


def _typing_obstacles(form: CartForm, lines: list[CartLine]) -> list[Obstacle]:
    """Return what stands in the way as it could not even be read."""
    found = [
        Obstacle(f"{line.quantity.label}: {line.quantity.errors[0]}", line.quantity.auto_id)
        for line in lines
        if line.quantity.errors
    ]
    if form.group_problem:
        found.append(Obstacle(form.group_problem, form["group"].auto_id))
    found += [Obstacle(str(error), form["wanted_on"].auto_id) for error in form["wanted_on"].errors]
    return found


def _current(request: OrgRequest) -> Draft | None:
    """Return the cart if there is anything in it."""
    found = selectors.cart_of(request.actor)
    draft = selectors.draft_of(request.actor, found.id) if found else None
    return draft if draft and draft.lines else None


def _posted(request: OrgRequest) -> Draft | None:
    """Return the draft that the form was about, or None where it is no draft any more."""
    try:
        return selectors.draft_of(request.actor, uuid_or_none(request.POST.get("requisition")))
    except NotFound:
        return None


def _gone(request: OrgRequest) -> HttpResponse:
    """Lead on from a cart that another window has submitted or given up."""
    requisition_id = uuid_or_none(request.POST.get("requisition"))
    if requisition_id is None:
        return _to_cart(request)
    order = selectors.requisition_for(request.actor, requisition_id)
    messages.info(request, "This order had been submitted already; nothing was changed.")
    url = org_reverse(request.organization, "orders:detail", requisition_id=order.id)
    return HttpResponseClientRedirect(url) if _is_partial(request) else redirect(url)


def _to_cart(request: OrgRequest) -> HttpResponse:
    url = org_reverse(request.organization, "orders:cart")
    return HttpResponseClientRedirect(url) if _is_partial(request) else redirect(url)


def _address(request: OrgRequest, draft: Draft) -> str:
    return org_reverse(request.organization, "orders:detail", requisition_id=draft.id)


def _next(request: OrgRequest) -> str:
    """Return where the adding form wants to go on, if that is a page of ours; else the cart."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return org_reverse(request.organization, "orders:cart")


def _is_partial(request: OrgRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _tell(request: OrgRequest, verdict: SubmitVerdict) -> None:
    if verdict.assessment is None:
        messages.info(request, "This order had been submitted already.")
        return
    if verdict.outcome is SubmitOutcome.PLACED:
        suppliers = [name for name, _ in verdict.assessment.by_supplier]
        messages.success(request, f"Placed. {enumerated(suppliers)} will be told.")
        return
    people = asked_first(verdict.assessment.plan, verdict.assessment.carried)
    messages.success(request, f"Submitted. {enumerated(people)} will be asked.")
