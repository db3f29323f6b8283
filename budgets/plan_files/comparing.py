"""What a file of caps would change in the budgets as they are (pure).

The file adds and changes; a budget that it leaves out stays as it is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.tree_files import STEPS, Problem
from budgets.fiscal import FiscalCalendar, Period
from budgets.plan_files.reading import Column, Row, Sheet
from budgets.planning import NewBudget, PlannedCap, cap_objection
from budgets.terms import BudgetTerms, problem_with, tidied

Scope = tuple[UUID | None, UUID | None, UUID | None, UUID | None]


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group that budgets can be on. ``way`` are the names from the organization's down to it."""

    id: UUID
    path: tuple[UUID, ...]
    way: tuple[str, ...]
    name: str
    code: str
    is_open: bool
    can_manage: bool


@dataclass(frozen=True, slots=True)
class KnownBudget:
    """A budget that there is."""

    id: UUID
    group_id: UUID
    kind: str
    terms: BudgetTerms


@dataclass(frozen=True, slots=True)
class Directory:
    """What lines can mean: groups, and by what they write categories, suppliers, people, seats.

    Each of these comes with its name: a category by its code, a supplier by a spelling, a person by
    an address in small letters, a seat by its code.
    """

    groups: Sequence[KnownGroup]
    categories: Mapping[str, tuple[UUID, str]]
    suppliers: Mapping[str, tuple[UUID, str]]
    people: Mapping[str, tuple[UUID, str]]
    seats: Mapping[str, tuple[UUID, str]]
    budgets: Sequence[KnownBudget]


@dataclass(frozen=True, slots=True)
class TermsChange:
    """A budget that is to be held otherwise: each term with what it was and becomes."""

    line: int
    budget_id: UUID
    title: str
    before: BudgetTerms
    after: BudgetTerms

    @property
    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """Return each term that changes, as text."""
        names = (
            *("name", "warn_percent", "block_percent", "marks"),
            *("enforcement", "children_percent", "carries_over"),
        )
        return tuple(
            (name, _text(getattr(self.before, name)), _text(getattr(self.after, name)))
            for name in names
            if getattr(self.before, name) != getattr(self.after, name)
        )


@dataclass(frozen=True, slots=True)
class BudgetFile:
    """What a file asks for, before its caps are weighed; ``lines`` says where budgets first are."""

    new: tuple[NewBudget, ...]
    terms: tuple[TermsChange, ...]
    caps: tuple[PlannedCap, ...]
    problems: tuple[Problem, ...]
    lines: Mapping[UUID, int] = field(default_factory=dict)


def compare(
    sheet: Sheet,
    directory: Directory,
    *,
    calendar: FiscalCalendar,
    currency: str,
    period: Period | None = None,
    new_id: Callable[[], UUID],
) -> BudgetFile:
    """Find the budgets that the lines of a file mean, and what they are to become.

    ``period`` is meant by lines that name none. A budget of a group, kind and scope that is not
    there is made, held as its first line says.
    """
    comparer = _Comparer(directory, calendar, currency, period, new_id)
    for row in sheet.rows:
        comparer.take(row)
    broken = {problem.line for problem in sheet.problems}
    said = [one for one in comparer.problems if one.line not in broken]
    return BudgetFile(
        new=tuple(comparer.new_budgets()),
        terms=tuple(comparer.terms_changes()),
        caps=tuple(comparer.caps),
        problems=tuple(sorted((*sheet.problems, *said), key=lambda one: one.line)),
        lines={found.id: found.line for found in comparer.found.values()},
    )


@dataclass(slots=True)
class _Found:
    """A budget that lines of the file are about."""

    id: UUID
    line: int
    group: KnownGroup
    kind: str
    words: str
    known: KnownBudget | None
    terms: BudgetTerms
    periods: list[tuple[Period, Decimal]] = field(default_factory=list)


