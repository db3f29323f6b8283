"""Forms that show what they would change, on every floor, before they change it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.effects import Effect, by_head, fingerprint, is_blocked
from accounts.models import OrgGroup
from accounts.views.editing import Place, group_place
from accounts.web import OrgRequest
from procurement.core.errors import Conflict, DomainError
from procurement.core.forms import show_refusal


def agree(
    request: OrgRequest,
    form: forms.Form,
    group: OrgGroup,
    title: str,
    *,
    preview: Callable[[], Sequence[Effect]],
    save: Callable[[str | None], str],
    place: Place | None = None,
) -> HttpResponse:
    """Show a form; once it is sent, what it would change; carry it out when that is agreed to.

    What changes nothing worth a look is carried out at once. Where the effects have become others
    since they were shown, the new ones are shown instead. It belongs to the group's page, or to
    ``place``.
    """
    place = place or group_place(request, group)
    if not form.is_bound or not form.is_valid():
        return _page(request, form, place, title, status=422 if form.errors else 200)
    seen = request.POST.get("seen") or None
    effects: Sequence[Effect] = ()
    try:
        effects = preview()
        if (seen is None and effects) or is_blocked(effects):
            status = 422 if is_blocked(effects) else 200
            return _page(request, form, place, title, effects=effects, status=status)
        messages.success(request, save(seen))
    except Conflict as moved_on:
        form.add_error(None, moved_on.message)
        return _page(request, form, place, title, effects=effects, status=409)
    except DomainError as refusal:
        show_refusal(form, refusal)
        return _page(request, form, place, title, status=422)
    return redirect(place.address)


def _page(
    request: OrgRequest,
    form: forms.Form,
    place: Place,
    title: str,
    *,
    effects: Sequence[Effect] = (),
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "place": place,
        "title": title,
        "effects_by_head": by_head(effects),
        "seen": fingerprint(effects) if effects else "",
        "is_blocked": is_blocked(effects),
        "shows_first": True,
        "confirm": f"Confirm: {title[:1].lower()}{title[1:]}",
    }
    return render(request, "accounts/form.html", context, status=status)
