"""Pages of moving people: the move itself with what it changes, and the moves to come."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import MemberMoveForm
from accounts.permissions import Permission
from accounts.services import MoveTerms
from accounts.views.agreeing import agree
from accounts.views.editing import person_place
from accounts.web import OrgRequest
from procurement.core import clock
from procurement.core.errors import NotAllowed
from procurement.core.paging import page_of


@require_http_methods(["GET", "POST"])
def move_member(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Move somebody with what they may do, now or on a day to come."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    form = MemberMoveForm.of(request, actor=request.actor)
    now = clock.now()

    def save(seen: str | None) -> str:
        move = services.move_member(
            actor=request.actor, membership=member, terms=terms(), seen=seen, now=now
        )
        verb = "belongs to" if move.effective_at <= now else "is going to move to"
        return f"{member.user.name} {verb} {move.to_group.name}."

    def terms() -> MoveTerms:
        return _terms(form.cleaned_data, request.organization.time_zone)

    return agree(
        request,
        form,
        member.group,
        f"Move {member.user.name}",
        preview=lambda: services.preview_member_move(
            actor=request.actor, membership=member, terms=terms(), now=now
        ),
        save=save,
        place=person_place(request, member),
    )


@require_GET
def planned_moves(request: OrgRequest) -> HttpResponse:
    """List the moves to come of people whom the reader manages."""
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Moves are listed for those who manage the people of some group.")
    page = page_of(request, selectors.planned_moves_within(request.actor))
    return render(request, "accounts/planned_moves.html", {"page": page})


@require_POST
def cancel_move(request: OrgRequest, move_id: UUID) -> HttpResponse:
    """Call a planned move off."""
    move = selectors.move_for(request.actor, move_id)
    services.cancel_member_move(actor=request.actor, move=move, now=clock.now())
    messages.success(
        request, f"The move of {move.membership.user.name} to {move.to_group.name} is called off."
    )
    return redirect(person_place(request, move.membership).address)


def _terms(given: dict[str, Any], time_zone: str) -> MoveTerms:
    """Return the terms of a move: days of the organization as instants."""
    first, last = given["effective_at"], given["overlap_until"]
    return MoveTerms(
        target=given["target"],
        manager=given["manager"],
        effective_at=clock.start_of(first, time_zone) if first else None,
        overlap_until=clock.start_of(last + timedelta(days=1), time_zone) if last else None,
        reason=given["reason"],
    )