class _Comparer:
    """Takes lines one after the other and keeps what they ask for."""

    def __init__(
        self,
        directory: Directory,
        calendar: FiscalCalendar,
        currency: str,
        period: Period | None,
        new_id: Callable[[], UUID],
    ) -> None:
        self._directory = directory
        self._calendar = calendar
        self._currency = currency
        self._period = period
        self._new_id = new_id
        self._groups = _GroupIndex(directory.groups)
        self._budgets = {
            (one.group_id, one.kind, one.terms.scope): one for one in directory.budgets
        }
        self._periods: dict[str, Period | None] = {}
        self.found: dict[tuple[UUID, str, Scope], _Found] = {}
        self.caps: list[PlannedCap] = []
        self.problems: list[Problem] = []

    def take(self, row: Row) -> None:
        """Take one line."""
        before = len(self.problems)
        group, period = self._group(row), self._period_of(row)
        scope, words = self._scope(row)
        if row.currency and row.currency.upper() != self._currency:
            self._say(row, Column.CURRENCY, f"Budgets are kept in {self._currency}.")
        if row.cap is not None and (wrong := cap_objection(row.cap, self._currency)):
            self._say(row, Column.CAP, wrong)
        if len(self.problems) > before or group is None or period is None or row.cap is None:
            return
        self._keep(row, group, period, scope, words)

    def new_budgets(self) -> Iterable[NewBudget]:
        """Yield the budgets that are to be made; their last period says what others open with."""
        for one in self.found.values():
            if one.known is None:
                periods = sorted(one.periods)
                yield NewBudget(
                    id=one.id,
                    group_id=one.group.id,
                    group_path=one.group.path,
                    group_name=one.group.name,
                    kind=one.kind,
                    terms=one.terms,
                    cap=periods[-1][1],
                    starts_on=periods[0][0].starts_on,
                    words=one.words,
                )

    def terms_changes(self) -> Iterable[TermsChange]:
        """Yield the budgets that are to be held otherwise."""
        for one in self.found.values():
            if one.known is not None and one.known.terms != one.terms:
                title = f"{one.group.name}, {one.words}" if one.words else one.group.name
                yield TermsChange(one.line, one.id, title, one.known.terms, one.terms)

    def _keep(self, row: Row, group: KnownGroup, period: Period, scope: Scope, words: str) -> None:
        key = group.id, period.kind.value, scope
        found = self.found.get(key)
        known = self._budgets.get(key)
        base = known.terms if known else BudgetTerms(**_scoped(scope))
        given: dict[str, Any] = dict(row.held)
        terms = tidied(replace(base, **given))
        if problem := problem_with(terms):
            self._say(row, problem.field, problem.sentence)
            return
        if known and terms == tidied(base):
            terms = base
        if found is None:
            budget_id = known.id if known else self._new_id()
            found = _Found(budget_id, row.line, group, period.kind.value, words, known, terms)
            self.found[key] = found
        elif found.terms != terms:
            self._say(
                row,
                Column.NAME,
                f"Line {found.line} is about the same budget and holds it otherwise.",
            )
            return
        if any(one == period for one, _ in found.periods):
            self._say(row, Column.PERIOD, f"Line {found.line} has a cap for it already.")
            return
        assert row.cap is not None
        found.periods.append((period, row.cap))
        self.caps.append(PlannedCap(found.id, period, row.cap, row.line))

    def _group(self, row: Row) -> KnownGroup | None:
        found = self._groups.meant_by(row)
        if isinstance(found, str):
            column = next(
                (
                    column
                    for column, cell in (
                        (Column.GROUP_ID, row.group_id),
                        (Column.CODE, row.code),
                    )
                    if cell
                ),
                Column.GROUP,
            )
            self._say(row, column, found)
            return None
        if not found.can_manage:
            self._say(row, Column.GROUP, f"You may not set budgets of {found.name}.")
        elif not found.is_open:
            self._say(row, Column.GROUP, f"{found.name} is archived.")
        return found

    def _period_of(self, row: Row) -> Period | None:
        if not row.period:
            if self._period is None:
                self._say(row, Column.PERIOD, "Name a period, such as 2026-11, 2026-Q4 or 2026.")
            found = self._period
        else:
            if row.period not in self._periods:
                self._periods[row.period] = self._calendar.from_code(row.period.upper())
            found = self._periods[row.period]
            if found is None:
                said = f"“{row.period}” is no period. Write 2026-11, 2026-Q4, 2026-H2 or 2026."
                self._say(row, Column.PERIOD, said)
        if found is not None and row.kind is not None and row.kind is not found.kind:
            said = f"{found.label} is not a period of a {row.kind.adjective} budget."
            self._say(row, Column.KIND, said)
        return found

    def _scope(self, row: Row) -> tuple[Scope, str]:
        """Return what a line limits its budget to, and the words for it."""
        directory = self._directory
        asked = (
            (Column.CATEGORY, row.category, directory.categories, "category has this code"),
            (Column.SUPPLIER, row.supplier, directory.suppliers, "supplier is called so"),
            (
                Column.PERSON,
                row.person.casefold(),
                directory.people,
                "active person has this address",
            ),
            (Column.SEAT, row.seat.casefold(), directory.seats, "seat has this code"),
        )
        ids: list[UUID | None] = []
        names: list[str] = []
        for column, written, known, sentence in asked:
            found = known.get(written) if written else None
            if written and found is None:
                self._say(row, column, f"No {sentence}: “{written}”.")
            ids.append(found[0] if found else None)
            names += [found[1]] if found else []
        return (ids[0], ids[1], ids[2], ids[3]), ", ".join(names)

    def _say(self, row: Row, column: str, sentence: str) -> None:
        self.problems.append(Problem(row.line, str(column), sentence))


