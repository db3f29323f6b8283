"""What becomes of people who are to be invited (pure): who is ready, known, named twice or refused.

Rows come from `accounts.rosters`, what is known of the organization from a selector. Each problem
names the column that it is about, so that a page can show it beside its cell.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from accounts.addresses import parse_one

EMAIL, NAME, GROUP, ROLE, MANAGER, POSITION = (
    "Email",
    "Name",
    "Group",
    "Role",
    "Manager",
    "Position",
)
_STEPS = ("›", "/", ">", "\\")
_CHOICES_SHOWN = 4
# How people call roles beside their own names.
_ROLE_NICKNAMES = {
    "admin": "administrator",
    "buyer": "requisitioner",
    "requester": "requisitioner",
    "accounting": "finance",
    "receiver": "technician",
}


class Fate(StrEnum):
    """What becomes of a row."""

    READY = "READY"
    KNOWN = "KNOWN"
    DUPLICATE = "DUPLICATE"
    REJECTED = "REJECTED"


class Standing(StrEnum):
    """Where somebody with a membership stands; whoever has never accepted may be invited again."""

    MEMBER = "MEMBER"
    ASKED = "ASKED"
    LAPSED = "LAPSED"
    OFF_BOARDED = "OFF_BOARDED"
    NEVER_JOINED = "NEVER_JOINED"


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Somebody whom the organization knows; ``since`` says since when, in words."""

    standing: Standing
    since: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A group to which the inviter may invite; ``names`` lead from the root down to it."""

    id: UUID
    names: tuple[str, ...]
    code: str = ""

    @property
    def path(self) -> str:
        """Return the way to it in words."""
        return " › ".join(self.names)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it was entered; ``problem`` is what is wrong with its address already."""

    number: int
    raw: tuple[str, ...]
    email: str
    name: str = ""
    group: str = ""
    role: str = ""
    manager: str = ""
    position: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is amiss with a row, and which column it is about."""

    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what it was taken for and what becomes of it."""

    row: Row
    fate: Fate
    group_id: UUID | None
    role: str
    manager_email: str
    position_code: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for rows that do not say otherwise."""

    group_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class Directory:
    """What is known: people by address; roles and kinds of seats by what they are called."""

    people: Mapping[str, Acquaintance]
    places: Sequence[Place]
    roles: Mapping[str, str]
    positions: Mapping[str, str]


def judge(rows: Iterable[Row], directory: Directory, chosen: Chosen) -> list[Judged]:
    """Say of each row what becomes of it, in their order.

    Of rows with one address the first that leads anywhere counts. Whoever is to have a manager of
    the same file is refused where that row is, or where managers would go round in a circle.
    """
    places, found = _Places(directory.places), []
    first: dict[str, int] = {}
    for row in rows:
        judged = _judge_one(row, directory, places, chosen, first)
        if judged.fate in (Fate.READY, Fate.KNOWN):
            first[row.email] = row.number
        found.append(judged)
    return _with_managers(found, directory.people)


def addresses_in(rows: Iterable[Row]) -> frozenset[str]:
    """Return everybody whom rows name, as those to be invited or as their managers."""
    found: set[str] = set()
    for row in rows:
        found.add(row.email)
        if row.manager:
            found.add(parse_one(row.manager).email)
    return frozenset(found - {""})


def standing_problem(email: str, known: Acquaintance | None) -> tuple[Fate, str]:
    """Return the fate of an address by who it belongs to, and the sentence that says why."""
    match known:
        case Acquaintance(Standing.MEMBER):
            return Fate.KNOWN, f"{email} is a member already."
        case Acquaintance(Standing.ASKED, since):
            return Fate.KNOWN, f"{email} was invited on {since} and has not answered yet."
        case Acquaintance(Standing.LAPSED, since):
            return Fate.KNOWN, (
                f"{email} was invited on {since}, and the invitation has expired: send it again "
                "from the list of invitations."
            )
        case Acquaintance(Standing.OFF_BOARDED, since):
            return Fate.REJECTED, (
                f"{email} was off-boarded on {since}: reinstate them instead of inviting them."
            )
        case _:
            return Fate.READY, ""


def _judge_one(
    row: Row, directory: Directory, places: "_Places", chosen: Chosen, first: Mapping[str, int]
) -> Judged:
    problems: list[Problem] = []
    if row.problem:
        problems.append(Problem(EMAIL, row.problem))
    elif row.email in first:
        says = f"{row.email} stands on line {first[row.email]} already."
        return _judged(row, Fate.DUPLICATE, [Problem(EMAIL, says)], chosen)
    fate, says = standing_problem(row.email, directory.people.get(row.email))
    if fate is Fate.KNOWN:
        return _judged(row, fate, [Problem(EMAIL, says)], chosen)
    if says:
        problems.append(Problem(EMAIL, says))
    group_id, says = places.find(row.group) if row.group else (chosen.group_id, "")
    if says:
        problems.append(Problem(GROUP, says))
    role, says = _role(row.role, directory.roles) if row.role else (chosen.role, "")
    if says:
        problems.append(Problem(ROLE, says))
    manager, says = _manager(row)
    if says:
        problems.append(Problem(MANAGER, says))
    position = directory.positions.get(_folded(row.position), "") if row.position else ""
    if row.position and not position:
        says = f"There is no kind of seat called “{row.position}”."
        problems.append(Problem(POSITION, says))
    return Judged(
        row=row,
        fate=Fate.REJECTED if problems else Fate.READY,
        group_id=group_id,
        role=role,
        manager_email=manager,
        position_code=position,
        problems=tuple(problems),
    )


def _judged(row: Row, fate: Fate, problems: Sequence[Problem], chosen: Chosen) -> Judged:
    return Judged(row, fate, chosen.group_id, chosen.role, "", "", tuple(problems))


def _role(text: str, roles: Mapping[str, str]) -> tuple[str, str]:
    name = _folded(text)
    found = roles.get(_ROLE_NICKNAMES.get(name, name))
    if found is None:
        return "", f"There is no role “{text}”; roles are {', '.join(_spoken(roles))}."
    return found, ""


def _spoken(roles: Mapping[str, str]) -> list[str]:
    return sorted({role.capitalize() for role in roles.values()})


def _manager(row: Row) -> tuple[str, str]:
    if not row.manager:
        return "", ""
    entry = parse_one(row.manager)
    if entry.problem:
        return "", f"A manager is named by their address. {entry.problem}"
    if entry.email == row.email:
        return "", "Nobody is their own manager."
    return entry.email, ""


def _with_managers(found: list[Judged], people: Mapping[str, Acquaintance]) -> list[Judged]:
    """Refuse rows whose manager is nobody, refused themselves, or below them in the end."""
    ready = {one.row.email: index for index, one in enumerate(found) if one.fate is Fate.READY}
    below: defaultdict[str, list[str]] = defaultdict(list)
    refused: list[tuple[str, str]] = []
    for email, index in ready.items():
        manager = found[index].manager_email
        if not manager:
            continue
        below[manager].append(email)
        known = people.get(manager)
        if manager in ready:
            if _goes_round(email, found, ready):
                says = f"The managers lead from {email} back to {email}."
                refused.append((email, says))
        elif known is None or known.standing is Standing.NEVER_JOINED:
            refused.append((email, f"{manager} is no member, nor invited by a line of this file."))
        elif known.standing is Standing.OFF_BOARDED:
            refused.append((email, f"{manager} was off-boarded on {known.since}."))
    while refused:
        email, says = refused.pop()
        one = found[ready[email]]
        if one.fate is Fate.READY:
            problem = Problem(MANAGER, says)
            found[ready[email]] = replace(one, fate=Fate.REJECTED, problems=(problem,))
            line = one.row.number
            refused.extend(
                (report, f"{email} on line {line} cannot be invited.") for report in below[email]
            )
    return found


def _goes_round(email: str, found: Sequence[Judged], ready: Mapping[str, int]) -> bool:
    """Tell whether the managers above somebody lead back to them."""
    seen, above = set[str](), found[ready[email]].manager_email
    while above in ready and above not in seen:
        if above == email:
            return True
        seen.add(above)
        above = found[ready[above]].manager_email
    return False


class _Places:
    """Finds groups by their code, their name, or the end of the way that leads to them."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._by_code: defaultdict[str, list[Place]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Place]] = defaultdict(list)
        for place in places:
            if place.code:
                self._by_code[_folded(place.code)].append(place)
            self._by_name[_folded(place.names[-1])].append(place)

    def find(self, text: str) -> tuple[UUID | None, str]:
        """Return the group, or why it cannot be told."""
        wanted = _folded(text)
        found = self._by_code.get(wanted) or self._by_name.get(wanted) or self._at_end_of(text)
        if not found:
            return None, f"There is no open group “{text}” whose people you manage."
        if len(found) > 1:
            choices = "; ".join(sorted(place.path for place in found)[:_CHOICES_SHOWN])
            more = len(found) - _CHOICES_SHOWN
            others = f" and {more} more" if more > 0 else ""
            return None, f"“{text}” can be several groups: {choices}{others}. Write the whole way."
        return found[0].id, ""

    def _at_end_of(self, text: str) -> list[Place]:
        """Return the groups whose way ends with the names of a written one."""
        for step in _STEPS:
            names = [_folded(name) for name in text.split(step) if name.strip()]
            if len(names) > 1:
                found = [
                    place
                    for place in self._by_name.get(names[-1], [])
                    if [_folded(name) for name in place.names[-len(names) :]] == names
                ]
                whole = [place for place in found if len(place.names) == len(names)]
                if found:
                    return whole or found
        return []


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
