"""Pages of the hierarchy: the tree, a group's people and seats, and the forms that change them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import GrantForm, GroupForm, MemberForm, SeatForm, SuspendForm
from accounts.models import OrgGroup, Role
from accounts.permissions import ROLE_PERMISSIONS, Permission, require
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.paging import page_of
from procurement.outbox import selectors as outbox
from procurement.outbox import services as outbox_services


@require_GET
def groups(request: OrgRequest, group_id: UUID | None = None) -> HttpResponse:
    """Show the tree, and one group with its seats, people and where their powers come from."""
    tree = selectors.group_tree(request.actor)
    if group_id is None and tree:
        home = request.actor.home_group_id
        group_id = next((node.id for node in tree if node.id == home), tree[0].id)
    group = selectors.group_for(request.actor, group_id) if group_id else None
    context: dict[str, Any] = {"tree": tree, "group": group}
    if group is not None:
        now = clock.now()
        context |= {
            "crumbs": selectors.ancestor_groups(group.path)[:-1],
            "seats": selectors.seat_overview(group),
            "members": selectors.members_of(group, at=now),
            "visitors": selectors.grants_reaching(group, at=now),
            "node": next(node for node in tree if node.id == group.id),
            "visible": {node.id for node in tree},
            "can_manage_groups": request.actor.can(Permission.MANAGE_GROUPS, group.path),
            "can_manage_people": request.actor.can(Permission.MANAGE_PEOPLE, group.path),
        }
    return render(request, "accounts/groups.html", context)


@require_GET
def roles(request: OrgRequest) -> HttpResponse:
    """Show what each role may do: the table that the product itself uses."""
    table = [
        {
            "permission": permission.label,
            "roles": [permission in ROLE_PERMISSIONS[role] for role in Role.values],
        }
        for permission in Permission
    ]
    return render(request, "accounts/roles.html", {"roles": Role.choices, "table": table})


@require_GET
def undelivered_mail(request: OrgRequest) -> HttpResponse:
    """Show the mails that were given up on, with the mail server's own words."""
    _require_whole(request)
    return render(request, "accounts/mail.html", {"page": page_of(request, outbox.parked())})


@require_POST
def retry_mail(request: OrgRequest, message_id: UUID) -> HttpResponse:
    """Try a mail again that was given up on."""
    _require_whole(request)
    message = outbox.parked_message(message_id)
    outbox_services.retry(actor=request.actor, message_id=message.id, now=clock.now())
    messages.success(request, f"The mail to {message.recipient} is on its way again.")
    return redirect(org_reverse(request.organization, "accounts:mail"))


def _require_whole(request: OrgRequest) -> None:
    """Let those in who manage the people of the whole organization."""
    require(request.actor, Permission.MANAGE_PEOPLE, selectors.root_group())


@require_http_methods(["GET", "POST"])
def create_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Create a group below another."""
    parent = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)

    def save(form: forms.Form) -> str:
        group = services.create_group(
            actor=request.actor, parent=parent, now=clock.now(), **form.cleaned_data
        )
        return f"{group.name} now stands below {parent.name}."

    return _edit(request, GroupForm(request.POST or None), parent, "New group", save)


@require_http_methods(["GET", "POST"])
def change_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Rename or describe a group."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)
    initial = {"name": group.name, "kind": group.kind, "code": group.code}

    def save(form: forms.Form) -> str:
        services.change_group(
            actor=request.actor, group=group, now=clock.now(), **form.cleaned_data
        )
        return "The group has been changed."

    return _edit(
        request, GroupForm(request.POST or None, initial=initial), group, "Edit group", save
    )


@require_http_methods(["GET", "POST"])
def add_member(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Add a person with a first role."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)

    def save(form: forms.Form) -> str:
        now, role = clock.now(), form.cleaned_data.pop("role")
        member = services.add_member(actor=request.actor, group=group, now=now, **form.cleaned_data)
        services.grant_role(actor=request.actor, membership=member, group=group, role=role, now=now)
        return f"{member.user.name} belongs to {group.name} now."

    return _edit(request, MemberForm(request.POST or None), group, "Add a person", save)


@require_http_methods(["GET", "POST"])
def grant_role(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Grant a role on a group and everything below it."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    form = GrantForm(request.POST or None, members=selectors.active_members())

    def save(form: forms.Form) -> str:
        grant = services.grant_role(
            actor=request.actor, group=group, now=clock.now(), **form.cleaned_data
        )
        return f"{grant.get_role_display()} granted on {group.name} and below."

    return _edit(request, form, group, "Grant a role", save)


@require_POST
def revoke_role(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """End a role on a group."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    grant = selectors.grant_on(group, request.POST.get("grant"), at=clock.now())
    services.revoke_role(
        actor=request.actor,
        membership=grant.membership,
        group=group,
        role=grant.role,
        now=clock.now(),
    )
    messages.success(request, f"{grant.get_role_display()} ended on {group.name}.")
    return redirect(_address(request, group))


@require_http_methods(["GET", "POST"])
def fill_position(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Fill or vacate a seat."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    form = SeatForm(
        request.POST or None,
        members=selectors.active_members(),
        positions=selectors.positions(),
        initial={"position": request.GET.get("position")},
    )

    def save(form: forms.Form) -> str:
        position, member = form.cleaned_data["position"], form.cleaned_data["membership"]
        if member is None:
            services.vacate_position(
                actor=request.actor, position=position, group=group, now=clock.now()
            )
            return f"{position.name} of {group.name} is vacant; the group above answers."
        services.fill_position(
            actor=request.actor, position=position, group=group, membership=member, now=clock.now()
        )
        return f"{member.user.name} is {position.name} of {group.name}."

    return _edit(request, form, group, "Fill a seat", save)


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
    return _edit(request, form, member.group, title, save, effects=effects)


def _edit(
    request: OrgRequest,
    form: forms.Form,
    group: OrgGroup,
    title: str,
    save: Callable[[forms.Form], str],
    *,
    effects: Sequence[str] = (),
) -> HttpResponse:
    """Show a form, or carry it out and lead back; a refusal stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save(form))
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return redirect(_address(request, group))
    context = {"form": form, "group": group, "title": title, "effects": effects}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)


def _address(request: OrgRequest, group: OrgGroup) -> str:
    return org_reverse(request.organization, "accounts:group", group_id=group.id)
