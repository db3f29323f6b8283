"""Forms that change one thing: shown, carried out, or shown again with what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Membership, OrgGroup
from accounts.web import OrgRequest, org_reverse
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal


@dataclass(frozen=True, slots=True)
class Place:
    """The page that a form belongs to and leads back to: what it is called, and its address."""

    label: str
    address: str


def edit(
    request: OrgRequest,
    form: forms.Form,
    group: OrgGroup,
    title: str,
    save: Callable[[forms.Form], str],
    *,
    effects: Sequence[str] = (),
    place: Place | None = None,
) -> HttpResponse:
    """Show a form, or carry it out and lead back; a refusal stands beside its field.

    It belongs to the group's page, or to ``place``.
    """
    place = place or group_place(request, group)
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, save(form))
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(place.address)
    context = {"form": form, "place": place, "title": title, "effects": effects}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


def group_place(request: OrgRequest, group: OrgGroup) -> Place:
    """Return a group's page."""
    return Place(group.name, group_address(request, group))


def person_place(request: OrgRequest, member: Membership) -> Place:
    """Return a person's page."""
    address = org_reverse(request.organization, "accounts:person", membership_id=member.id)
    return Place(member.user.name or member.user.email, address)


def group_address(request: OrgRequest, group: OrgGroup) -> str:
    """Return the address of a group's page."""
    return org_reverse(request.organization, "accounts:group", group_id=group.id)