class _GroupIndex:
    """Finds groups by id, by code, or by the names down to them."""

    def __init__(self, groups: Sequence[KnownGroup]) -> None:
        self._by_id = {str(group.id): group for group in groups}
        self._by_code: dict[str, list[KnownGroup]] = {}
        self._by_way: dict[tuple[str, ...], list[KnownGroup]] = {}
        for group in groups:
            if group.code:
                self._by_code.setdefault(group.code.casefold(), []).append(group)
            way = folded(group.way)
            for key in {way, way[1:], way[-1:]} - {()}:
                self._by_way.setdefault(key, []).append(group)

    def meant_by(self, row: Row) -> KnownGroup | str:
        """Return the group that a line means, or what is wrong."""
        if row.group_id:
            found = self._by_id.get(row.group_id.lower())
            return found or "No group has this id. Leave it empty to go by code or name."
        if row.code and (one := self._only(self._by_code.get(row.code.casefold(), ()))):
            return one
        if row.group and (one := self._by_names(row.group)):
            return one
        if row.code and row.code.casefold() in self._by_code:
            return f"Several groups have the code “{row.code}”; give the whole way instead."
        if not row.group:
            return f"No group has the code “{row.code}”." if row.code else "No group is named."
        return f"No single group is “{row.group}”; give the whole way, such as Sales › West."

    def _by_names(self, written: str) -> KnownGroup | None:
        for step in ("", *STEPS):
            names = written.split(step) if step else [written]
            key = folded(name for name in names if name.strip())
            if found := self._by_way.get(key):
                whole = [one for one in found if key in (folded(one.way), folded(one.way[1:]))]
                return self._only(whole or found)
        return None

    def _only(self, found: Sequence[KnownGroup]) -> KnownGroup | None:
        """Return the one that is meant: an open one precedes archived ones of the same name."""
        candidates = [one for one in found if one.is_open] or list(found)
        return candidates[0] if len(candidates) == 1 else None


def folded(way: Iterable[str]) -> tuple[str, ...]:
    """Return names as they are compared: in whatever case, with single spaces."""
    return tuple(" ".join(name.split()).casefold() for name in way)


def _scoped(scope: Scope) -> dict[str, Any]:
    category_id, supplier_id, membership_id, position_id = scope
    return {
        "category_id": category_id,
        "supplier_id": supplier_id,
        "membership_id": membership_id,
        "position_id": position_id,
    }


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
