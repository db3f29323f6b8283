"""From stages to the people who sit in them, each with the reason why it is them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from approvals.routing.facts import Facts
from approvals.routing.specs import ApproverKind, ApproverSpec, Mode
from approvals.routing.stages import Route, RoutedStage
from approvals.routing.words import enumerated, uncapitalized


@dataclass(frozen=True, slots=True)
class Person:
    """A membership that may be seated, while it is active."""

    membership_id: UUID
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Seats:
    """Who holds what, on a group and its ancestors, at one moment.

    ``positions``, their ``deputies`` and ``roles`` are keyed by (code, group); ``manager_chain``
    leads from the requester's manager upwards; ``people`` knows everybody named anywhere here.
    ``limits`` are personal approval limits in the organization's currency, None for no upper one;
    who is missing has none. ``category_owners`` are keyed by (category code, group).
    """

    group_names: Mapping[UUID, str]
    positions: Mapping[tuple[str, UUID], tuple[UUID, ...]]
    roles: Mapping[tuple[str, UUID], tuple[UUID, ...]]
    manager_chain: tuple[UUID, ...]
    people: Mapping[UUID, Person]
    deputies: Mapping[tuple[str, UUID], tuple[UUID, ...]] = field(default_factory=dict)
    limits: Mapping[UUID, Decimal | None] = field(default_factory=dict)
    category_owners: Mapping[tuple[str, UUID], tuple[UUID, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeatedPerson:
    """Somebody who is asked, in one or more slots of a stage. ``why_you`` addresses them."""

    membership_id: UUID
    name: str
    email: str
    label: str
    slots: tuple[int, ...]
    group_id: UUID | None
    group_name: str
    why_you: str
    why: str


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """A stage with its people. ``step`` is its place among the route’s stages, from 0.

    Stages of one ``wave`` open together; ``at_least`` is how many seats have to agree where the
    mode is AT_LEAST.
    """

    number: int
    step: int
    name: str
    mode: Mode
    because: str
    people: tuple[SeatedPerson, ...]
    wave: int = 1
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A stage that nobody could pass, and the way out."""

    stage: str
    seat: str
    group_id: UUID
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The way of a subject: stages with people, the reasons, and what stands in the way."""

    route: Route
    stages: tuple[PlannedStage, ...]
    sentences: tuple[str, ...]
    dead_ends: tuple[DeadEnd, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether the subject can set out: policy answers, and each stage has people."""
        return self.route.is_routable and not self.dead_ends

    @property
    def is_automatic(self) -> bool:
        """Tell whether the subject passes without asking anybody."""
        return self.is_ready and self.route.is_automatic

    @property
    def refusals(self) -> tuple[str, ...]:
        """Return why the subject cannot set out, each sentence with its way out."""
        if self.route.refusal:
            return (self.route.refusal,)
        return tuple(dead_end.sentence for dead_end in self.dead_ends)


