"""Picking one person or one group out of thousands, within any form.

A form that holds a `PersonField` or a `GroupField` derives from `PickingForm`, is made by
`PickingForm.of` and shown with `accounts/_pick_person.html` or `accounts/_pick_group.html`. Its
search needs no script: the button beside it sends the form back to be shown again with who was
found, and nothing that was typed is lost.
"""

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django import forms
from django.http import HttpRequest

from accounts import selectors
from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission
from accounts.selectors import FoundGroup, FoundGroups, FoundPeople, FoundPerson
from procurement.core.actors import Actor

if TYPE_CHECKING:
    _MemberChoice = forms.ModelChoiceField[Membership]
    _GroupChoice = forms.ModelChoiceField[OrgGroup]
else:
    _MemberChoice = _GroupChoice = forms.ModelChoiceField

FIND = "find_person"


class Picker:
    """What a field has that finds what it offers by words that somebody types."""

    def look_for(self, actor: Actor, query: str, chosen: Any) -> None:
        """Find what to offer for a query; what has been chosen stays on offer."""
        raise NotImplementedError


class PersonField(Picker, _MemberChoice):
    """Somebody active, found by name or address; ``empty_label`` stands for leaving it empty.

    A colleague is chosen by anybody, for what is their own to hand on; other people by those who
    manage some.
    """

    is_person = True

    def __init__(
        self, *, empty_label: str = "Nobody", as_colleague: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(
            queryset=Membership.objects.none(),
            widget=forms.TextInput,
            error_messages={
                "required": "Choose a person: search for a part of their name or address.",
                "invalid_choice": "This person has no access any more; choose somebody else.",
            },
            **kwargs,
        )
        self.as_colleague = as_colleague
        self.nobody = "" if self.required else empty_label
        self.found = FoundPeople("", (), has_more=False)
        self.chosen: FoundPerson | None = None

    def look_for(self, actor: Actor, query: str, chosen: Any) -> None:
        """Find whom to offer for a query; whoever has been chosen stays on offer."""
        self.queryset = selectors.pickable_members(actor, as_colleague=self.as_colleague)
        self.found = selectors.find_members(actor, query, as_colleague=self.as_colleague)
        self.chosen = selectors.picked_member(actor, _id(chosen), as_colleague=self.as_colleague)

    @property
    def others(self) -> list[FoundPerson]:
        """Return who was found beside the one that has been chosen."""
        chosen = self.chosen.membership_id if self.chosen else None
        return [person for person in self.found.people if person.membership_id != chosen]


class GroupField(Picker, _GroupChoice):
    """An open group on which the actor holds a permission, found by name or code."""

    is_group = True

    def __init__(self, *, permission: Permission, **kwargs: Any) -> None:
        super().__init__(
            queryset=OrgGroup.objects.none(),
            widget=forms.TextInput,
            error_messages={
                "required": "Choose a group: search for a part of its name or code.",
                "invalid_choice": "This group is closed or not yours to use; choose another.",
            },
            **kwargs,
        )
        self.permission = permission
        self.found = FoundGroups("", (), has_more=False)
        self.chosen: FoundGroup | None = None

    def look_for(self, actor: Actor, query: str, chosen: Any) -> None:
        """Find which to offer for a query; the one that has been chosen stays on offer."""
        self.queryset = selectors.pickable_groups(actor, self.permission)
        self.found = selectors.find_groups(actor, query, self.permission)
        self.chosen = selectors.picked_group(actor, _id(chosen), self.permission)

    @property
    def others(self) -> list[FoundGroup]:
        """Return what was found beside the one that has been chosen."""
        chosen = self.chosen.group_id if self.chosen else None
        return [group for group in self.found.groups if group.group_id != chosen]


class PickingForm(forms.Form):
    """A form with something to pick. At most four SQL queries for each such field."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data if self.is_bound else self.initial
        for name, field in self.fields.items():
            if isinstance(field, Picker):
                field.look_for(actor, given.get(f"{name}_q", ""), given.get(name))

    @classmethod
    def of(cls, request: HttpRequest, *, initial: dict[str, Any] | None = None, **kw: Any) -> Self:
        """Return the form of a request: to be shown, or sent to be carried out.

        It is shown as its address fills it, and again with all that was typed while somebody is
        still being searched for.
        """
        if request.method == "POST" and FIND not in request.POST:
            return cls(request.POST, initial=initial, **kw)
        typed = request.POST if request.method == "POST" else request.GET
        return cls(initial={**(initial or {}), **typed.dict()}, **kw)


def _id(given: Any) -> UUID | None:
    try:
        return given if isinstance(given, UUID) else UUID(str(given or ""))
    except ValueError:
        return None
