"""What a person's move changes of themselves, in sentences."""

from datetime import datetime

from accounts.effects import Effect, EffectKind
from accounts.models import MemberMove, OrgGroup, Role
from accounts.relocation import Relocation


def home_told(move: MemberMove, now: datetime) -> list[Effect]:
    """Say where somebody belongs, and whom they report to."""
    when = "" if move.effective_at <= now else " when the day has come"
    name = move.membership.user.name
    sentence = f"{name} belongs to {move.to_group.name} instead of {move.from_group.name}{when}."
    if move.manager is not None:
        sentence = f"{sentence[:-1]}, and reports to {move.manager.user.name}."
    return [
        Effect(EffectKind.HOME_MOVED, move.membership_id, name, sentence, group_id=move.to_group_id)
    ]


def powers_told(move: MemberMove, relocation: Relocation, until: datetime) -> list[Effect]:
    """Say which roles end and begin; those that stay are no effect."""
    name, member = move.membership.user.name, move.membership_id
    groups = OrgGroup.objects.in_bulk([one.group_id for one in relocation.ends])
    effects = [
        Effect(
            EffectKind.POWER_LOST,
            one.id,
            f"{name}, {Role(one.role).label}",
            f"{name} ceases to be {Role(one.role).label} of {groups[one.group_id].name} and below"
            f"{_later(move, until)}.",
            group_id=one.group_id,
        )
        for one in relocation.ends
    ]
    effects += [
        Effect(
            EffectKind.POWER_GAINED,
            member,
            f"{name}, {Role(one.role).label}",
            f"{name} becomes {Role(one.role).label} of {move.to_group.name} and below.",
            group_id=move.to_group_id,
            amount=one.spending_limit,
        )
        for one in relocation.begins
    ]
    return effects


def _later(move: MemberMove, until: datetime) -> str:
    return " when the overlap is over" if until > move.effective_at else ""
