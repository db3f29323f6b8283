"""The tree and the people in its seats, as a check of policies sees them (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from approvals.routing import ApproverKind, ApproverSpec

_LONGEST_CHAIN = 12
_NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A group; ``path`` leads from the root down to it. Orders come from open groups only."""

    id: UUID
    name: str
    path: tuple[UUID, ...]
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Worker:
    """A person; ``due`` are the titles of the training that they have not done in time."""

    name: str
    is_active: bool = True
    manager_id: UUID | None = None
    due: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lineage:
    """A category: how people call it, and the codes above it, the widest first, with its own."""

    name: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who sits where at one moment. Whoever is not among ``people`` cannot decide.

    ``positions`` and ``roles`` are keyed by code or role, then group; so are ``deputies``.
    ``buying`` says on which groups somebody may place orders, there and below; ``buyable`` are the
    groups on which anybody may, None where that is not known. ``limits`` are
    personal approval limits in the organization's currency (None: no upper one; missing: none at
    all), ``owners`` of categories are keyed by code, then group; a staffing that does not know
    them has None, and nothing is found about them. ``categories`` are those that have an owner, and
    those whose owners are asked, by code.
    """

    places: Mapping[UUID, Place]
    people: Mapping[UUID, Worker]
    positions: Mapping[str, Mapping[UUID, tuple[UUID, ...]]] = field(default_factory=dict)
    deputies: Mapping[str, Mapping[UUID, tuple[UUID, ...]]] = field(default_factory=dict)
    roles: Mapping[str, Mapping[UUID, tuple[UUID, ...]]] = field(default_factory=dict)
    buying: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    buyable: frozenset[UUID] | None = None
    limits: Mapping[UUID, Decimal | None] | None = None
    owners: Mapping[str, Mapping[UUID, tuple[UUID, ...]]] | None = None
    categories: Mapping[str, Lineage] = field(default_factory=dict)

    def is_able(self, member: UUID) -> bool:
        """Tell whether somebody could decide."""
        person = self.people.get(member)
        return person is not None and person.is_active

    def is_bought_for(self, place: Place) -> bool:
        """Tell whether anybody may place orders for a group; where it is not known, they may."""
        return self.buyable is None or not self.buyable.isdisjoint(place.path)

    def name(self, member: UUID) -> str:
        """Return how somebody is called."""
        person = self.people.get(member)
        return person.name if person else "Somebody"

    def lineage(self, code: str) -> Lineage:
        """Return what is known of a category; one that is not known stands by itself."""
        return self.categories.get(code) or Lineage(code, (code,))

    def owned(self, code: str) -> frozenset[UUID]:
        """Return the groups on which somebody able owns a category itself."""
        return frozenset(
            group
            for group, members in (self.owners or {}).get(code, {}).items()
            if any(self.is_able(member) for member in members)
        )

    def sitting(self, spec: ApproverSpec) -> Mapping[UUID, tuple[UUID, ...]]:
        """Return who holds a position or role, by group; deputies are left out."""
        held = self.positions if spec.kind is ApproverKind.POSITION else self.roles
        return held.get(spec.value, {})

    def managers(self, member: UUID) -> list[UUID]:
        """Return the managers above somebody who could decide, the nearest first."""
        found: list[UUID] = []
        seen = {member}
        person = self.people.get(member)
        while person is not None and person.manager_id is not None:
            above = person.manager_id
            if above in seen or len(seen) > _LONGEST_CHAIN:
                break
            seen.add(above)
            person = self.people.get(above)
            if person is not None and person.is_active:
                found.append(above)
        return found


@dataclass
class Answers:
    """Who could answer each seat on each group, worked out once however many policies ask."""

    staffing: Staffing
    _known: defaultdict[tuple[ApproverKind, str], dict[UUID, frozenset[UUID]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _managers: dict[UUID, list[UUID]] = field(default_factory=dict)

    @cached_property
    def buyers(self) -> Mapping[UUID, Sequence[UUID]]:
        """Return who may place orders, by the group on which they were granted that."""
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for member, groups in self.staffing.buying.items():
            if self.staffing.is_able(member):
                for group in groups:
                    found[group].append(member)
        return found

    def managers(self, member: UUID) -> list[UUID]:
        """Return the managers above somebody who could decide, the nearest first."""
        found = self._managers.get(member)
        if found is None:
            found = self._managers[member] = self.staffing.managers(member)
        return found

    def able(self, spec: ApproverSpec, place: Place) -> frozenset[UUID] | None:
        """Return everybody who could answer a seat for a group, at it or above.

        None for a seat that follows from the subject: its people differ from order to order.
        """
        if spec.kind is ApproverKind.PERSON:
            return self._named(spec.value)
        if spec.kind not in (ApproverKind.POSITION, ApproverKind.ROLE):
            return None
        return self._up(spec, self._known[spec.kind, spec.value], place.path)

    def _up(
        self, spec: ApproverSpec, known: dict[UUID, frozenset[UUID]], path: tuple[UUID, ...]
    ) -> frozenset[UUID]:
        if not path:
            return _NOBODY
        group = path[-1]
        found = known.get(group)
        if found is None:
            above = self._up(spec, known, path[:-1])
            here = self._here(spec, group)
            found = known[group] = above | here if here else above
        return found

    def _here(self, spec: ApproverSpec, group: UUID) -> frozenset[UUID]:
        members: tuple[UUID, ...] = self.staffing.sitting(spec).get(group, ())
        if spec.kind is ApproverKind.POSITION:
            members += tuple(self.staffing.deputies.get(spec.value, {}).get(group, ()))
        return frozenset(member for member in members if self.staffing.is_able(member))

    def _named(self, value: str) -> frozenset[UUID]:
        try:
            member = UUID(value)
        except ValueError:
            return _NOBODY
        return frozenset({member}) if self.staffing.is_able(member) else _NOBODY


@dataclass(frozen=True, slots=True)
class Reach:
    """The open groups that a policy governs, and those below it with policies of their own."""

    own: tuple[Place, ...] = ()
    below: tuple[Place, ...] = ()


def reaches(places: Iterable[Place], policy_groups: frozenset[UUID]) -> dict[UUID, Reach]:
    """Return the reach of each policy, by the group that it stands on. One walk over all groups."""
    own: defaultdict[UUID, list[Place]] = defaultdict(list)
    below: defaultdict[UUID, list[Place]] = defaultdict(list)
    for place in places:
        if not place.is_open:
            continue
        above = [group for group in place.path if group in policy_groups]
        if above:
            own[above[-1]].append(place)
        for group in above[:-1]:
            below[group].append(place)
    return {group: Reach(tuple(own[group]), tuple(below[group])) for group in policy_groups}
