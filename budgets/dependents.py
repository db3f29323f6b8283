"""What a budget shows of a group in the tree, and how personal budgets follow people.

How what is set aside follows a change of the tree is `budgets.services.shift`: the floor above
calls it, since it knows which documents belong to which group.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from typing_extensions import override

from accounts import selectors as accounts
from accounts.dependents import Dependent
from accounts.effects import (
    Effect,
    EffectKind,
    Glance,
    GroupChange,
    MemberChange,
    MemberChangeKind,
)
from accounts.permissions import Permission
from accounts.setup import SetupStep
from budgets import services
from budgets.allowances import Aligned
from budgets.models import Allowance, Budget
from budgets.ratio import warning
from budgets.rules import Covering, state_of
from budgets.selectors import covering, overgiven_by_moving
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.money import format_money


class Budgets(Dependent):
    """The budget that holds a group, its own or the nearest above."""

    @override
    def follow_group_change(
        self, *, actor: Actor, change: GroupChange, now: datetime
    ) -> Sequence[Effect]:
        """Give and end personal budgets where people stand below other groups now.

        Says which budgets the move makes give out more than they may: nothing is refused for it,
        since whoever moves groups need not keep budgets. Three SQL queries where no allowance runs,
        and nothing is bounded, on any of the groups above or below.
        """
        touched = {step for place in change.places for step in (*place.before, *place.after)}
        concerned = Allowance.objects.filter(group_id__in=touched, ended_at__isnull=True)
        ids = list(concerned.values_list("id", flat=True))
        effects = list(_overgiven(actor, change, now))
        if ids:
            aligned = services.align_allowances(actor=actor, allowance_ids=ids, now=now)
            effects += _aligned(aligned)
        return effects

    @override
    def follow_member_change(
        self, *, actor: Actor, change: MemberChange, now: datetime
    ) -> Sequence[Effect]:
        """Give whoever joins or moves their budgets, and end those of whoever leaves.

        One SQL query where no allowance runs.
        """
        if change.kind is MemberChangeKind.ROLES:
            return ()
        aligned = services.align_allowances(
            actor=actor, membership_id=change.membership_id, now=now
        )
        return _aligned(aligned)

    @override
    def at_a_glance(
        self, *, actor: Actor, paths: Mapping[UUID, Sequence[UUID]], on: date, now: datetime
    ) -> Mapping[UUID, Sequence[Glance]]:
        """Say how much of each group's nearest budget is used. One SQL query."""
        above = {group_id for path in paths.values() for group_id in path}
        by_group: dict[UUID, Covering] = {}
        for one in covering(list(above), on):
            if actor.can(Permission.VIEW_BUDGETS, one.group_path):
                by_group.setdefault(one.group_id, one)
        found: dict[UUID, Sequence[Glance]] = {}
        for group_id, path in paths.items():
            nearest = next((by_group[one] for one in reversed(path) if one in by_group), None)
            if nearest is not None:
                found[group_id] = (_glance(nearest, group_id),)
        return found

    @override
    def setup_steps(self, *, now: datetime) -> Sequence[SetupStep]:
        """Ask for a first budget. One SQL query."""
        budgets = Budget.objects.filter(is_active=True).count()
        return (
            SetupStep(
                code="budget",
                place=50,
                title="A first budget",
                why="A cap on a group warns at 80 % and blocks at 100 %, on it and all below.",
                action="Set a budget",
                route="budgets:create",
                is_done=budgets > 0,
                done="1 budget" if budgets == 1 else f"{budgets:,} budgets",
            ),
        )

    @override
    def keeps_money(self) -> bool:
        """Tell whether a budget has been set. One SQL query."""
        return Budget.objects.exists()


def _overgiven(actor: Actor, change: GroupChange, now: datetime) -> Iterator[Effect]:
    organization = accounts.organization_by_id(actor.organization_id)
    for one in overgiven_by_moving(change, local_date(now, organization.time_zone)):
        yield Effect(
            EffectKind.BUDGET_OVERGIVEN,
            one.cap.budget_id,
            one.cap.title,
            warning(one, organization.currency),
            group_id=one.cap.path[-1],
            amount=one.excess,
        )


def _aligned(found: Sequence[Aligned]) -> list[Effect]:
    """Say what has changed, each with its cap."""
    return [
        Effect(
            EffectKind.LIMIT_CHANGED,
            one.allowance_id,
            one.about,
            sentence,
            group_id=one.group_id,
            amount=one.cap,
        )
        for one in found
        for sentence in one.sentences
    ]


def _glance(one: Covering, group_id: UUID) -> Glance:
    used, cap = format_money(one.used, one.currency), format_money(one.cap, one.currency)
    return Glance(
        kind="budget",
        label=one.period.label,
        detail=f"{used} of {cap}",
        state=state_of(one).value,
        inherited_from="" if one.group_id == group_id else one.group_name,
    )
