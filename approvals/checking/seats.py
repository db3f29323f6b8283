"""Dead ends in who would be asked, on every group that a document governs (pure).

Groups where the same people answer are one situation, however many they are: what is judged is each
situation of each stage, not each person on each group at each amount.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from approvals.checking.asked import Asked, asked_of
from approvals.checking.bounds import too_low
from approvals.checking.findings import Finding, FindingCode, Severity
from approvals.checking.staffing import Answers, Place, Reach, Staffing
from approvals.checking.wording import Able, called, different_people, group_ids, is_passable, some
from approvals.routing import ApproverKind, ApproverSpec, PolicyDocument
from approvals.routing.words import enumerated

_HELD = (ApproverKind.POSITION, ApproverKind.ROLE)


@dataclass(frozen=True)
class SeatCheck:
    """The check of one document's seats; ``answers`` is shared by all documents of a check."""

    document: PolicyDocument
    reach: Reach
    answers: Answers

    @property
    def staffing(self) -> Staffing:
        """Return who sits where."""
        return self.answers.staffing

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Return the stages that some order could come to."""
        return tuple(asked_of(self.document))

    def findings(self) -> Iterator[Finding]:
        """Yield what is amiss with each stage, then with each seat's holders."""
        for one in self.asked:
            situations: defaultdict[Able, list[Place]] = defaultdict(list)
            for place in one.places(self.reach):
                able = tuple(self.answers.able(spec, place) for spec in one.stage.approvers)
                situations[able].append(place)
            yield from self._empty(one, situations)
            yield from self._only_requester(one, situations)
            yield from self._without_manager(one, situations)
            yield from self._without_owner(one, situations)
            yield from too_low(one, situations, self.staffing, self.document.currency)
        yield from self._holders()

    def _empty(self, one: Asked, situations: dict[Able, list[Place]]) -> Iterator[Finding]:
        """Yield the seats of a stage that nobody answers, by which seats these are."""
        vacant: defaultdict[tuple[tuple[int, ...], bool, bool], list[Place]] = defaultdict(list)
        few: defaultdict[int, list[Place]] = defaultdict(list)
        for able, places in situations.items():
            empty = tuple(index for index, who in enumerate(able) if who is not None and not who)
            if empty:
                passes = is_passable(one.stage, able)
                for place in places:
                    vacant[empty, passes, self.staffing.is_bought_for(place)].append(place)
            elif not is_passable(one.stage, able):
                few[different_people(able)].extend(places)
        for people, places in few.items():
            yield self._too_few(one, people, places)
        for (empty, passes, is_bought), places in vacant.items():
            if not is_bought and (empty, passes, True) in vacant:
                continue
            specs = [one.stage.approvers[index] for index in empty]
            titles = enumerated([spec.title for spec in specs], "or")
            outcome = (
                f"{one.orders} go to the other seats alone"
                if passes
                else f"{one.orders} could not be submitted"
            )
            if not is_bought:
                outcome += ", once somebody may order there"
            absent = self._absent_named(specs, places)
            yield Finding(
                FindingCode.EMPTY_SEAT,
                Severity.WARNS if passes or not is_bought else Severity.BLOCKS,
                one.where,
                f"Nobody answers for {titles} in {called(places)}{absent}: {outcome}.",
                self._way_out(specs),
                ",".join(f"{spec.kind}:{spec.value}" for spec in specs),
                group_ids(places),
            )

    def _too_few(self, one: Asked, people: int, places: Sequence[Place]) -> Finding:
        could = "1 person" if people == 1 else f"{people} people"
        return Finding(
            FindingCode.EMPTY_SEAT,
            Severity.BLOCKS,
            one.where,
            f"At least {one.stage.at_least} different people have to agree in {called(places)}, "
            f"and {could} could: {one.orders} could not be submitted.",
            "Name further people for its seats under Groups, or ask for fewer.",
            "different people",
            group_ids(places),
        )

    def _absent_named(self, specs: Sequence[ApproverSpec], places: Sequence[Place]) -> str:
        """Return who holds such a seat and cannot decide, in brackets, or nothing."""
        on = {group for place in places for group in place.path}
        members: dict[UUID, None] = {}
        for spec in specs:
            if spec.kind is ApproverKind.PERSON:
                continue
            for group, held in self.staffing.sitting(spec).items():
                if group in on:
                    members.update(dict.fromkeys(held))
        absent = [self.staffing.name(one) for one in members if not self.staffing.is_able(one)]
        if not absent:
            return ""
        verb = "has" if len(absent) == 1 else "have"
        return f" ({some(absent)} {verb} no access)"

    def _way_out(self, specs: Sequence[ApproverSpec]) -> str:
        if all(spec.kind is ApproverKind.PERSON for spec in specs):
            return "Ask somebody else, or better a seat, which outlasts the person in it."
        titles = enumerated([spec.title for spec in specs], "and")
        return f"Name somebody for {titles} under Groups, there or above, or ask another seat."

    def _only_requester(self, one: Asked, situations: dict[Able, list[Place]]) -> Iterator[Finding]:
        """Yield who would be the only one to decide on what they order themselves."""
        found: defaultdict[UUID, list[Place]] = defaultdict(list)
        for able, places in situations.items():
            if not is_passable(one.stage, able):
                continue
            # A seat with more people than there are seats is answered whoever orders.
            few = [who for who in able if who is not None and len(who) <= len(able)]
            for member in frozenset[UUID]().union(*few):
                left = [who and who - {member} for who in able]
                if not is_passable(one.stage, left):
                    buying = self.staffing.buying.get(member, frozenset())
                    found[member].extend(
                        place for place in places if not buying.isdisjoint(place.path)
                    )
        for member, places in sorted(found.items(), key=lambda item: self.staffing.name(item[0])):
            if places:
                name = self.staffing.name(member)
                yield Finding(
                    FindingCode.ONLY_REQUESTER,
                    Severity.BLOCKS,
                    one.where,
                    f"For what {name} orders for {called(places)}, only {name} could decide, and "
                    f"nobody approves their own: {one.orders} could not be submitted by them.",
                    "Name a deputy, fill the seat above, too, or ask a second seat.",
                    str(member),
                    group_ids(places),
                    (member,),
                )

    def _without_manager(
        self, one: Asked, situations: dict[Able, list[Place]]
    ) -> Iterator[Finding]:
        """Yield who may order and has no manager, or none with a sufficient limit."""
        for kind in (ApproverKind.MANAGER, ApproverKind.MANAGER_LIMIT):
            if all(spec.kind is not kind for spec in one.stage.approvers):
                continue
            needing = self._needing(kind, one, situations)
            if kind is ApproverKind.MANAGER:
                yield from self._no_manager(one, needing)
            elif self.staffing.limits is not None:
                yield from self._no_limit(one, needing, self.staffing.limits)

    def _needing(
        self, kind: ApproverKind, one: Asked, situations: dict[Able, list[Place]]
    ) -> list[UUID]:
        """Return who may order where a stage cannot be passed without a seat of a kind."""
        above: dict[UUID, None] = {}
        for able, places in situations.items():
            if not is_passable(one.stage, _unanswered(kind, one, able)):
                above.update((group, None) for place in places for group in place.path)
        buyers = {member: None for group in above for member in self.answers.buyers.get(group, ())}
        return list(buyers)

    def _no_manager(self, one: Asked, needing: Iterable[UUID]) -> Iterator[Finding]:
        members = [member for member in needing if not self.answers.managers(member)]
        if members:
            yield Finding(
                FindingCode.NO_MANAGER,
                Severity.BLOCKS,
                one.where,
                f"{self._people(members)} no manager who could decide: {one.orders} could not be "
                "submitted by them.",
                "Name their manager under People, or ask a seat beside the manager.",
                people=tuple(members),
            )

    def _no_limit(
        self, one: Asked, needing: Iterable[UUID], limits: Mapping[UUID, Decimal | None]
    ) -> Iterator[Finding]:
        """Yield who has no manager to cover the stage's amounts: none of them, or not the upper."""
        none_at_all: list[UUID] = []
        in_part: list[UUID] = []
        for member in needing:
            bounds = [limits[above] for above in self.answers.managers(member) if above in limits]
            if None in bounds:
                continue
            highest = max((bound for bound in bounds if bound is not None), default=None)
            if highest is None or highest <= one.lower:
                none_at_all.append(member)
            elif one.upper is None or highest < one.upper:
                in_part.append(member)
        for members, amounts, severity in (
            (none_at_all, "any", Severity.BLOCKS),
            (in_part, "the highest", Severity.WARNS),
        ):
            if members:
                yield Finding(
                    FindingCode.NO_LIMIT,
                    severity,
                    one.where,
                    f"{self._people(members)} no manager whose limit covers {amounts} of these "
                    f"amounts: {one.orders} could not {'all ' if members is in_part else ''}be "
                    "submitted by them.",
                    "Raise a manager’s approval limit, or ask a seat instead.",
                    amounts,
                    people=tuple(members),
                )

    def _without_owner(self, one: Asked, situations: dict[Able, list[Place]]) -> Iterator[Finding]:
        """Yield the categories that a stage asks the owner of, where nobody owns them."""
        owners = self.staffing.owners
        kind = ApproverKind.CATEGORY_OWNER
        if owners is None or all(spec.kind is not kind for spec in one.stage.approvers):
            return
        places = [
            place
            for able, found in situations.items()
            if not is_passable(one.stage, _unanswered(kind, one, able))
            for place in found
            if self.staffing.is_bought_for(place)
        ]
        for code in one.categories:
            lineage = self.staffing.lineage(code)
            held = {group for above in lineage.path for group in self.staffing.owned(above)}
            missing = [place for place in places if held.isdisjoint(place.path)]
            if missing:
                named = f"the category {lineage.name}"
                yield self._no_owner(one, named, missing, is_owned_below=self._owned_below(code))
        if not one.categories and not owners and places:
            yield self._no_owner(one, "any category", places, is_owned_below=False)

    def _owned_below(self, code: str) -> bool:
        """Tell whether somebody owns a narrower category: orders within that one have a way."""
        owners = self.staffing.owners or {}
        return any(code in self.staffing.lineage(owned).path[:-1] for owned in owners)

    def _no_owner(
        self, one: Asked, what: str, places: Sequence[Place], *, is_owned_below: bool
    ) -> Finding:
        """Return that a category has no owner, nor any above it; some of its orders may have."""
        outcome = "in part could not be submitted" if is_owned_below else "could not be submitted"
        return Finding(
            FindingCode.NO_OWNER,
            Severity.BLOCKS,
            one.where,
            f"Nobody owns {what} for {called(places)}: {one.orders} {outcome}.",
            "Name an owner of the category or of one above it, or ask another seat.",
            what,
            group_ids(places),
        )

    def _holders(self) -> Iterator[Finding]:
        """Yield who sits in a seat without access, or with training due, one finding a seat."""
        places: defaultdict[ApproverSpec, dict[UUID, None]] = defaultdict(dict)
        first: dict[ApproverSpec, Asked] = {}
        for one in self.asked:
            above = {group: None for place in one.places(self.reach) for group in place.path}
            for spec in one.stage.approvers:
                first.setdefault(spec, one)
                places[spec].update(above)
        for spec, groups in places.items():
            held = self._held(spec, groups)
            absent = [
                (member, group)
                for member, group in held
                if group is not None
                and spec.kind is ApproverKind.POSITION
                and not self.staffing.is_able(member)
                and self.answers.able(spec, self.staffing.places[group])
            ]
            due = [
                (member, group)
                for member, group in held
                if self.staffing.is_able(member) and self.staffing.people[member].due
            ]
            if absent:
                yield self._holder(
                    FindingCode.ABSENT_HOLDER,
                    first[spec],
                    spec,
                    absent,
                    "no access any more; others answer instead",
                    "Fill the seat anew under Groups.",
                )
            if due:
                yield self._holder(
                    FindingCode.UNTRAINED_HOLDER,
                    first[spec],
                    spec,
                    due,
                    "training due",
                    "Ask them to read it under Training, or seat somebody else.",
                )

    def _held(
        self, spec: ApproverSpec, groups: Mapping[UUID, None]
    ) -> list[tuple[UUID, UUID | None]]:
        if spec.kind is ApproverKind.PERSON:
            named = self.answers.able(spec, next(iter(self.staffing.places.values())))
            return [(member, None) for member in named or ()]
        if spec.kind not in _HELD:
            return []
        return [
            (member, group)
            for group, members in self.staffing.sitting(spec).items()
            if group in groups and group in self.staffing.places
            for member in members
        ]

    def _holder(
        self,
        code: FindingCode,
        one: Asked,
        spec: ApproverSpec,
        held: Sequence[tuple[UUID, UUID | None]],
        what: str,
        way_out: str,
    ) -> Finding:
        members = tuple(dict.fromkeys(member for member, _ in held))
        groups = tuple(dict.fromkeys(group for _, group in held if group is not None))
        seat = "is named" if spec.kind is ApproverKind.PERSON else f"answers for {spec.title}"
        if len(members) > 1:
            seat = "are named" if spec.kind is ApproverKind.PERSON else f"answer for {spec.title}"
        of = f" of {called([self.staffing.places[group] for group in groups])}" if groups else ""
        verb = "has" if len(members) == 1 else "have"
        named = some([self.staffing.name(member) for member in members])
        return Finding(
            code,
            Severity.WARNS,
            one.where,
            f"{named}, who {seat}{of}, {verb} {what}.",
            way_out,
            f"{spec.kind}:{spec.value}",
            groups,
            members,
        )

    def _people(self, members: Sequence[UUID]) -> str:
        names = sorted(self.staffing.name(member) for member in members)
        return f"{some(names)} {'has' if len(members) == 1 else 'have'}"


def _unanswered(
    kind: ApproverKind, one: Asked, able: Sequence[frozenset[UUID] | None]
) -> list[frozenset[UUID] | None]:
    """Return who could answer a stage's seats if nobody did those of a kind."""
    return [
        frozenset() if spec.kind is kind else who
        for spec, who in zip(one.stage.approvers, able, strict=True)
    ]
