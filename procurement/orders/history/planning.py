"""Which groups and categories the words of a file stand for, and which are missing (pure).

A department is a group by its name or code, a cost centre one below it by its code or name. What
does not exist yet is planned with its id, so that a dry run can judge orders for it as well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.planning import NewGroup
from catalogs.unspsc import is_unspsc
from procurement.orders.history.spool import Kind, Place

LONGEST_NAME = 200
LONGEST_CODE = 60
DEPARTMENT, COST_CENTRE = "DEPARTMENT", "COST_CENTRE"


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group as judging needs it; ``path`` leads from the root down to itself."""

    id: UUID
    path: tuple[UUID, ...]
    name: str
    code: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """The group of each place, in the places' order, and the groups that are to be made."""

    places: tuple[KnownGroup, ...]
    missing: tuple[NewGroup, ...]


def plan_groups(
    places: Sequence[Place],
    names: Mapping[int, str],
    known: Iterable[KnownGroup],
    new_id: Callable[[], UUID],
) -> GroupPlan:
    """Find or plan the group of each place.

    ``names`` gives the file's own name of a place's cost centre by the place's number; ``known``
    are the active groups that exist, the root among them.
    """
    planner = _Planner(known, new_id)
    found = tuple(
        planner.place(place, names.get(number, "")) for number, place in enumerate(places)
    )
    return GroupPlan(found, tuple(planner.missing))


class _Planner:
    """Keeps what is known and planned so far, by name and by code."""

    def __init__(self, known: Iterable[KnownGroup], new_id: Callable[[], UUID]) -> None:
        self._new_id = new_id
        self._by_child: dict[tuple[UUID, str], KnownGroup] = {}
        self._by_name: dict[str, list[KnownGroup]] = {}
        self._by_code: dict[str, list[KnownGroup]] = {}
        self._root: KnownGroup | None = None
        self.missing: list[NewGroup] = []
        for group in known:
            self._take(group)
            if len(group.path) == 1:
                self._root = group

    def place(self, place: Place, name: str) -> KnownGroup:
        """Return the group of a department and cost centre."""
        department = self._department(place.department)
        return self._cost_centre(department, place.cost_centre, name)

    def _department(self, name: str) -> KnownGroup:
        root = self._root
        if root is None:
            raise ValueError("Planning groups takes the root at least.")
        if not name or _key(name) == _key(root.name):
            return root
        direct = self._by_child.get((root.id, _key(name)))
        # Elsewhere in the tree a name or code must be unmistakable, and no cost centre's.
        found = direct or _only(self._departments(self._by_name, name))
        found = found or _only(self._departments(self._by_code, name))
        return found or self._add(root, name, "", DEPARTMENT)

    def _departments(self, index: Mapping[str, list[KnownGroup]], name: str) -> list[KnownGroup]:
        return [group for group in index.get(_key(name), ()) if group.kind != COST_CENTRE]

    def _cost_centre(self, department: KnownGroup, code: str, name: str) -> KnownGroup:
        if not code and not name:
            return department
        within = [
            group for group in self._by_code.get(_key(code), ()) if department.id in group.path
        ]
        # The oldest of several, so that what this import makes changes no later answer.
        found = min(within, key=lambda group: group.id, default=None)
        if found is None and name and not code:
            found = self._by_child.get((department.id, _key(name)))
        if found is None and code and not name:
            found = self._by_child.get((department.id, _key(code)))
        return found or self._add(department, name or code, code, COST_CENTRE)

    def _add(self, parent: KnownGroup, name: str, code: str, kind: str) -> KnownGroup:
        group_id = self._new_id()
        title = " ".join(name.split())[:LONGEST_NAME]
        if (parent.id, _key(title)) in self._by_child:
            title = self._free_title(parent, title, code)
        group = KnownGroup(group_id, (*parent.path, group_id), title, code[:LONGEST_CODE], kind)
        self._take(group)
        self.missing.append(NewGroup(group_id, group.path, title, group.code, kind))
        return group

    def _free_title(self, parent: KnownGroup, title: str, code: str) -> str:
        """Tell cost centres of one name apart by their codes."""
        number = 1
        label = code or str(number)
        while True:
            suffix = f" ({label})"
            candidate = title[: LONGEST_NAME - len(suffix)] + suffix
            if (parent.id, _key(candidate)) not in self._by_child:
                return candidate
            number += 1
            label = f"{code} {number}".strip()

    def _take(self, group: KnownGroup) -> None:
        if len(group.path) > 1:
            self._by_child.setdefault((group.path[-2], _key(group.name)), group)
        self._by_name.setdefault(_key(group.name), []).append(group)
        if group.code:
            self._by_code.setdefault(_key(group.code), []).append(group)


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _only(groups: Sequence[KnownGroup]) -> KnownGroup | None:
    return groups[0] if len(groups) == 1 else None


# Categories


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """What a line's classification leads to: a code of its own, or one of another system's."""

    scheme: str
    """``GL``, ``MCC`` or ``CODE`` for a category code; '' for none."""
    code: str
    name: str


NO_CATEGORY = CategoryChoice("", "", "")


def choose_category(
    kind: Kind, mapped_accounts: Mapping[str, Sequence[str]], is_known_mcc: Callable[[str], bool]
) -> CategoryChoice:
    """Choose what classifies a line best.

    A UNSPSC code says it itself. An account that somebody has mapped to UNSPSC comes next, then the
    merchant category code, then the account as a category of its own, then the category's name.
    ``mapped_accounts`` holds the category path of each mapped account.
    """
    return next(_choices(kind, mapped_accounts, is_known_mcc), NO_CATEGORY)


def _choices(
    kind: Kind, mapped_accounts: Mapping[str, Sequence[str]], is_known_mcc: Callable[[str], bool]
) -> Iterator[CategoryChoice]:
    unspsc = "".join(character for character in kind.unspsc if character.isdigit())[:8]
    if is_unspsc(unspsc):
        yield CategoryChoice("CODE", unspsc, kind.category or f"UNSPSC {unspsc}")
    account = account_code(kind)
    if account in mapped_accounts and is_unspsc(mapped_accounts[account][-1]):
        yield CategoryChoice("GL", account, kind.account_name)
    mcc = kind.mcc.zfill(4) if kind.mcc.isdigit() else ""
    if mcc and is_known_mcc(mcc):
        yield CategoryChoice("MCC", mcc, kind.mcc_name)
    if account:
        yield CategoryChoice("GL", account, kind.account_name or kind.account)
    # Some exports have the merchant's category in words alone, under either header.
    words = kind.category or kind.mcc_name or ("" if mcc else kind.mcc)
    if words and own_code(words):
        yield CategoryChoice("CODE", own_code(words), words)
    if mcc:
        yield CategoryChoice("MCC", mcc, kind.mcc_name)


def account_code(kind: Kind) -> str:
    """Return an account's code; a masked or missing one is known by its name."""
    if any(character.isalnum() for character in kind.account):
        return kind.account[:LONGEST_CODE]
    return own_code(kind.account_name) if kind.account_name else ""


def own_code(name: str) -> str:
    """Return the code of a category that the file knows by its name alone."""
    words = "".join(one if one.isalnum() else " " for one in name.upper()).split()
    return "-".join(words)[:LONGEST_CODE]
