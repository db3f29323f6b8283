"""Drafts of policies: one's own in the editor, and everybody's in the list of policies."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from accounts.permissions import Permission
from accounts.selectors import organization_by_id, within
from approvals.editor import PolicyEditor
from approvals.models import PolicyDraft
from approvals.routing import PolicyDocument
from approvals.selectors.policies import seat_choices
from approvals.selectors.terms import term_labels
from procurement.core.actors import Actor


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An open draft in the list of policies."""

    draft: PolicyDraft
    is_own: bool

    @property
    def author(self) -> str:
        """Return the name of whoever writes it."""
        return self.draft.author.user.name or self.draft.author.user.email


def own_draft(actor: Actor, group_id: UUID) -> PolicyDraft | None:
    """Return an actor's own draft of a group's policy. One SQL query."""
    return PolicyDraft.objects.filter(group_id=group_id, author_id=actor.id).first()


def drafts_in_sight(actor: Actor) -> list[DraftRow]:
    """Return the open drafts of policies that an actor may write, the latest first.

    One SQL query.
    """
    drafts = (
        PolicyDraft.objects.filter(within(actor, Permission.MANAGE_POLICIES, "group__"))
        .select_related("group", "author__user")
        .order_by("-touched_at", "id")
    )
    return [DraftRow(draft, draft.author_id == actor.id) for draft in drafts]


def fields_of(draft: PolicyDraft) -> QueryDict:
    """Return a draft's fields as the form sent them."""
    typed = QueryDict(mutable=True)
    for name, value in draft.fields:
        typed.appendlist(name, value)
    return typed


def draft_document(draft: PolicyDraft) -> PolicyDocument | None:
    """Return the policy that a draft's fields say, or None while they do not say one.

    Three SQL queries.
    """
    currency = organization_by_id(draft.organization_id).currency
    seats = seat_choices(draft.group)
    return PolicyEditor.typed(fields_of(draft), currency, seats, term_labels).document()
