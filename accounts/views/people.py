"""Pages of people: joining, and access that ends."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.forms import MemberForm, SuspendForm
from accounts.permissions import Permission
from accounts.views.editing import edit
from accounts.web import OrgRequest
from procurement.core import clock


@require_http_methods(["GET", "POST"])
def add_member(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Add a person with a first role."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)

    def save(form: forms.Form) -> str:
        now, role = clock.now(), form.cleaned_data.pop("role")
        member = services.add_member(actor=request.actor, group=group, now=now, **form.cleaned_data)
        services.grant_role(actor=request.actor, membership=member, group=group, role=role, now=now)
        return f"{member.user.name} belongs to {group.name} now."

    return edit(request, MemberForm(request.POST or None), group, "Add a person", save)


@require_http_methods(["GET", "POST"])
def suspend_member(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """End somebody's access, with a reason."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)

    def save(form: forms.Form) -> str:
        services.suspend_member(
            actor=request.actor, membership=member, now=clock.now(), **form.cleaned_data
        )
        return f"{member.user.name} has no access any more."

    title = f"End {member.user.name}’s access"
    effects = (
        "Pages, sign-in, the API and links in mails stop working with their next request.",
        *(
            effect.sentence
            for effect in services.preview_suspension(
                actor=request.actor, membership=member, now=clock.now()
            )
        ),
        "Past orders and decisions stay in the record.",
    )
    form = SuspendForm(request.POST or None)
    return edit(request, form, member.group, title, save, effects=effects)
