"""Dead ends that begin when the tree or a person changes, as effects of that change."""

from collections.abc import Sequence
from datetime import datetime

from accounts.effects import (
    Effect,
    EffectKind,
    GroupChange,
    MemberChange,
    MemberChangeKind,
)
from approvals import selectors
from approvals.checking import Found
from approvals.selectors import Around


def after_group_change(change: GroupChange, now: datetime) -> list[Effect]:
    """Return the dead ends that a change of the tree has brought about. Six SQL queries at most."""
    return _effects(selectors.findings_begun(Around(places=change.places), now))


def after_member_change(change: MemberChange, now: datetime) -> list[Effect]:
    """Return the dead ends that a change of a person has brought about. Eleven SQL queries at most.

    Whoever sits nowhere, holds no role and leads nobody leaves none behind.
    """
    if not selectors.may_begin_with(change.membership_id, now):
        return []
    shut_out = change.membership_id if change.kind is MemberChangeKind.SUSPEND else None
    return _effects(selectors.findings_begun(Around(shut_out=shut_out), now))


def _effects(begun: Sequence[Found]) -> list[Effect]:
    return [
        Effect(
            kind=EffectKind.APPROVAL_CHANGED,
            about=found.version_id,
            subject=found.policy_name,
            sentence=f"A dead end in the policy “{found.policy_name}”: {found.finding.sentence}",
            group_id=found.finding.group_ids[0] if found.finding.group_ids else found.group_id,
        )
        for found in begun
    ]
