"""What a report is narrowed by. It lives in the address: a link is a view, and a download its file.

Pure: no Django, no database; the caller says which day it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from analytics import periods
from analytics.periods import Period, UnknownPeriod
from procurement.core.errors import DomainError

UNCATEGORISED = "none"
"""What stands in place of a category's code for lines that have no category."""


class Source(StrEnum):
    """Where spend comes from."""

    LIVE = "LIVE"
    IMPORTED = "IMPORTED"

    @property
    def label(self) -> str:
        """Return the source in words."""
        return "Placed here" if self is Source.LIVE else "Imported history"


class Structure(StrEnum):
    """By which hierarchy spend is put below groups."""

    THEN = "then"
    NOW = "now"

    @property
    def label(self) -> str:
        """Return the structure in words."""
        return "Groups as they were" if self is Structure.THEN else "Groups as they are now"


class Dimension(StrEnum):
    """What spend is broken down by."""

    GROUP = "group"
    SUPPLIER = "supplier"
    CATEGORY = "category"
    MONTH = "month"

    @property
    def label(self) -> str:
        """Return the dimension as a column's head has it."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class SpendFilter:
    """One view of spend: a period, and at most one group, supplier, category and source.

    A group stands for itself and everything below it, a category likewise (``category`` is a code).
    What stood below a group follows from ``structure``: when it was bought, or today.
    """

    period: Period
    group_id: UUID | None = None
    supplier_id: UUID | None = None
    category: str | None = None
    source: Source | None = None
    structure: Structure = Structure.THEN

    @classmethod
    def parse(cls, parameters: Mapping[str, str], *, today: date) -> "SpendFilter":
        """Read the parameters of an address; raises `DomainError` that names what cannot be used.

        Two days in ``since`` and ``until`` overrule the ``period``.
        """
        return cls(
            period=_period(parameters, today),
            group_id=_uuid(parameters, "group"),
            supplier_id=_uuid(parameters, "supplier"),
            category=parameters.get("category") or None,
            source=_source(parameters),
            structure=_structure(parameters),
        )

    @property
    def query(self) -> str:
        """Return the query string that leads back to this view, without the leading ``?``."""
        pairs = {
            "period": "" if self.period.code == periods.DEFAULT else self.period.code,
            "group": str(self.group_id or ""),
            "supplier": str(self.supplier_id or ""),
            "category": self.category or "",
            "source": self.source or "",
            "structure": "" if self.structure is Structure.THEN else self.structure,
        }
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the period narrows the view."""
        return bool(self.group_id or self.supplier_id or self.category or self.source)

    def narrowed(self, dimension: Dimension, key: str) -> "SpendFilter":
        """Return the view behind one bar: ``key`` is what a row of the dimension goes by."""
        if dimension is Dimension.GROUP:
            return replace(self, group_id=UUID(key))
        if dimension is Dimension.SUPPLIER:
            return replace(self, supplier_id=UUID(key))
        if dimension is Dimension.CATEGORY:
            return replace(self, category=key)
        return replace(self, period=self.period.within_month(date.fromisoformat(key)))

    def without(self, name: str) -> "SpendFilter":
        """Return the view with one field off, given by its name (``group_id``, ``source`` …)."""
        changes: dict[str, Any] = {name: None}
        return replace(self, **changes)


def _period(parameters: Mapping[str, str], today: date) -> Period:
    since, until = parameters.get("since", ""), parameters.get("until", "")
    code = f"{since}..{until}" if since and until else parameters.get("period") or periods.DEFAULT
    try:
        return periods.parse(code, today=today)
    except UnknownPeriod as error:
        raise DomainError(str(error), field="period") from error


def _uuid(parameters: Mapping[str, str], name: str) -> UUID | None:
    text = parameters.get(name)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise DomainError(f"“{text}” is not the key of a {name}.", field=name) from error


def _source(parameters: Mapping[str, str]) -> Source | None:
    text = parameters.get("source")
    if not text:
        return None
    try:
        return Source(text)
    except ValueError as error:
        raise DomainError(f"“{text}” is not a source: LIVE or IMPORTED.", field="source") from error


def _structure(parameters: Mapping[str, str]) -> Structure:
    text = parameters.get("structure")
    if not text:
        return Structure.THEN
    try:
        return Structure(text)
    except ValueError as error:
        raise DomainError(
            f"“{text}” is not a structure: then or now.", field="structure"
        ) from error
