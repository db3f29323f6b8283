"""What hangs on groups and people, on every floor above: each app registers its part.

A change of the tree or of a person is followed by every floor in the same transaction, and each
floor answers with what it did. The preview is that very change, carried out and rolled back
(`accounts.services.rehearsal`), so the two cannot disagree.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from accounts.effects import Effect, Glance, GroupChange, MemberChange, SeatDemand
from accounts.setup import SetupStep
from procurement.core.actors import Actor


class Dependent:
    """One floor's part. A floor overrides what concerns it; the rest changes nothing."""

    def follow_group_change(
        self,
        *,
        actor: Actor,
        change: GroupChange,
        now: datetime,
    ) -> Sequence[Effect]:
        """Follow a change of the tree that has just been made; return what it changed here."""
        return ()

    def follow_member_change(
        self,
        *,
        actor: Actor,
        change: MemberChange,
        now: datetime,
    ) -> Sequence[Effect]:
        """Follow a change of a person that has just been made; return what it changed here."""
        return ()

    def at_a_glance(
        self,
        *,
        actor: Actor,
        paths: Mapping[UUID, Sequence[UUID]],
        on: date,
        now: datetime,
    ) -> Mapping[UUID, Sequence[Glance]]:
        """Return what to show of groups in the tree, by group; ``paths`` leads from the root down.

        The number of SQL queries does not depend on how many groups are asked for.
        """
        return {}

    def seats_relied_on(self, *, now: datetime) -> Sequence[SeatDemand]:
        """Return the seats that something in force asks for."""
        return ()

    def setup_steps(self, *, now: datetime) -> Sequence[SetupStep]:
        """Return what a new organization sets up on this floor. At most one SQL query a step."""
        return ()

    def keeps_money(self) -> bool:
        """Tell whether amounts in the organization's currency are kept here."""
        return False


_dependents: list[Dependent] = []


def register(dependent: Dependent) -> None:
    """Take part from now on."""
    _dependents.append(dependent)


def follow_group_change(*, actor: Actor, change: GroupChange, now: datetime) -> list[Effect]:
    """Have every floor follow a change of the tree, the lowest first; return what all changed."""
    return [
        effect
        for dependent in _dependents
        for effect in dependent.follow_group_change(actor=actor, change=change, now=now)
    ]


def follow_member_change(*, actor: Actor, change: MemberChange, now: datetime) -> list[Effect]:
    """Have every floor follow a change of a person, the lowest first; return what all changed."""
    return [
        effect
        for dependent in _dependents
        for effect in dependent.follow_member_change(actor=actor, change=change, now=now)
    ]


def at_a_glance(
    *, actor: Actor, paths: Mapping[UUID, Sequence[UUID]], on: date, now: datetime
) -> dict[UUID, list[Glance]]:
    """Return what every floor has to show of groups in the tree."""
    found: dict[UUID, list[Glance]] = {group_id: [] for group_id in paths}
    for dependent in _dependents:
        shown = dependent.at_a_glance(actor=actor, paths=paths, on=on, now=now)
        for group_id, glances in shown.items():
            found[group_id].extend(glances)
    return found


def seats_relied_on(*, now: datetime) -> list[SeatDemand]:
    """Return the seats that something in force on any floor asks for."""
    return [demand for dependent in _dependents for demand in dependent.seats_relied_on(now=now)]


def setup_steps(*, now: datetime) -> list[SetupStep]:
    """Return what a new organization sets up on all floors."""
    return [step for dependent in _dependents for step in dependent.setup_steps(now=now)]


def keeps_money() -> bool:
    """Tell whether amounts in the organization's currency are kept on any floor."""
    return any(dependent.keeps_money() for dependent in _dependents)
