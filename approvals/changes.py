"""What is different between two contents of a subject, and whether an approval outlives it (pure).

A change is measured against the content that somebody really decided on, never against the last
edit: many small steps are one large one. What cannot be told apart for certain counts as another
thing, so that in doubt people are asked again.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import NamedTuple

from approvals.routing.tolerances import Tolerances
from approvals.summary import SubjectSummary, SummaryLine
from procurement.core.money import format_money

_GUIDANCE = {"PREFERRED": 0, "": 1, "NEUTRAL": 1, "RESTRICTED": 2, "BLOCKED": 3}
_WORST = 4
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(.*)", re.DOTALL)
_SHOWN = Decimal("0.1")


class EditKind(StrEnum):
    """What kind of change it is."""

    PRICE_UP = "PRICE_UP"
    PRICE_DOWN = "PRICE_DOWN"
    QUANTITY_UP = "QUANTITY_UP"
    QUANTITY_DOWN = "QUANTITY_DOWN"
    LINE_ADDED = "LINE_ADDED"
    LINE_REMOVED = "LINE_REMOVED"
    SUPPLIER = "SUPPLIER"
    NOTE = "NOTE"
    JUSTIFICATION = "JUSTIFICATION"
    REQUESTER = "REQUESTER"
    GROUP = "GROUP"
    CURRENCY = "CURRENCY"
    DETAIL = "DETAIL"
    GUIDANCE = "GUIDANCE"
    GUIDANCE_EASED = "GUIDANCE_EASED"


# Whatever a policy says: who agreed to the former content has not agreed to this.
NEVER = frozenset(
    {
        EditKind.LINE_ADDED,
        EditKind.SUPPLIER,
        EditKind.REQUESTER,
        EditKind.GROUP,
        EditKind.CURRENCY,
        EditKind.DETAIL,
        EditKind.GUIDANCE,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``phrase`` stands within a sentence: ``the price of Gloves is up 4 %``.

    ``before`` and ``after`` are the values as people read them, empty for a line that came or went.
    ``percent`` says how far a figure has gone up, exactly or a trace more; None where there is no
    saying, which is always too much.
    """

    kind: EditKind
    phrase: str
    before: str = ""
    after: str = ""
    percent: Decimal | None = None

    @property
    def sentence(self) -> str:
        """Return the change as a whole sentence."""
        return f"{self.phrase[:1].upper()}{self.phrase[1:]}."


class Answer(NamedTuple):
    """Whether an approval stands, and the phrases of why not, or of what is let through."""

    stands: bool
    phrases: tuple[str, ...]


def changes_between(before: SubjectSummary, after: SubjectSummary) -> tuple[Change, ...]:
    """Return how ``after`` differs from ``before``; nothing where people are shown the same."""
    changes = [*_heads(before, after), *_lines(before, after)]
    if before.total != after.total and not changes:
        changes += _figure("the total", before.total, after.total, before.currency)
    return (*changes, *_words("the note to the approvers", EditKind.NOTE, before.note, after.note))


def standing(tolerances: Tolerances, changes: Iterable[Change]) -> Answer:
    """Tell whether an approval outlives changes, and say why."""
    found = tuple(changes)
    against = tuple(one.phrase for one in found if not _is_tolerated(tolerances, one))
    return Answer(False, against) if against else Answer(True, tuple(one.phrase for one in found))


def _is_tolerated(tolerances: Tolerances, change: Change) -> bool:
    """Fail closed: a kind that nothing here names is never let through."""
    match change.kind:
        case EditKind.PRICE_UP:
            return _within(change.percent, tolerances.price_up_percent)
        case EditKind.QUANTITY_UP:
            return _within(change.percent, tolerances.quantity_up_percent)
        case EditKind.GUIDANCE_EASED:
            return True
    named = _NAMED.get(change.kind)
    return named is not None and named(tolerances)


_NAMED: Mapping[EditKind, Callable[[Tolerances], bool]] = {
    EditKind.PRICE_DOWN: lambda tolerances: tolerances.price_down,
    EditKind.QUANTITY_DOWN: lambda tolerances: tolerances.quantity_down,
    EditKind.LINE_REMOVED: lambda tolerances: tolerances.line_removed,
    EditKind.NOTE: lambda tolerances: tolerances.note,
    EditKind.JUSTIFICATION: lambda tolerances: tolerances.justification,
}


def _within(percent: Decimal | None, most: Decimal) -> bool:
    return percent is not None and percent <= most


def _heads(before: SubjectSummary, after: SubjectSummary) -> Iterator[Change]:
    """Yield what has changed of the subject as a whole."""
    if _is_other(
        before.requester_key, after.requester_key, before.requester_name, after.requester_name
    ):
        said = f"{after.requester_name} asks instead of {before.requester_name}"
        yield Change(EditKind.REQUESTER, said, before.requester_name, after.requester_name)
    if _is_other(before.group_key, after.group_key, before.group_name, after.group_name):
        said = f"it is for {after.group_name} instead of {before.group_name}"
        yield Change(EditKind.GROUP, said, before.group_name, after.group_name)
    if before.currency != after.currency:
        said = f"it is in {after.currency} instead of {before.currency}"
        yield Change(EditKind.CURRENCY, said, before.currency, after.currency)
    old, new = _by_name(before.details), _by_name(after.details)
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            said = f"“{name}” is “{now}” instead of “{was}”" if was and now else f"“{name}” is new"
            yield Change(
                EditKind.DETAIL, said if now else f"“{name}” is not said any more", was, now
            )


def _is_other(old_key: str, new_key: str, old_name: str, new_name: str) -> bool:
    """Tell by their keys whether two are different, or by their names where one has no key."""
    return old_key != new_key if old_key and new_key else old_name != new_name


