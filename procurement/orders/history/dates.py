"""Dates as exports write them, with the order of day and month decided for a whole column."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

EARLIEST_YEAR, LATEST_YEAR = 1970, 2100
_PIVOT = 69  # two-digit years from here on are of the twentieth century, as POSIX has it
_DECEMBER = 12
_TIME = r"(?:[T ,]+\d{1,2}[:.h]\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s?[-/.]\s?(\d{{1,2}})\s?[-/.]\s?(\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?\d{4,6}Z?)?")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})\s?[-/.]\s?(\d{{1,2}})\s?[-/.]\s?(\d{{4}}|\d{{2}})\.?{_TIME}")
_GAP = r"[-/. ]*"
_NAME = r"(?P<month>[^\W\d_]{3,})\.?"
_DAY = r"(?P<day>\d{1,2})"
_ANY_YEAR = r"(?P<year>\d{4}|\d{2})"
_WITH_NAME = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        rf"{_DAY}(?:\.|st|nd|rd|th|er|º)?{_GAP}(?:de )?{_NAME},?{_GAP}(?:de )?{_ANY_YEAR}",
        rf"{_NAME}{_GAP}{_DAY}(?:st|nd|rd|th)?(?:{_GAP},\s*|[-/. ]+){_ANY_YEAR}",
        rf"(?P<year>\d{{4}})[-/. ]{_NAME}[-/. ]{_DAY}",
    )
)
_WEEKDAY = re.compile(
    r"^(?:[^\W\d_]{2,}\.?,\s*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?\s+)", re.IGNORECASE
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIAL_EPOCH = date(1899, 12, 30)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier janv ene enero januari gennaio gen janeiro",
            "feb february februar fevrier fevr fev febrero februari febbraio fevereiro",
            "mar march marz maerz mrz mars marzo maart mrt marco",
            "apr april avril avr abr abril aprile",
            "may mai mayo mei maggio mag maio",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august aout ago agosto augustus agost",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott out outubro",
            "nov november novembre noviembre novembro",
            "dec december dezember dez decembre dic diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_ACCENTS = str.maketrans("àáâãäåçèéêëìíîïñòóôõöùúûü", "aaaaaaceeeeiiiinooooouuuu")


class DateStyle(StrEnum):
    """In which order a date of three numbers is written."""

    YEAR_FIRST = "iso"
    MONTH_FIRST = "us"
    DAY_FIRST = "day-first"
    SERIAL = "serial"


class NotADate(ValueError):
    """A cell that holds no date, with the reason."""


def style_of(cells: Iterable[str], *, hint: str = "") -> tuple[DateStyle, bool]:
    """Decide the style of a column from its cells.

    ``hint`` is the column's header, which may name the order. Returns the style, and whether it is
    a guess: every cell could be read either way.
    """
    pairs: list[tuple[int, int, int]] = []
    dotted = serial = other = 0
    for cell in cells:
        text = cell.strip()
        if match := _YEAR_LAST.fullmatch(_WEEKDAY.sub("", text)):
            pairs.append((int(match[1]), int(match[2]), _year(match[3])))
            dotted += "." in text[:6]
        elif _SERIAL.fullmatch(text):
            serial += 1
        elif text:
            other += 1
    if not pairs:
        return (DateStyle.SERIAL if serial > other else DateStyle.YEAR_FIRST), False
    as_day_first = sum(first > _DECEMBER >= second for first, second, _ in pairs)
    as_month_first = sum(second > _DECEMBER >= first for first, second, _ in pairs)
    if as_day_first or as_month_first:
        day_first = as_day_first > as_month_first
        return (DateStyle.DAY_FIRST if day_first else DateStyle.MONTH_FIRST), False
    return _ambiguous(pairs, is_dotted=dotted * 2 > len(pairs), hint=hint.lower())


def _ambiguous(
    pairs: Sequence[tuple[int, int, int]], *, is_dotted: bool, hint: str
) -> tuple[DateStyle, bool]:
    if re.search(r"d+\W?m+", hint):
        return DateStyle.DAY_FIRST, False
    if re.search(r"m+\W?d+\W?y", hint):
        return DateStyle.MONTH_FIRST, False
    if is_dotted:
        return DateStyle.DAY_FIRST, False
    # Purchases of one export lie close together: the reading with the shorter span is likelier.
    day_first = _span(
        date(year, second, first) for first, second, year in pairs if first and second
    )
    month_first = _span(
        date(year, first, second) for first, second, year in pairs if first and second
    )
    if day_first != month_first:
        return (DateStyle.DAY_FIRST if day_first < month_first else DateStyle.MONTH_FIRST), True
    return DateStyle.MONTH_FIRST, True


def _span(days: Iterable[date]) -> timedelta:
    found = sorted(days)
    return found[-1] - found[0] if found else timedelta()


def looks_like_one(cell: str) -> bool:
    """Tell whether a cell could be a date in some style."""
    for style in DateStyle:
        try:
            if _parse(cell.strip(), style) is not None:
                return True
        except ValueError:
            continue
    return False


def parser(style: DateStyle) -> Callable[[str], date]:
    """Return a function that reads a cell as a date, or raises `NotADate`.

    Dates that leave no doubt (year first, or with the month's name) are read in every style; the
    style decides between day first and month first. Results are kept, since dates repeat.
    """

    @lru_cache(maxsize=8192)
    def parse(cell: str) -> date:
        text = cell.strip()
        if not text:
            raise NotADate("no date")
        try:
            found = _parse(text, style)
        except ValueError:
            found = None
        if found is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise NotADate(f"{text!r} is not a date")
        return found

    return parse


def _parse(text: str, style: DateStyle) -> date | None:
    if match := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if style is DateStyle.SERIAL and (match := _SERIAL.fullmatch(text)):
        return _SERIAL_EPOCH + timedelta(days=int(match[1]))
    if found := _named(text):
        return found
    text = _WEEKDAY.sub("", text)
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        if style is DateStyle.DAY_FIRST:
            return date(year, second, first)
        return date(year, first, second) if style is DateStyle.MONTH_FIRST else None
    return _named(text)


def _named(text: str) -> date | None:
    """Read a date with its month in words, in whichever order."""
    for pattern in _WITH_NAME:
        if match := pattern.fullmatch(text):
            month = _MONTHS.get(match["month"].lower().translate(_ACCENTS))
            if month:
                return date(_year(match["year"]), month, int(match["day"]))
    return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004 – digits of a year
        return year
    return year + (1900 if year >= _PIVOT else 2000)