def seat(route: Route, facts: Facts, seats: Seats) -> Plan:
    """Seat people in a route's stages.

    Where the holder of a seat cannot decide, or nobody holds it, its deputy does; a seat with
    neither is answered by the nearest ancestor that fills it. The requester is never seated,
    inactive people neither. Who surely decides in an earlier stage is not asked again.
    """
    search = _Search(facts, seats)
    planned: list[PlannedStage] = []
    dead_ends: list[DeadEnd] = []
    notes: list[str] = []
    surely_asked: set[UUID] = set()
    for step, stage in enumerate(route.stages):
        slots = [_Slot(spec, search.candidates(spec)) for spec in stage.spec.approvers]
        empty = [slot for slot in slots if not slot.candidates]
        slots = [slot for slot in slots if slot.candidates]
        if empty and (stage.spec.mode is Mode.ALL or not slots):
            dead_ends.extend(search.dead_end(stage, slot.spec) for slot in empty)
            continue
        waiting = _not_yet_asked(stage, slots, surely_asked, search, notes)
        if not waiting:
            continue
        people = _seated(waiting, stage.because, is_alone=len(stage.spec.approvers) == 1)
        planned.append(
            PlannedStage(
                len(planned) + 1, step, stage.spec.name, stage.spec.mode, stage.because, people
            )
        )
        surely_asked |= _sure(stage.spec.mode, waiting)
    whys = dict.fromkeys(person.why for stage in planned for person in stage.people)
    return Plan(route, tuple(planned), (*route.sentences, *whys, *notes), tuple(dead_ends))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody who may answer a slot; ``title`` is what they are called there."""

    person: Person
    group_id: UUID | None
    group_name: str
    claim: str
    claim_of_you: str
    title: str


@dataclass(slots=True)
class _Slot:
    spec: ApproverSpec
    candidates: list[_Candidate]

    @property
    def members(self) -> set[UUID]:
        return {candidate.person.membership_id for candidate in self.candidates}


def _not_yet_asked(
    stage: RoutedStage,
    slots: list[_Slot],
    surely_asked: set[UUID],
    search: "_Search",
    notes: list[str],
) -> list[_Slot]:
    """Drop the slots that people who are asked earlier, or in another slot, answer anyway."""
    waiting = []
    for slot in slots:
        asked = slot.members & surely_asked
        if not asked:
            waiting.append(slot)
            continue
        name = enumerated(sorted(search.name(member) for member in asked), "or")
        notes.append(f"{name} would be asked again as {slot.spec.phrase}; once is enough.")
        if stage.spec.mode is Mode.ANY:
            return []
    if stage.spec.mode is Mode.ALL:
        alone = {member for slot in waiting if len(slot.members) == 1 for member in slot.members}
        for slot in waiting:
            if slot.members & alone:
                slot.candidates = [
                    candidate
                    for candidate in slot.candidates
                    if candidate.person.membership_id in alone
                ]
    return waiting


def _sure(mode: Mode, slots: Sequence[_Slot]) -> set[UUID]:
    """Return who has to decide for the stage to pass, whatever the others do."""
    if mode is Mode.ALL:
        return {member for slot in slots if len(slot.members) == 1 for member in slot.members}
    everybody = {member for slot in slots for member in slot.members}
    return everybody if len(everybody) == 1 else set()


def _seated(slots: Sequence[_Slot], because: str, *, is_alone: bool) -> tuple[SeatedPerson, ...]:
    """Merge slots into people: whoever may answer two slots is seated once, in both."""
    merged: dict[UUID, list[tuple[int, _Slot, _Candidate]]] = {}
    for number, slot in enumerate(slots, start=1):
        for candidate in slot.candidates:
            found = merged.setdefault(candidate.person.membership_id, [])
            found.append((number, slot, candidate))
    people = []
    for places in merged.values():
        _, _, first = places[0]
        claims = [_told(slot.spec, candidate, is_alone=is_alone) for _, slot, candidate in places]
        yours = " ".join(f"You {of_you}." for of_you, _ in claims)
        theirs = " ".join(f"{first.person.name} {of_them}." for _, of_them in claims)
        people.append(
            SeatedPerson(
                membership_id=first.person.membership_id,
                name=first.person.name,
                email=first.person.email,
                label=enumerated([candidate.title for _, _, candidate in places]),
                slots=tuple(number for number, _, _ in places),
                group_id=first.group_id,
                group_name=first.group_name,
                why_you=f"{because} {yours}",
                why=theirs,
            )
        )
    return tuple(people)


def _told(spec: ApproverSpec, candidate: _Candidate, *, is_alone: bool) -> tuple[str, str]:
    """Return the claim as said to the person and of them; “that seat” where it is the only."""
    of_you = candidate.claim_of_you
    if spec.kind is ApproverKind.POSITION and is_alone:
        of_you = of_you.replace(f"the {uncapitalized(spec.title)}’s seat", "that seat", 1)
    return of_you, candidate.claim


@dataclass(slots=True)
class _Search:
    """The search for people from the group upwards."""

    facts: Facts
    seats: Seats
    passed_over: dict[ApproverSpec, list[str]] = field(default_factory=dict)

    def name(self, member: UUID) -> str:
        person = self.seats.people.get(member)
        return person.name if person else "Somebody"

    def group_name(self, group: UUID) -> str:
        return self.seats.group_names.get(group, "this group")

    def candidates(self, spec: ApproverSpec) -> list[_Candidate]:
        match spec.kind:
            case ApproverKind.POSITION:
                return self._up_the_groups(
                    spec,
                    self.seats.positions,
                    verb=f"the {uncapitalized(spec.title)}’s seat",
                    above="that fills it",
                )
            case ApproverKind.ROLE:
                return self._up_the_groups(
                    spec,
                    self.seats.roles,
                    verb=f"the {uncapitalized(spec.title)} role",
                    above="where somebody does",
                )
            case ApproverKind.MANAGER:
                return self._up_the_managers(spec)
            case ApproverKind.PERSON:
                return self._named(spec)
            case ApproverKind.MANAGER_LIMIT | ApproverKind.CATEGORY_OWNER:
                return []

    def _up_the_groups(
        self,
        spec: ApproverSpec,
        holders: Mapping[tuple[str, UUID], tuple[UUID, ...]],
        *,
        verb: str,
        above: str,
    ) -> list[_Candidate]:
        passed_over: list[str] = []
        for group in reversed(self.facts.group_path):
            here = holders.get((spec.value, group), ())
            found = self._who_may_sit(here)
            if found:
                place = f"{verb} in {self._place(group, above, passed_over)}"
                return [
                    self._candidate(spec.title, person, group, ("holds", "hold"), place)
                    for person in found
                ]
            passed_over.extend(self._why_not(here, group, "who holds it"))
            deputies = self._deputies(spec, group)
            found = self._who_may_sit(deputies)
            if found:
                title = f"Deputy {uncapitalized(spec.title)}"
                because = passed_over if here else [*passed_over, "nobody holds the seat there"]
                place = f"the {uncapitalized(title)} of {self._place(group, above, because)}"
                return [
                    self._candidate(title, person, group, ("is", "are"), place) for person in found
                ]
            passed_over.extend(self._why_not(deputies, group, "its deputy"))
        self.passed_over[spec] = passed_over
        return []

    def _deputies(self, spec: ApproverSpec, group: UUID) -> tuple[UUID, ...]:
        """Return who stands in for a seat of a group; roles have no deputies."""
        if spec.kind is not ApproverKind.POSITION:
            return ()
        return self.seats.deputies.get((spec.value, group), ())

    def _place(self, group: UUID, above: str, passed_over: Sequence[str]) -> str:
        """Say which group it is, why that one, and who was passed over on the way to it."""
        place = self.group_name(group)
        if group != self.facts.group_id:
            place += f", the nearest group above {self.group_name(self.facts.group_id)} {above}"
        return f"{place} ({'; '.join(passed_over)})" if passed_over else place

    def _candidate(
        self, title: str, person: Person, group: UUID, verbs: tuple[str, str], place: str
    ) -> _Candidate:
        of_them, of_you = verbs
        return _Candidate(
            person,
            group,
            self.group_name(group),
            claim=f"{of_them} {place}",
            claim_of_you=f"{of_you} {place}",
            title=title,
        )

    def _who_may_sit(self, members: Sequence[UUID]) -> list[Person]:
        return [self.seats.people[member] for member in members if self._may_sit(member)]

    def _up_the_managers(self, spec: ApproverSpec) -> list[_Candidate]:
        requester = self.name(self.facts.requester_id)
        for steps, member in enumerate(self.seats.manager_chain):
            if not self._may_sit(member):
                continue
            whose = (
                f"{requester}’s manager"
                if steps == 0
                else f"the nearest manager above {requester} who can decide"
            )
            person = self.seats.people[member]
            return [_Candidate(person, None, "", f"is {whose}", f"are {whose}", spec.title)]
        return []

    def _named(self, spec: ApproverSpec) -> list[_Candidate]:
        member = UUID(spec.value)
        if not self._may_sit(member):
            return []
        person = self.seats.people[member]
        claim = "named in the policy"
        return [_Candidate(person, None, "", f"is {claim}", f"are {claim}", spec.title)]

    def _may_sit(self, member: UUID) -> bool:
        person = self.seats.people.get(member)
        return person is not None and person.is_active and member != self.facts.requester_id

    def _why_not(self, members: Sequence[UUID], group: UUID, claim: str) -> Iterator[str]:
        for member in members:
            who = f"{self.name(member)}, {claim} in {self.group_name(group)},"
            if member == self.facts.requester_id:
                yield f"{who} is the one who asks"
            else:
                yield f"{who} is not active"

    def dead_end(self, stage: RoutedStage, spec: ApproverSpec) -> DeadEnd:
        """Say that nobody can answer a seat, and what an administrator can do about it."""
        own = self.group_name(self.facts.group_id)
        requester = self.name(self.facts.requester_id)
        match spec.kind:
            case ApproverKind.POSITION | ApproverKind.ROLE:
                what = "fills the seat" if spec.kind is ApproverKind.POSITION else "has the role"
                but = self.passed_over.get(spec, [])
                aside = f" ({'; '.join(but)})" if but else ""
                sentence = (
                    f"Nobody who could decide {what} “{spec.title}” in {own} or any group above "
                    f"it{aside}. An administrator can name somebody under Groups."
                )
            case ApproverKind.MANAGER_LIMIT | ApproverKind.CATEGORY_OWNER:
                sentence = f"Nobody could decide as {spec.phrase}."
            case ApproverKind.MANAGER:
                sentence = (
                    f"{requester} has no manager who could decide. An administrator can name one "
                    "under People."
                )
            case ApproverKind.PERSON:
                sentence = (
                    f"{spec.title}, whom the policy names, cannot decide here. An administrator "
                    "can publish a version that names somebody else under Policies."
                )
        return DeadEnd(stage.spec.name, spec.title, self.facts.group_id, sentence)