def _by_name(details: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return details by name; several of one name count together."""
    found: dict[str, str] = {}
    for name, value in details:
        found[name] = f"{found[name]}; {value}" if name in found else value
    return found


_Lines = Mapping[object, Sequence[SummaryLine]]


def _lines(before: SubjectSummary, after: SubjectSummary) -> Iterator[Change]:
    """Yield what has changed of the lines; their order means nothing."""
    have_keys = all(line.key for line in (*before.lines, *after.lines))
    old = _grouped(before.lines, have_keys=have_keys)
    new = _grouped(after.lines, have_keys=have_keys)
    for key in dict.fromkeys([*old, *new]):
        was, now = list(old.get(key, ())), list(new.get(key, ()))
        if len(was) == len(now) == 1:
            yield from _line(was[0], now[0], before.currency, after.currency)
            continue
        # Several of a kind cannot be told apart: those that are the same are, the others are not.
        same = Counter(map(_shown, was)) & Counter(map(_shown, now))
        for line in _without(was, same):
            yield Change(EditKind.LINE_REMOVED, f"{line.name} is no longer on it", line.quantity)
        for line in _without(now, same):
            yield Change(EditKind.LINE_ADDED, f"{line.name} is new on it", "", line.quantity)


def _grouped(lines: Iterable[SummaryLine], *, have_keys: bool) -> _Lines:
    found: defaultdict[object, list[SummaryLine]] = defaultdict(list)
    for line in lines:
        found[line.key if have_keys else (line.name, line.supplier, line.sku)].append(line)
    return found


def _shown(line: SummaryLine) -> tuple[object, ...]:
    """Return what people are shown of a line, and what tells its supplier."""
    return (
        *(line.name, line.supplier, line.supplier_key, line.sku, line.quantity),
        *(line.unit_price, line.amount, line.guidance, line.justification),
    )


def _without(
    lines: Iterable[SummaryLine], same: Counter[tuple[object, ...]]
) -> Iterator[SummaryLine]:
    left = Counter(same)
    for line in lines:
        if left[_shown(line)]:
            left[_shown(line)] -= 1
        else:
            yield line


def _line(was: SummaryLine, now: SummaryLine, currency: str, in_currency: str) -> Iterator[Change]:
    name = now.name
    if was.name != name:
        said = f"{was.name} is called {name}"
        yield Change(EditKind.DETAIL, said, was.name, name)
    if was.sku != now.sku:
        said = f"the article number of {name} is {now.sku or 'gone'}"
        yield Change(EditKind.DETAIL, said, was.sku, now.sku)
    if _is_other(was.supplier_key, now.supplier_key, was.supplier, now.supplier):
        said = f"{name} comes from {now.supplier} instead of {was.supplier}"
        yield Change(EditKind.SUPPLIER, said, was.supplier, now.supplier)
    yield from _quantity(name, was.quantity, now.quantity)
    if currency == in_currency:
        if was.unit_price != now.unit_price:
            yield from _figure(f"the price of {name}", was.unit_price, now.unit_price, currency)
        elif was.quantity == now.quantity and was.amount != now.amount:
            yield from _figure(f"the amount for {name}", was.amount, now.amount, currency)
    yield from _guidance(name, was.guidance, now.guidance)
    yield from _words(
        f"the justification for {name}",
        EditKind.JUSTIFICATION,
        was.justification,
        now.justification,
    )


def _figure(what: str, was: Decimal, now: Decimal, currency: str) -> Iterator[Change]:
    said = format_money(was, currency), format_money(now, currency)
    if now > was:
        percent = _percent(was, now)
        by = f" {_rounded(percent)}" if percent is not None else ""
        yield Change(EditKind.PRICE_UP, f"{what} is up{by}", *said, percent)
    elif now < was:
        yield Change(EditKind.PRICE_DOWN, f"{what} is down to {said[1]}", *said)


def _quantity(name: str, was: str, now: str) -> Iterator[Change]:
    if was == now:
        return
    old, new = _QUANTITY.fullmatch(was.strip()), _QUANTITY.fullmatch(now.strip())
    said = f"the quantity of {name} is {now} instead of {was}"
    if old is None or new is None or old[2].strip() != new[2].strip():
        # In other units, or in words: nobody can tell how much more it is.
        yield Change(EditKind.QUANTITY_UP, said, was, now)
        return
    before, after = Decimal(old[1]), Decimal(new[1])
    if after > before:
        yield Change(EditKind.QUANTITY_UP, said, was, now, _percent(before, after))
    elif after < before:
        yield Change(EditKind.QUANTITY_DOWN, said, was, now)


def _guidance(name: str, was: str, now: str) -> Iterator[Change]:
    before, after = _GUIDANCE.get(was, _WORST), _GUIDANCE.get(now, _WORST)
    words = now.lower() or "neutral"
    if after > before or (before == after == _WORST and was != now):
        yield Change(EditKind.GUIDANCE, f"{name} is {words} by guided buying now", was, now)
    elif after < before:
        yield Change(EditKind.GUIDANCE_EASED, f"{name} is {words} by guided buying now", was, now)


def _words(what: str, kind: EditKind, was: str, now: str) -> Iterator[Change]:
    if was != now:
        verb = "is new" if not was else "is changed" if now else "is gone"
        yield Change(kind, f"{what} {verb}", was, now)


def _percent(was: Decimal, now: Decimal) -> Decimal | None:
    """Return by how much a figure has gone up; a trace more where it has no end, never less."""
    if was <= 0:
        return None
    return ((now - was) * 100 / was).quantize(Decimal("1E-9"), ROUND_CEILING)


def _rounded(percent: Decimal) -> str:
    return f"{percent.quantize(_SHOWN, ROUND_CEILING).normalize():f} %"
