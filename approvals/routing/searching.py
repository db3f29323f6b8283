"""The search for the people of a seat: up the groups, up the managers, along the categories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from approvals.routing.facts import Facts
from approvals.routing.people import Person, Seats
from approvals.routing.progress import MANAGERS_FROM, OWNERS_FROM
from approvals.routing.specs import ApproverKind, ApproverSpec
from approvals.routing.words import enumerated, uncapitalized
from procurement.core.money import format_money

# Where the slots of seats that follow from the subject are numbered from.
_NUMBERED_FROM = {
    ApproverKind.MANAGER_LIMIT: MANAGERS_FROM,
    ApproverKind.CATEGORY_OWNER: OWNERS_FROM,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may answer a slot; ``title`` is what they are called there."""

    person: Person
    group_id: UUID | None
    group_name: str
    claim: str
    claim_of_you: str
    title: str


@dataclass(slots=True)
class Slot:
    """One seat, or one of the several that follow from the subject; any candidate answers it."""

    number: int
    spec: ApproverSpec
    candidates: list[Candidate]
    members: set[UUID] = field(init=False)

    def __post_init__(self) -> None:
        """Note who may answer."""
        self.members = {candidate.person.membership_id for candidate in self.candidates}

    def narrow(self, members: set[UUID]) -> None:
        """Leave the candidates to these people."""
        self.candidates = [
            candidate for candidate in self.candidates if candidate.person.membership_id in members
        ]
        self.members &= members


