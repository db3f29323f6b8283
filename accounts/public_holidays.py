"""Public holidays by country and region, from the `holidays` library (pure)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

_LANGUAGES = ("en_US", "en_GB", "en")


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of a year with their names, in English where the library has it.

    ``country`` is an ISO 3166-1 code of two letters or empty, which has none; ``subdivision`` is
    one of its regions or empty. Codes that the library does not know have none either: working time
    must not end over a stored code that a later version of the library calls otherwise.
    """
    if not is_country(country):
        return {}
    region = subdivision if subdivision in subdivisions(country) else None
    supported = _class_of(country).supported_languages
    language = next((one for one in _LANGUAGES if one in supported), None)
    found = holidays.country_holidays(country, subdiv=region, years=year, language=language)
    return {day: found[day] for day in sorted(found) if day.year == year}


def is_country(code: str) -> bool:
    """Tell whether holidays of a country are known."""
    return code in _supported()


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """Return the countries whose holidays are known, by code, in the order of their names."""
    names = {code: _words(name) for name, code, *_ in COUNTRIES.values() if is_country(code)}
    return dict(sorted(names.items(), key=lambda item: item[1]))


@lru_cache(maxsize=256)
def subdivisions(country: str) -> Mapping[str, str]:
    """Return the regions of a country that have holidays of their own, by code, by name."""
    codes: Sequence[str] = _supported().get(country, ())
    if not codes:
        return {}
    called: dict[str, str] = {}
    for name, code in _class_of(country).subdivisions_aliases.items():
        called.setdefault(code, name)
    names = {code: called.get(code, code) for code in codes}
    return dict(sorted(names.items(), key=lambda item: item[1]))


@lru_cache(maxsize=1)
def _supported() -> Mapping[str, Sequence[str]]:
    return holidays.list_supported_countries(include_aliases=False)


def _class_of(country: str) -> type[holidays.HolidayBase]:
    found: type[holidays.HolidayBase] = getattr(holidays, country)
    return found


def _words(name: str) -> str:
    """Return a class name as words: ``UnitedStates`` as “United States”."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
