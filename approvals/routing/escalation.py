"""Who is next in line for a seat whose holder does not answer, or whose answer is appealed (pure).

A line has levels, each with the people who are asked together: whoever deputizes in a position,
those who hold it on each group above, the managers above its holder, and at last those who
administer the whole organization.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from approvals.routing.facts import Facts
from approvals.routing.people import Person, Seats
from approvals.routing.progress import MANAGERS_FROM, OWNERS_FROM, seat_of
from approvals.routing.seating import SeatedPerson
from approvals.routing.specs import ApproverKind, ApproverSpec, StageSpec
from approvals.routing.words import uncapitalized

_ADMINISTRATOR = "ADMINISTRATOR"


class Level(StrEnum):
    """How somebody comes to be next in line."""

    DEPUTY = "DEPUTY"
    ABOVE = "ABOVE"
    MANAGER = "MANAGER"
    ADMINISTRATOR = "ADMINISTRATOR"


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """Where somebody sits, and what policy asks for there; no ``spec`` where it asked for nobody.

    ``group_id`` is the group on which the seat was found, None where it stands on none.
    """

    membership_id: UUID
    spec: ApproverSpec | None
    group_id: UUID | None
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NextPerson:
    """Somebody next in line. ``claim`` says why: “is the deputy supervisor of Facilities”."""

    person: Person
    level: Level
    label: str
    group_id: UUID | None
    group_name: str
    claim: str
    claim_of_you: str

    def seated(self, slots: tuple[int, ...], because: str) -> SeatedPerson:
        """Return them as sitting in these slots. ``because`` is a sentence on why they are."""
        return SeatedPerson(
            membership_id=self.person.membership_id,
            name=self.person.name,
            email=self.person.email,
            label=self.label,
            slots=slots,
            group_id=self.group_id,
            group_name=self.group_name,
            why_you=f"{because} You {self.claim_of_you}.",
            why=f"{because} {self.person.name} {self.claim}.",
        )


def spec_of_slot(stage: StageSpec, slot: int) -> ApproverSpec | None:
    """Return what policy asks for in a slot of a stage, or None for one that it does not have."""
    of_kind = {
        MANAGERS_FROM: ApproverKind.MANAGER_LIMIT,
        OWNERS_FROM: ApproverKind.CATEGORY_OWNER,
    }.get(seat_of(slot))
    if of_kind is not None:
        return next((one for one in stage.approvers if one.kind is of_kind), None)
    return stage.approvers[slot - 1] if 0 < slot <= len(stage.approvers) else None


def next_in_line(
    held: HeldSeat,
    facts: Facts,
    seats: Seats,
    *,
    asked: Collection[UUID] = (),
    amount: Decimal | None = None,
    only_above: bool = False,
) -> tuple[NextPerson, ...]:
    """Return who comes after somebody in a seat: all people of the first level that has any.

    Never the requester, whoever was ``asked`` already, the seat's own holder, anybody inactive, or
    anybody whose personal limit is below the ``amount`` that counts (the subject's own by default).
    ``only_above`` leaves deputies out: they stand beside, not above. Nothing when the line ends.

    The managers above a holder are those of ``seats.chains``.
    """
    line = _Line(held, facts, seats, frozenset(asked), facts.amount if amount is None else amount)
    levels = line.levels(with_deputies=not only_above)
    return next((people for people in levels if people), ())


@dataclass(frozen=True, slots=True)
class _Line:
    held: HeldSeat
    facts: Facts
    seats: Seats
    asked: frozenset[UUID]
    amount: Decimal

    def levels(self, *, with_deputies: bool) -> Iterator[tuple[NextPerson, ...]]:
        """Yield the people of each level who may be asked."""
        spec = self.held.spec
        if spec is not None and self.held.group_id is not None:
            if spec.kind is ApproverKind.POSITION and with_deputies:
                yield self._deputies(spec)
            if spec.kind in (ApproverKind.POSITION, ApproverKind.ROLE):
                yield from self._above(spec)
        yield from self._managers()
        yield self._administrators()

    def _deputies(self, spec: ApproverSpec) -> tuple[NextPerson, ...]:
        group = self.held.group_id
        assert group is not None
        title = f"Deputy {uncapitalized(spec.title)}"
        of = f"the {uncapitalized(title)} of {self._group_name(group)}"
        found = self.seats.deputies.get((spec.value, group), ())
        return tuple(
            NextPerson(
                person, Level.DEPUTY, title, group, self._group_name(group), f"is {of}", f"are {of}"
            )
            for person in self._may_be_asked(found)
        )

    def _above(self, spec: ApproverSpec) -> Iterator[tuple[NextPerson, ...]]:
        is_position = spec.kind is ApproverKind.POSITION
        holders = self.seats.positions if is_position else self.seats.roles
        what = uncapitalized(spec.title)
        for group in self._groups_above():
            of = f"the {what}’s seat" if is_position else f"the {what} role"
            place = f"{of} in {self._group_name(group)}, above {self._own_group}"
            yield tuple(
                NextPerson(
                    person,
                    Level.ABOVE,
                    spec.title,
                    group,
                    self._group_name(group),
                    f"holds {place}",
                    f"hold {place}",
                )
                for person in self._may_be_asked(holders.get((spec.value, group), ()))
            )

    def _managers(self) -> Iterator[tuple[NextPerson, ...]]:
        holder = self.seats.people.get(self.held.membership_id)
        whose = f"{holder.name}’s" if holder else "their"
        for steps, member in enumerate(self.seats.chains.get(self.held.membership_id, ())):
            title = f"{whose} manager" if not steps else "a manager above them"
            if steps and holder:
                title = f"a manager above {holder.name}"
            yield tuple(
                NextPerson(
                    person, Level.MANAGER, "Manager", None, "", f"is {title}", f"are {title}"
                )
                for person in self._may_be_asked([member])
            )

    def _administrators(self) -> tuple[NextPerson, ...]:
        root = self.facts.group_path[0]
        name = self._group_name(root)
        return tuple(
            NextPerson(
                person,
                Level.ADMINISTRATOR,
                "Administrator",
                root,
                name,
                f"administers {name}, and nobody nearer is left to ask",
                f"administer {name}, and nobody nearer is left to ask",
            )
            for person in self._may_be_asked(self.seats.roles.get((_ADMINISTRATOR, root), ()))
        )

    def _groups_above(self) -> Sequence[UUID]:
        """Return the groups above the seat's own, the nearest first."""
        path = self.facts.group_path
        if self.held.group_id not in path:
            return ()
        return tuple(reversed(path[: path.index(self.held.group_id)]))

    def _may_be_asked(self, members: Iterable[UUID]) -> Iterator[Person]:
        for member in dict.fromkeys(members):
            person = self.seats.people.get(member)
            limit = self.seats.limits.get(member)
            if (
                person is not None
                and person.is_active
                and member not in self.asked
                and member not in (self.facts.requester_id, self.held.membership_id)
                and (limit is None or limit >= self.amount)
            ):
                yield person

    @property
    def _own_group(self) -> str:
        assert self.held.group_id is not None
        return self._group_name(self.held.group_id)

    def _group_name(self, group: UUID) -> str:
        return self.seats.group_names.get(group, "this group")