@dataclass(slots=True)
class Search:
    """The search for people above a subject. ``amount`` is what personal limits are held against.

    What was found is kept: many stages ask for the same seats.
    """

    facts: Facts
    seats: Seats
    amount: Decimal
    passed_over: dict[ApproverSpec, list[str]] = field(default_factory=dict)
    _found: dict[ApproverSpec, list[list[Candidate]]] = field(default_factory=dict)

    def name(self, member: UUID) -> str:
        """Return how a member is called."""
        person = self.seats.people.get(member)
        return person.name if person else "Somebody"

    def slots(self, place: int, spec: ApproverSpec) -> list[Slot]:
        """Return the slots of the seat at a place of a stage, from 1; none where nobody can sit."""
        found = self._found.get(spec)
        if found is None:
            found = self._found[spec] = self._candidates(spec)
        first = _NUMBERED_FROM.get(spec.kind, place - 1) + 1
        return [Slot(number, spec, one) for number, one in enumerate(found, first)]

    def _candidates(self, spec: ApproverSpec) -> list[list[Candidate]]:
        """Return who may answer each slot of a seat; nothing where it cannot be filled."""
        match spec.kind:
            case ApproverKind.MANAGER_LIMIT:
                return [[manager] for manager in self._up_to_the_limit(spec)]
            case ApproverKind.CATEGORY_OWNER:
                return self._along_the_categories(spec)
            case ApproverKind.POSITION:
                found = self._up_the_groups(
                    spec,
                    self.seats.positions,
                    verb=f"the {uncapitalized(spec.title)}’s seat",
                    above="that fills it",
                )
            case ApproverKind.ROLE:
                found = self._up_the_groups(
                    spec,
                    self.seats.roles,
                    verb=f"the {uncapitalized(spec.title)} role",
                    above="where somebody does",
                )
            case ApproverKind.MANAGER:
                found = self._up_the_managers(spec)
            case ApproverKind.PERSON:
                found = self._named(spec)
        return [found] if found else []

    def nobody(self, spec: ApproverSpec) -> str:
        """Say that nobody can answer a seat, and what an administrator can do about it."""
        own = self._group_name(self.facts.group_id)
        requester = self.name(self.facts.requester_id)
        but = self.passed_over.get(spec, [])
        aside = f" ({'; '.join(but)})" if but else ""
        amount = format_money(self.amount, self.facts.currency)
        match spec.kind:
            case ApproverKind.POSITION | ApproverKind.ROLE:
                what = "fills the seat" if spec.kind is ApproverKind.POSITION else "has the role"
                return (
                    f"Nobody who could decide {what} “{spec.title}” in {own} or any group above "
                    f"it{aside}. An administrator can name somebody under Groups."
                )
            case ApproverKind.MANAGER_LIMIT:
                return (
                    f"No manager above {requester} has an approval limit that covers {amount}"
                    f"{aside}. An administrator can raise a limit or name a manager under People."
                )
            case ApproverKind.CATEGORY_OWNER if not self.facts.category_codes:
                return (
                    "Nothing here has a category, so nobody can be asked as its owner. Give each "
                    "line a category, or ask an administrator to publish a version that asks "
                    "somebody else under Policies."
                )
            case ApproverKind.CATEGORY_OWNER:
                return (
                    f"Nobody who could decide owns {enumerated(but)} in {own} or any group above "
                    "it. An administrator can name an owner of the category, or of one above it."
                )
            case ApproverKind.MANAGER:
                return (
                    f"{requester} has no manager who could decide{aside}. An administrator can "
                    "name one under People."
                )
            case ApproverKind.PERSON:
                return (
                    f"{spec.title}, whom the policy names, cannot decide here{aside}. An "
                    "administrator can publish a version that names somebody else under Policies."
                )

    def _up_the_groups(
        self,
        spec: ApproverSpec,
        holders: Mapping[tuple[str, UUID], tuple[UUID, ...]],
        *,
        verb: str,
        above: str,
    ) -> list[Candidate]:
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
            passed_over.extend(self._why_not_there(here, group, "who holds it"))
            deputies = self._deputies(spec, group)
            found = self._who_may_sit(deputies)
            if found:
                title = f"Deputy {uncapitalized(spec.title)}"
                because = passed_over if here else [*passed_over, "nobody holds the seat there"]
                place = f"the {uncapitalized(title)} of {self._place(group, above, because)}"
                return [
                    self._candidate(title, person, group, ("is", "are"), place) for person in found
                ]
            passed_over.extend(self._why_not_there(deputies, group, "its deputy"))
        self.passed_over[spec] = passed_over
        return []

    def _deputies(self, spec: ApproverSpec, group: UUID) -> tuple[UUID, ...]:
        """Return who stands in for a seat of a group; roles have no deputies."""
        if spec.kind is not ApproverKind.POSITION:
            return ()
        return self.seats.deputies.get((spec.value, group), ())

    def _up_the_managers(self, spec: ApproverSpec) -> list[Candidate]:
        requester = self.name(self.facts.requester_id)
        passed_over: list[str] = []
        for steps, member in enumerate(self.seats.manager_chain):
            if not self._may_sit(member):
                passed_over.append(self._why_not(member))
                continue
            whose = f"{requester}’s manager"
            if steps:
                aside = f" ({'; '.join(passed_over)})"
                whose = f"the nearest manager above {requester} who can decide{aside}"
            return [self._plain(spec.title, member, whose)]
        self.passed_over[spec] = passed_over
        return []

    def _up_to_the_limit(self, spec: ApproverSpec) -> list[Candidate]:
        """Return each manager up to the first whose limit covers the amount, or nobody at all."""
        requester = self.name(self.facts.requester_id)
        amount = format_money(self.amount, self.facts.currency)
        found: list[Candidate] = []
        too_low: list[str] = []
        for member in self.seats.manager_chain:
            if not self._may_decide(member):
                too_low.append(self._why_not(member))
                continue
            has_limit = member in self.seats.limits
            limit = self.seats.limits.get(member)
            if has_limit and (limit is None or limit >= self.amount):
                of = "no upper limit" if limit is None else self._money(limit)
                claim = (
                    f"the first manager above {requester} whose approval limit ({of}) covers "
                    f"{amount}"
                )
                return [*found, self._plain("Manager", member, claim)]
            claim = f"a manager above {requester}, below the first whose limit covers {amount}"
            found.append(self._plain("Manager", member, claim))
            too_low.append(
                f"{self.name(member)}’s is {self._money(limit)}"
                if limit is not None
                else f"{self.name(member)} has none"
            )
        self.passed_over[spec] = too_low
        return []

    def _along_the_categories(self, spec: ApproverSpec) -> list[list[Candidate]]:
        """Return the owners of each category, the same people once; none when one has no owner."""
        found: dict[frozenset[UUID], list[Candidate]] = {}
        without: list[str] = []
        for code in sorted(self.facts.category_codes):
            owners = self._owners(code)
            if owners:
                found.setdefault(frozenset(one.person.membership_id for one in owners), owners)
            else:
                without.append(f"the category “{self._category(code)}”")
        if without:
            self.passed_over[spec] = without
            return []
        return list(found.values())

    def _owners(self, code: str) -> list[Candidate]:
        """Return who owns the nearest category, from the code upwards, on the nearest group."""
        path = next((path for path in self.facts.category_paths if path[-1:] == (code,)), (code,))
        passed_over: list[str] = []
        for category in reversed(path):
            for group in reversed(self.facts.group_path):
                here = self.seats.category_owners.get((category, group), ())
                found = [self.seats.people[one] for one in here if self._may_decide(one)]
                if not found:
                    passed_over.extend(
                        self._why_not_there(here, group, "its owner", is_bounded=False)
                    )
                    continue
                place = f"“{self._category(category)}”"
                if category != code:
                    place += f", the nearest category above “{self._category(code)}” with an owner,"
                place += f" in {self._place(group, 'where somebody owns it', passed_over)}"
                title = f"Owner of {self._category(category)}"
                return [
                    self._candidate(title, person, group, ("owns", "own"), place)
                    for person in found
                ]
        return []

    def _named(self, spec: ApproverSpec) -> list[Candidate]:
        member = UUID(spec.value)
        if not self._may_sit(member):
            self.passed_over[spec] = [self._why_not(member)]
            return []
        return [self._plain(spec.title, member, "named in the policy")]

    def _plain(self, title: str, member: UUID, claim: str) -> Candidate:
        person = self.seats.people[member]
        return Candidate(person, None, "", f"is {claim}", f"are {claim}", title)

    def _candidate(
        self, title: str, person: Person, group: UUID, verbs: tuple[str, str], place: str
    ) -> Candidate:
        of_them, of_you = verbs
        return Candidate(
            person,
            group,
            self._group_name(group),
            claim=f"{of_them} {place}",
            claim_of_you=f"{of_you} {place}",
            title=title,
        )

    def _place(self, group: UUID, above: str, passed_over: Sequence[str]) -> str:
        """Say which group it is, why that one, and who was passed over on the way to it."""
        place = self._group_name(group)
        if group != self.facts.group_id:
            place += f", the nearest group above {self._group_name(self.facts.group_id)} {above}"
        return f"{place} ({'; '.join(passed_over)})" if passed_over else place

    def _group_name(self, group: UUID) -> str:
        return self.seats.group_names.get(group, "this group")

    def _category(self, code: str) -> str:
        return dict(self.facts.category_labels).get(code, code)

    def _money(self, amount: Decimal) -> str:
        return format_money(amount, self.facts.currency)

    def _who_may_sit(self, members: Sequence[UUID]) -> list[Person]:
        return [self.seats.people[member] for member in members if self._may_sit(member)]

    def _may_sit(self, member: UUID) -> bool:
        return self._may_decide(member) and self._limit_below(member) is None

    def _may_decide(self, member: UUID) -> bool:
        person = self.seats.people.get(member)
        return person is not None and person.is_active and member != self.facts.requester_id

    def _limit_below(self, member: UUID) -> Decimal | None:
        """Return a member's limit where it is below the amount; without one, nothing bounds."""
        limit = self.seats.limits.get(member)
        return limit if limit is not None and limit < self.amount else None

    def _why_not(self, member: UUID, who: str = "", *, is_bounded: bool = True) -> str:
        who = who or self.name(member)
        limit = self._limit_below(member) if is_bounded else None
        if member == self.facts.requester_id:
            return f"{who} is the one who asks"
        if limit is not None and self._may_decide(member):
            return f"{self.name(member)}’s limit of {self._money(limit)} is below the amount"
        return f"{who} is not active"

    def _why_not_there(
        self, members: Sequence[UUID], group: UUID, claim: str, *, is_bounded: bool = True
    ) -> Iterator[str]:
        for member in members:
            who = f"{self.name(member)}, {claim} in {self._group_name(group)},"
            yield self._why_not(member, who, is_bounded=is_bounded)
