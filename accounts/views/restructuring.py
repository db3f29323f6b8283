"""Pages that change the shape of the tree, each with what it would change shown first."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import selectors, services
from accounts.effects import Effect
from accounts.forms import MergeForm, MoveForm, ReasonForm
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.views.agreeing import agree
from accounts.web import OrgRequest
from procurement.core import clock


@require_http_methods(["GET", "POST"])
def move_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Put a group and all below it under another one."""
    return _reshape(
        request,
        _managed(request, group_id),
        MoveForm.of(request, actor=request.actor),
        "Move {group}",
        preview=services.preview_move,
        change=services.move_group,
        done="{group} stands below {target} now.",
    )


@require_http_methods(["GET", "POST"])
def merge_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Merge a group into another one."""
    return _reshape(
        request,
        _managed(request, group_id),
        MergeForm.of(request, actor=request.actor),
        "Merge {group} into another group",
        preview=services.preview_merge,
        change=services.merge_group,
        done="{group} is a part of {target} now.",
    )


@require_http_methods(["GET", "POST"])
def archive_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Close a group and all below it."""
    return _reshape(
        request,
        _managed(request, group_id),
        ReasonForm(request.POST if request.method == "POST" else None),
        "Archive {group}",
        preview=services.preview_archive,
        change=services.archive_group,
        done="{group} is archived; its orders stay in view.",
    )


@require_http_methods(["GET", "POST"])
def restore_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Open an archived group again."""
    return _reshape(
        request,
        _managed(request, group_id),
        ReasonForm(request.POST if request.method == "POST" else None),
        "Restore {group}",
        preview=services.preview_restore,
        change=services.restore_group,
        done="{group} is open again.",
    )


def _managed(request: OrgRequest, group_id: UUID) -> OrgGroup:
    return selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)


def _reshape(
    request: OrgRequest,
    group: OrgGroup,
    form: forms.Form,
    title: str,
    *,
    preview: Callable[..., Sequence[Effect]],
    change: Callable[..., object],
    done: str,
) -> HttpResponse:
    """Show what a change does, then make it; sentences name the group, and the target if any."""
    now = clock.now()

    def target() -> dict[str, OrgGroup]:
        return {name: one for name, one in form.cleaned_data.items() if name == "target"}

    def save(seen: str | None) -> str:
        change(actor=request.actor, group=group, seen=seen, now=now, **form.cleaned_data)
        return done.format(group=group.name, **{name: one.name for name, one in target().items()})

    return agree(
        request,
        form,
        group,
        title.format(group=group.name),
        preview=lambda: preview(actor=request.actor, group=group, now=now, **target()),
        save=save,
    )
