"""YAML read node by node, so that every complaint can name its line (pure).

All scalars stay text as they were written: ``100.00`` is never a float, ``no`` never a truth value
unless one is asked for.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import yaml

MOST_CHARACTERS = 500_000
_DEEPEST = 24
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong with a file, in which line (from 1), as a whole sentence."""

    line: int
    sentence: str


class UnreadableFile(ValueError):
    """A file is no YAML that is read here."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


class _Loader(yaml.SafeLoader):
    """Composes nodes: no aliases, no tags of one's own, no bottomless nesting."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # so in its stubs
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableFile(FileProblem(line, "Anchors and aliases are not read here."))
        if getattr(event, "tag", None):
            raise UnreadableFile(FileProblem(line, "Tags such as !!python are not read here."))
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableFile(FileProblem(line, "This is nested too deeply for a policy."))
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def compose(text: str) -> yaml.Node:
    """Return the root node of a file; raises `UnreadableFile` with the line in question."""
    if len(text) > MOST_CHARACTERS:
        shown = f"{MOST_CHARACTERS:,}"
        raise UnreadableFile(FileProblem(1, f"This file has more than {shown} characters."))
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = f"This is no YAML: {error.problem or 'it cannot be read'}."
        raise UnreadableFile(FileProblem(mark.line + 1 if mark else 1, said)) from error
    except yaml.YAMLError as error:
        raise UnreadableFile(FileProblem(1, "This is no text that can be read.")) from error
    if root is None:
        raise UnreadableFile(FileProblem(1, "This file is empty."))
    return root


def line_of(node: yaml.Node) -> int:
    """Return the line (from 1) in which a node starts."""
    return int(node.start_mark.line) + 1


@dataclass(slots=True)
class Nodes:
    """Reads nodes as what they have to be; what is not is a problem, and an empty value goes on."""

    problems: list[FileProblem] = field(default_factory=list)

    def wrong(self, node: yaml.Node, sentence: str) -> None:
        """Note that something is wrong where a node starts."""
        self.problems.append(FileProblem(line_of(node), sentence))

    def mapping(
        self, node: yaml.Node, what: str, known: Collection[str], needed: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """Return the values by name; other names than ``known`` and missing ones are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} has to be a list of names with their values.")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name not in known:
                self.wrong(key, f"{what} has nothing called “{name}”.")
            elif name in found:
                self.wrong(key, f"“{name}” stands here twice.")
            else:
                found[name] = value
        for name in needed:
            if name not in found:
                self.wrong(node, f"{what} needs “{name}”.")
        return found

    def pairs(self, node: yaml.Node, what: str) -> list[tuple[str, str]]:
        """Return a mapping of any names to texts."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} has to be a list of names with their values.")
            return []
        return [(self.text(key, what), self.text(value, what)) for key, value in node.value]

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """Return the items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"{what} has to be a list.")
            return []
        return list(node.value)

    def text(self, node: yaml.Node, what: str) -> str:
        """Return a scalar as it was written."""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, f"{what} has to be a text.")
            return ""
        return str(node.value)

    def truth(self, node: yaml.Node, what: str) -> bool:
        """Return whether a scalar says true."""
        said = self.text(node, what).lower()
        if said not in _TRUTHS:
            self.wrong(node, f"{what} has to be true or false.")
        return _TRUTHS.get(said, False)

    def number(self, node: yaml.Node, what: str) -> int:
        """Return a small whole number."""
        said = self.text(node, what)
        if not said.isdecimal() or len(said) > 4:  # noqa: PLR2004 – days and seats are no more
            self.wrong(node, f"{what} has to be a whole number.")
            return 0
        return int(said)


def is_nothing(node: yaml.Node) -> bool:
    """Tell whether a node says null."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
