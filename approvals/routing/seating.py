"""From stages to the people who sit in them, each with the reason why it is them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from approvals.routing.facts import Facts
from approvals.routing.people import Seats
from approvals.routing.progress import is_passed
from approvals.routing.searching import Candidate, Search, Slot
from approvals.routing.specs import ApproverKind, ApproverSpec, Mode
from approvals.routing.stages import Route, RoutedStage
from approvals.routing.words import enumerated, uncapitalized


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
    inactive people neither, nor anybody whose personal limit is below the amount that counts. Who
    surely decides in an earlier stage, or in one beside, is not asked again.
    """
    amount = facts.amount if route.counted is None else route.counted.amount
    search = Search(facts, seats, amount)
    planned: list[PlannedStage] = []
    dead_ends: list[DeadEnd] = []
    notes: list[str] = []
    surely_asked: set[UUID] = set()
    waves: dict[int, int] = {}
    for step, stage in enumerate(route.stages):
        spec = stage.spec
        found = [(one, search.slots(place, one)) for place, one in enumerate(spec.approvers, 1)]
        slots = [slot for _, of_seat in found for slot in of_seat]
        empty = [one for one, of_seat in found if not of_seat]
        obstacles = _obstacles(stage, slots, empty, search)
        if obstacles:
            dead_ends.extend(DeadEnd(spec.name, *one) for one in obstacles)
            continue
        waiting = _not_yet_asked(stage, slots, surely_asked, search, notes)
        if not waiting:
            continue
        planned.append(
            PlannedStage(
                number=len(planned) + 1,
                step=step,
                name=spec.name,
                mode=spec.mode,
                because=stage.because,
                people=_seated(waiting, stage.because, is_alone=len(spec.approvers) == 1),
                wave=waves.setdefault(stage.wave, len(waves) + 1),
                at_least=spec.at_least,
            )
        )
        surely_asked |= _sure(stage, waiting)
    whys = dict.fromkeys(person.why for stage in planned for person in stage.people)
    return Plan(route, tuple(planned), (*route.sentences, *whys, *notes), tuple(dead_ends))


def _obstacles(
    stage: RoutedStage, slots: Sequence[Slot], empty: Sequence[ApproverSpec], search: Search
) -> list[tuple[str, UUID, str]]:
    """Return why a stage could never pass: seat, group and sentence of each dead end."""
    group = search.facts.group_id
    if empty and (stage.spec.mode is Mode.ALL or not slots):
        return [(spec.title, group, search.nobody(spec)) for spec in empty]
    everybody = _members(slots)
    if stage.spec.mode is not Mode.AT_LEAST or _passes(stage, slots, everybody):
        return []
    found = [(spec.title, group, search.nobody(spec)) for spec in empty]
    people = "1 person" if len(everybody) == 1 else f"{len(everybody)} people"
    sentence = (
        f"At least {stage.spec.at_least} different people have to agree in the stage "
        f"“{stage.spec.name}”, and {people} could. An administrator can fill further seats under "
        "Groups."
    )
    return found or [(stage.spec.name, group, sentence)]


def _not_yet_asked(
    stage: RoutedStage,
    slots: Sequence[Slot],
    surely_asked: set[UUID],
    search: Search,
    notes: list[str],
) -> list[Slot]:
    """Drop the slots that people who are asked already, or in another slot, answer anyway.

    Where one seat or so many are enough, all stay while who is asked already does not make it: each
    of them counts, and whoever has agreed is not asked when the stage opens.
    """
    waiting: list[Slot] = []
    for slot in slots:
        asked = slot.members & surely_asked
        if asked:
            name = enumerated(sorted(search.name(member) for member in asked), "or")
            notes.append(f"{name} would be asked again as {slot.spec.phrase}; once is enough.")
        if not asked or stage.spec.mode is not Mode.ALL:
            waiting.append(slot)
    if stage.spec.mode is not Mode.ALL:
        return [] if _passes(stage, slots, surely_asked) else waiting
    alone = _alone(waiting)
    for slot in waiting:
        if slot.members & alone:
            slot.narrow(alone)
    return waiting


def _sure(stage: RoutedStage, slots: Sequence[Slot]) -> set[UUID]:
    """Return who has to decide for the stage to pass, whatever the others do."""
    if stage.spec.mode is Mode.ALL:
        return _alone(slots)
    everybody = _members(slots)
    return {one for one in everybody if not _passes(stage, slots, everybody - {one})}


def _passes(stage: RoutedStage, slots: Iterable[Slot], agreed: set[UUID]) -> bool:
    """Tell whether a stage would pass with these people's agreement."""
    seats: dict[UUID, list[int]] = {}
    for slot in slots:
        for member in slot.members:
            seats.setdefault(member, []).append(slot.number)
    return is_passed(stage.spec.mode, seats, agreed, stage.spec.at_least)


def _members(slots: Iterable[Slot]) -> set[UUID]:
    return {member for slot in slots for member in slot.members}


def _alone(slots: Iterable[Slot]) -> set[UUID]:
    return {member for slot in slots if len(slot.members) == 1 for member in slot.members}


def _seated(slots: Sequence[Slot], because: str, *, is_alone: bool) -> tuple[SeatedPerson, ...]:
    """Merge slots into people: whoever may answer two slots is seated once, in both."""
    merged: dict[UUID, list[tuple[Slot, Candidate]]] = {}
    for slot in slots:
        for candidate in slot.candidates:
            found = merged.setdefault(candidate.person.membership_id, [])
            found.append((slot, candidate))
    people = []
    for places in merged.values():
        _, first = places[0]
        claims = [_told(slot.spec, candidate, is_alone=is_alone) for slot, candidate in places]
        yours = " ".join(f"You {of_you}." for of_you, _ in claims)
        theirs = " ".join(f"{first.person.name} {of_them}." for _, of_them in claims)
        people.append(
            SeatedPerson(
                membership_id=first.person.membership_id,
                name=first.person.name,
                email=first.person.email,
                label=enumerated(list(dict.fromkeys(candidate.title for _, candidate in places))),
                slots=tuple(slot.number for slot, _ in places),
                group_id=first.group_id,
                group_name=first.group_name,
                why_you=f"{because} {yours}",
                why=theirs,
            )
        )
    return tuple(people)


def _told(spec: ApproverSpec, candidate: Candidate, *, is_alone: bool) -> tuple[str, str]:
    """Return the claim as said to the person and of them; “that seat” where it is the only."""
    of_you = candidate.claim_of_you
    if spec.kind is ApproverKind.POSITION and is_alone:
        of_you = of_you.replace(f"the {uncapitalized(spec.title)}’s seat", "that seat", 1)
    return of_you, candidate.claim
