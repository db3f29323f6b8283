"""Pages that change the shape of the tree, each with what it would change shown first."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.forms import MergeForm, MoveForm, ReasonForm
from accounts.permissions import Permission
from accounts.views.agreeing import agree
from accounts.web import OrgRequest
from procurement.core import clock


@require_http_methods(["GET", "POST"])
def move_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Put a group and all below it under another one."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)
    form = MoveForm.of(request, actor=request.actor)
    now = clock.now()

    def save(seen: str | None) -> str:
        services.move_group(
            actor=request.actor, group=group, seen=seen, now=now, **form.cleaned_data
        )
        return f"{group.name} stands below {form.cleaned_data['target'].name} now."

    return agree(
        request,
        form,
        group,
        f"Move {group.name}",
        preview=lambda: services.preview_move(
            actor=request.actor, group=group, target=form.cleaned_data["target"], now=now
        ),
        save=save,
    )


@require_http_methods(["GET", "POST"])
def merge_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Merge a group into another one."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)
    form = MergeForm.of(request, actor=request.actor)
    now = clock.now()

    def save(seen: str | None) -> str:
        services.merge_group(
            actor=request.actor, group=group, seen=seen, now=now, **form.cleaned_data
        )
        return f"{group.name} is a part of {form.cleaned_data['target'].name} now."

    return agree(
        request,
        form,
        group,
        f"Merge {group.name} into another group",
        preview=lambda: services.preview_merge(
            actor=request.actor, group=group, target=form.cleaned_data["target"], now=now
        ),
        save=save,
    )


@require_http_methods(["GET", "POST"])
def archive_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Close a group and all below it."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    now = clock.now()

    def save(seen: str | None) -> str:
        services.archive_group(
            actor=request.actor, group=group, seen=seen, now=now, **form.cleaned_data
        )
        return f"{group.name} is archived; its orders stay in view."

    return agree(
        request,
        form,
        group,
        f"Archive {group.name}",
        preview=lambda: services.preview_archive(actor=request.actor, group=group, now=now),
        save=save,
    )


@require_http_methods(["GET", "POST"])
def restore_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Open an archived group again."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    now = clock.now()

    def save(seen: str | None) -> str:
        services.restore_group(
            actor=request.actor, group=group, seen=seen, now=now, **form.cleaned_data
        )
        return f"{group.name} is open again."

    return agree(
        request,
        form,
        group,
        f"Restore {group.name}",
        preview=lambda: services.preview_restore(actor=request.actor, group=group, now=now),
        save=save,
    )
