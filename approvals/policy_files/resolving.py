"""The names in a policy file, found in the organization or complained about by line (pure)."""

from dataclasses import dataclass, field
from uuid import UUID

import yaml

from approvals.policy_files import names as words
from approvals.policy_files.names import TERMS, Names
from approvals.policy_files.nodes import Nodes
from approvals.routing import ApproverKind, ApproverSpec

_SEATS = {word: kind for kind, word in words.FOLLOWING.items()}
GROUP_KEYS = ("group", "group_code", "group_id")


@dataclass(slots=True)
class Wanted:
    """What has to be looked up before a file can be read: addresses, and (id, name) of terms."""

    emails: set[str] = field(default_factory=set)
    terms: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    categories: set[str] = field(default_factory=set)


class Resolver:
    """Finds what the nodes of one file name, and keeps what has to be looked up for that."""

    def __init__(self, nodes: Nodes, names: Names) -> None:
        self.wanted = Wanted()
        self._nodes = nodes
        self._names = names
        self._people = {email.casefold(): member for member, email in names.people.items()}

    def group(self, parts: dict[str, yaml.Node], node: yaml.Node) -> UUID | None:
        """Return the group that an entry names by id, names or code, None where it names none."""
        own = {place.id: place for place in self._names.groups}
        if "group_id" in parts:
            given = _uuid(self._nodes.text(parts["group_id"], "A group’s id"))
            if given in own:
                return given
        code = self._nodes.text(parts["group_code"], "A code") if "group_code" in parts else ""
        names: tuple[str, ...] | None = None
        if "group" in parts:
            named = parts["group"]
            if isinstance(named, yaml.SequenceNode):
                names = tuple(self._nodes.text(one, "A group’s name") for one in named.value)
            else:
                said = self._nodes.text(named, "A group")
                names = tuple(part.strip() for part in said.split("/") if part.strip())
        found = [place for place in own.values() if place.names == names]
        if len(found) != 1 and code:
            found = [place for place in found or own.values() if place.code == code]
        if len(found) == 1:
            return found[0].id
        shown = " / ".join(names) if names else code or "without a name"
        many = "There are several groups" if found else "There is no group"
        self._nodes.wrong(node, f"{many} “{shown or '/'}” here.")
        return None

    def seat(self, node: yaml.Node) -> ApproverSpec | None:
        """Return who is asked, None where the entry names nobody."""
        if isinstance(node, yaml.ScalarNode):
            return self._following(node, "")
        known = ("position", "role", "person", "person_id", "seat", "label")
        parts = self._nodes.mapping(node, "A seat", known)
        label = self._nodes.text(parts.pop("label"), "A label") if "label" in parts else ""
        if len(parts) != 1:
            self._nodes.wrong(node, "A seat is a position, a role, a person, or such as manager.")
            return None
        ((key, value),) = parts.items()
        said = self._nodes.text(value, "A seat")
        match key:
            case "seat":
                return self._following(value, label)
            case "position" | "role":
                there = self._names.positions if key == "position" else self._names.roles
                if said not in there:
                    self._nodes.wrong(value, f"There is no {key} “{said}” here.")
                return ApproverSpec(ApproverKind(key.upper()), said, label)
            case _:
                return self._person(key, value, said, label)

    def _following(self, node: yaml.Node, label: str) -> ApproverSpec | None:
        said = self._nodes.text(node, "A seat")
        if said not in _SEATS:
            self._nodes.wrong(node, f"“{said}” is no seat; such as: {', '.join(_SEATS)}.")
            return None
        return ApproverSpec(_SEATS[said], "", label)

    def _person(self, key: str, node: yaml.Node, said: str, label: str) -> ApproverSpec | None:
        if key == "person":
            self.wanted.emails.add(said.casefold())
            member = self._people.get(said.casefold())
        else:
            given = _uuid(said)
            member = given if given in self._names.people else None
        if member is None:
            self._nodes.wrong(node, f"There is nobody with the address “{said}” here.")
            return None
        return ApproverSpec(ApproverKind.PERSON, str(member), label)

    def named(self, kind: str, node: yaml.Node) -> tuple[UUID | str | None, str | None]:
        """Return the value that an entry stands for, None where there is none, and its label."""
        keys = {"categories": ("code",), "groups": GROUP_KEYS}.get(kind, ("id",))
        parts = self._nodes.mapping(node, "An entry", (*keys, "name"))
        label = self._nodes.text(parts["name"], "A name") if "name" in parts else None
        if kind == "groups":
            return self.group(parts, node), label
        given = self._nodes.text(parts[keys[0]], f"“{keys[0]}”") if keys[0] in parts else ""
        if kind == "categories":
            self.wanted.categories.add(given)
            if self._names.categories is not None and given not in self._names.categories:
                self._nodes.wrong(node, f"There is no category “{given}” here.")
            return given, label
        return self._term(kind, node, given, label), label

    def _term(self, kind: str, node: yaml.Node, given: str, label: str | None) -> UUID | None:
        self.wanted.terms.setdefault(kind, set()).add((given, label or ""))
        there = self._names.terms.get(kind, {})
        if given in there:
            return _uuid(given)
        named = [
            value
            for value, name in there.items()
            if label is not None and name.casefold() == label.casefold()
        ]
        if len(named) == 1:
            return _uuid(named[0])
        many = "There are several of the name" if named else f"There is no {TERMS[kind]}"
        self._nodes.wrong(node, f"{many} “{label or given}” here.")
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
