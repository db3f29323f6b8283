"""Picking a category or a supplier out of thousands, within a `PickingForm`.

Shown with `budgets/_pick_thing.html`. The button beside the search works without scripts; with
them, typing finds at once.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from typing_extensions import override

from accounts.forms import Picker
from catalogs.models import Category, Supplier
from catalogs.selectors import find_categories, find_suppliers
from procurement.core.actors import Actor

if TYPE_CHECKING:
    _CategoryChoice = forms.ModelChoiceField[Category]
    _SupplierChoice = forms.ModelChoiceField[Supplier]
else:
    _CategoryChoice = _SupplierChoice = forms.ModelChoiceField

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Thing:
    """A category or a supplier as a search shows it."""

    id: UUID
    name: str
    sub: str = ""


class _ThingPicker(Picker):
    """What both have: what was found for a query, and what has been chosen."""

    is_thing = True
    every: str
    query = ""
    chosen: Thing | None = None
    things: tuple[Thing, ...] = ()
    has_more = False

    @override
    def look_for(self, actor: Actor, query: str, chosen: Any) -> None:
        """Find what to offer for a query; without one, nothing. At most two SQL queries."""
        self.query = " ".join(query.split())
        found = self.find(self.query) if self.query else []
        self.things, self.has_more = tuple(found[:_SHOWN]), len(found) > _SHOWN
        self.chosen = self.named(_id(chosen))

    @property
    def others(self) -> list[Thing]:
        """Return what was found beside the one that has been chosen."""
        return [thing for thing in self.things if thing != self.chosen]

    def find(self, query: str) -> list[Thing]:
        """Return what a query finds."""
        raise NotImplementedError

    def named(self, thing_id: UUID | None) -> Thing | None:
        """Return what an id names."""
        raise NotImplementedError


class CategoryField(_ThingPicker, _CategoryChoice):
    """A category, found by name or code; none stands for all of them."""

    every = "All categories"
    placeholder = "Part of a name or code"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Category.objects.all(),
            required=False,
            widget=forms.TextInput,
            error_messages={"invalid_choice": "There is no such category; choose another."},
            **kwargs,
        )

    @override
    def find(self, query: str) -> list[Thing]:
        """Return the categories that a query finds, wider ones first. One SQL query."""
        found = find_categories(query, limit=_SHOWN + 1)
        return [Thing(one.category_id, one.name, one.code) for one in found]

    @override
    def named(self, thing_id: UUID | None) -> Thing | None:
        """Return the category of an id, or None. One SQL query, none for no id."""
        found = Category.objects.filter(id=thing_id).first() if thing_id else None
        return Thing(found.id, found.name, found.code) if found else None


class SupplierField(_ThingPicker, _SupplierChoice):
    """A supplier, found by name or one of its spellings; none stands for all of them."""

    every = "All suppliers"
    placeholder = "Part of a name"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Supplier.objects.all(),
            required=False,
            widget=forms.TextInput,
            error_messages={"invalid_choice": "There is no such supplier; choose another."},
            **kwargs,
        )

    @override
    def find(self, query: str) -> list[Thing]:
        """Return the suppliers that a query finds, by name. One SQL query."""
        return [Thing(one.id, one.name) for one in find_suppliers(query, limit=_SHOWN + 1)]

    @override
    def named(self, thing_id: UUID | None) -> Thing | None:
        """Return the supplier of an id, or None. One SQL query, none for no id."""
        found = Supplier.objects.filter(id=thing_id).first() if thing_id else None
        return Thing(found.id, found.name) if found else None


def _id(given: Any) -> UUID | None:
    try:
        return given if isinstance(given, UUID) else UUID(str(given or ""))
    except ValueError:
        return None
