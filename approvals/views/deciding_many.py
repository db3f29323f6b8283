"""Deciding many in one go: shown once with their sum, then each decided for itself."""

from collections.abc import Sequence
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import calendar_of
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals import selectors, services
from approvals.forms import DecideManyForm
from approvals.inbox_rows import Chosen, seat_rows
from approvals.models import Decision, StageSeat
from approvals.services import Verdict
from procurement.core import clock
from procurement.core.money import format_money

_MOST = 100
# How many of those that did not count are told one by one.
_TOLD = 5


@require_http_methods(["GET", "POST"])
def decide_many(request: OrgRequest) -> HttpResponse:
    """Show what was chosen in the inbox, and decide it once the reader has seen the sum.

    A seat comes back with the hash of the content that was shown, and that content is decided.
    """
    typed = request.POST if request.method == "POST" else request.GET
    shown = dict(_seat_and_hash(one) for one in typed.getlist("seat")[:_MOST])
    found = selectors.seats_chosen(
        request.actor, filter(None, map(uuid_or_none, shown)), now=clock.now()
    )
    form = DecideManyForm(request.POST if request.method == "POST" else None)
    if found and form.is_bound and form.is_valid() and _says_why(form):
        _decide(request, form, found, shown)
        return redirect(org_reverse(request.organization, "approvals:inbox"))
    waiting = [seat for seat in found if seat.is_open]
    if not waiting:
        messages.warning(request, "Nothing is chosen that still waits for you.")
        return redirect(org_reverse(request.organization, "approvals:inbox"))
    asked = selectors.asked_on(seat.request_id for seat in waiting)
    calendar = calendar_of(request.organization.id)
    rows = seat_rows(waiting, asked, reader_id=request.actor.id, now=clock.now(), calendar=calendar)
    rejects = typed.get("choice") == Decision.Choice.REJECT
    context = {"form": form, "chosen": Chosen(tuple(rows)), "rejects": rejects}
    status = 400 if form.errors else 200
    return render(request, "approvals/decide_many.html", context, status=status)


def _seat_and_hash(given: str) -> tuple[str, str]:
    seat_id, _, content_hash = given.partition(":")
    return seat_id, content_hash


def _says_why(form: DecideManyForm) -> bool:
    if form.cleaned_data["choice"] != Decision.Choice.REJECT:
        return True
    if form.cleaned_data["comment"].strip():
        return True
    form.add_error(
        "comment", "Say why you reject these: each requester has to know what to change."
    )
    # It stands below everything that was chosen: without the focus, nobody sees it on a phone.
    form.fields["comment"].widget.attrs["autofocus"] = True
    return False


def _decide(
    request: OrgRequest, form: DecideManyForm, seats: Sequence[StageSeat], shown: dict[str, str]
) -> None:
    verdicts = services.decide_many(
        actor=request.actor,
        choices=[(seat.id, shown[str(seat.id)]) for seat in seats],
        choice=form.cleaned_data["choice"],
        comment=form.cleaned_data["comment"],
        channel=Decision.Channel.APP,
        now=clock.now(),
    )
    _tell(request, form.cleaned_data["choice"], list(zip(seats, verdicts, strict=True)))


def _tell(request: OrgRequest, choice: str, decided: Sequence[tuple[StageSeat, Verdict]]) -> None:
    """Say how many were decided and what they came to, and of the others why they were not."""
    counted = [seat.request for seat, verdict in decided if verdict.is_decided]
    if counted:
        amount = format_money(sum((one.amount for one in counted), Decimal(0)), counted[0].currency)
        what = "approved" if choice == Decision.Choice.APPROVE else "rejected"
        noun = "request" if len(counted) == 1 else "requests"
        messages.success(request, f"You {what} {len(counted)} {noun}, {amount} together.")
    others = [(seat, verdict) for seat, verdict in decided if not verdict.is_decided]
    for seat, verdict in others[:_TOLD]:
        messages.warning(request, f"{seat.request.subject_label}: {verdict.sentence}")
    if len(others) > _TOLD:
        messages.warning(request, f"{len(others) - _TOLD} more were not decided; they are below.")
