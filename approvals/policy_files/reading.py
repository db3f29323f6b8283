"""Policies read from YAML, with every name resolved or complained about by line (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import yaml

from approvals.policy_files import names as words
from approvals.policy_files.names import AT_LEAST, DOES, PLAIN, TERMS, Names
from approvals.policy_files.nodes import (
    FileProblem,
    Nodes,
    UnreadableFile,
    compose,
    is_nothing,
    line_of,
)
from approvals.policy_files.resolving import GROUP_KEYS, Resolver, Wanted
from approvals.routing import (
    USUAL,
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Mode,
    Part,
    PolicyDocument,
    Rule,
    StageSpec,
    Tier,
    Tolerances,
)
from approvals.routing.tolerances import PERCENTS, WHAT

_MODES = {word: mode for mode, word in words.AGREE.items()}
_KINDS = {word: kind for kind, word in DOES.items()}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class FilePolicy:
    """A policy of a file: the line it starts in, whose it is, what it says.

    ``lines`` are those of its places, as `check_document` names them.
    """

    line: int
    group_id: UUID
    name: str
    document: PolicyDocument
    lines: Mapping[str, int]

    def line_at(self, where: str) -> int:
        """Return the line of a place, or of the nearest one around it."""
        while where and where not in self.lines:
            where = where.rpartition(".")[0]
        return self.lines.get(where, self.line)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says, as far as it could be read, and what could not be."""

    policies: tuple[FilePolicy, ...]
    problems: tuple[FileProblem, ...]


def parse(text: str) -> yaml.Node | FileProblem:
    """Return a file's root, or the problem that keeps it from being read at all."""
    try:
        return compose(text.removeprefix("\ufeff"))
    except UnreadableFile as unreadable:
        return unreadable.problem


def wanted_by(root: yaml.Node) -> Wanted:
    """Return what a file names, to be looked up."""
    reader = _Reader(Names())
    reader.file(root)
    return reader.wanted


def policies_in(root: yaml.Node, names: Names) -> ReadFile:
    """Return the policies of a file in its order; one with a problem in it is left out."""
    reader = _Reader(names)
    policies = reader.file(root)
    problems = sorted(reader.nodes.problems, key=lambda one: one.line)
    return ReadFile(tuple(policies), tuple(dict.fromkeys(problems)))


class _Reader:
    """Reads one file; whatever is wrong is collected, and reading goes on."""

    def __init__(self, names: Names) -> None:
        self.nodes = Nodes()
        self._lines: dict[str, int] = {}
        self._names = Resolver(self.nodes, names)

    @property
    def wanted(self) -> Wanted:
        return self._names.wanted

    def file(self, root: yaml.Node) -> list[FilePolicy]:
        keys = ("format", "edition", "organization", "policies")
        parts = self.nodes.mapping(root, "The file", keys, ("format", "edition", "policies"))
        for key, expected in (("format", words.FORMAT), ("edition", words.EDITION)):
            if key in parts and self.nodes.text(parts[key], key) != expected:
                self.nodes.wrong(parts[key], f"Only files with “{key}: {expected}” are read here.")
        if self.nodes.problems:
            return []
        read: list[FilePolicy] = []
        for node in self.nodes.items(parts["policies"], "“policies”"):
            before = len(self.nodes.problems)
            policy = self._policy(node)
            if policy is None or len(self.nodes.problems) > before:
                continue
            if any(policy.group_id == other.group_id for other in read):
                self.nodes.wrong(node, "This group has a policy further up in the file already.")
            else:
                read.append(policy)
        return read

    def _policy(self, node: yaml.Node) -> FilePolicy | None:
        self._lines = {}
        known = (
            *GROUP_KEYS,
            *("name", "version", "currency", "tiers", "restricted", "exception"),
            *("over_budget", "rules", "counting", "changes", "mandatory"),
        )
        needed = ("currency", "tiers", "restricted", "exception")
        parts = self.nodes.mapping(node, "A policy", known, needed)
        if not set(needed) <= parts.keys():
            return None
        group_id = self._names.group(parts, node)
        document = PolicyDocument(
            currency=self.nodes.text(parts["currency"], "The currency"),
            tiers=self._tiers(parts["tiers"], "tiers"),
            restricted=self._stages(parts["restricted"], "restricted"),
            exception=self._stages(parts["exception"], "exception"),
            rules=tuple(
                self._rule(one, f"rules.{index}")
                for index, one in enumerate(self._list(parts, "rules"))
            ),
            aggregations=tuple(
                self._aggregation(one, f"aggregations.{index}")
                for index, one in enumerate(self._list(parts, "counting"))
            ),
            mandatory=frozenset(
                part
                for one in self._list(parts, "mandatory")
                if (part := self._choice(one, Part, "What is mandatory")) is not None
            ),
            tolerances=self._tolerances(parts["changes"]) if "changes" in parts else USUAL,
            over_budget=(
                self._stages(parts["over_budget"], "over_budget") if "over_budget" in parts else ()
            ),
        )
        if group_id is None:
            return None
        name = self.nodes.text(parts["name"], "The name") if "name" in parts else ""
        return FilePolicy(line_of(node), group_id, name, document, self._lines)

    def _list(self, parts: dict[str, yaml.Node], name: str) -> list[yaml.Node]:
        return self.nodes.items(parts[name], f"“{name}”") if name in parts else []

    def _choice(self, node: yaml.Node, kind: type[_Choice], what: str) -> _Choice | None:
        said = self.nodes.text(node, what)
        if said in set(kind):
            return kind(said)
        self.nodes.wrong(node, f"{what} is one of {', '.join(kind)}.")
        return None

    def _tiers(self, node: yaml.Node, place: str) -> tuple[Tier, ...]:
        tiers = []
        for index, one in enumerate(self.nodes.items(node, "“tiers”")):
            here = f"{place}.{index}"
            self._lines[here] = line_of(one)
            parts = self.nodes.mapping(one, "A tier", ("up_to", "ask"), ("up_to", "ask"))
            if len(parts) == 2:  # noqa: PLR2004 – both of them
                up_to = None if is_nothing(parts["up_to"]) else self._amount(parts["up_to"])
                tiers.append(Tier(up_to, self._stages(parts["ask"], f"{here}.stages")))
        return tuple(tiers)

    def _amount(self, node: yaml.Node) -> Decimal:
        said = self.nodes.text(node, "An amount")
        try:
            amount = Decimal(said)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or len(said) > 30 or abs(amount.adjusted()) > 15:  # noqa: PLR2004 – what money columns hold
            self.nodes.wrong(node, "An amount is written like 1000.00.")
            return Decimal(0)
        return amount

    def _stages(self, node: yaml.Node, place: str) -> tuple[StageSpec, ...]:
        stages = []
        for index, one in enumerate(self.nodes.items(node, "The stages")):
            self._lines[f"{place}.{index}"] = line_of(one)
            known, needed = ("name", "agree", "seats", "beside"), ("name", "agree", "seats")
            parts = self.nodes.mapping(one, "A stage", known, needed)
            if not set(needed) <= parts.keys():
                continue
            mode, at_least = self._agree(parts["agree"])
            seats = [self._names.seat(seat) for seat in self.nodes.items(parts["seats"], "“seats”")]
            stages.append(
                StageSpec(
                    name=self.nodes.text(parts["name"], "A stage’s name"),
                    mode=mode,
                    approvers=tuple(seat for seat in seats if seat is not None),
                    at_least=at_least,
                    beside="beside" in parts and self.nodes.truth(parts["beside"], "“beside”"),
                )
            )
        return tuple(stages)

    def _agree(self, node: yaml.Node) -> tuple[Mode, int]:
        said = self.nodes.text(node, "“agree”")
        number = said.removeprefix(AT_LEAST)
        if number != said and number.isdecimal() and len(number) < 4:  # noqa: PLR2004 – no stage has a thousand seats
            return Mode.AT_LEAST, int(number)
        if said not in _MODES:
            self.nodes.wrong(node, "“agree” is all, any, or such as “at least 2”.")
        return _MODES.get(said, Mode.ALL), 0

    def _rule(self, node: yaml.Node, place: str) -> Rule:
        self._lines[place] = line_of(node)
        known = ("code", "name", "mandatory", "when", "does", "ask", "tiers", "refusal")
        parts = self.nodes.mapping(node, "A rule", known, ("code", "name", "when", "does"))
        texts = {
            key: self.nodes.text(parts[key], f"“{key}”") if key in parts else ""
            for key in ("code", "name", "does", "refusal")
        }
        if "does" in parts and texts["does"] not in _KINDS:
            self.nodes.wrong(parts["does"], f"A rule does one of: {', '.join(_KINDS)}.")
        if "when" in parts:
            self._lines[f"{place}.when"] = line_of(parts["when"])
        return Rule(
            code=texts["code"],
            name=texts["name"],
            kind=_KINDS.get(texts["does"], next(iter(DOES))),
            when=self._when(parts["when"]) if "when" in parts else Conditions(),
            stages=self._stages(parts["ask"], f"{place}.stages") if "ask" in parts else (),
            tiers=self._tiers(parts["tiers"], f"{place}.tiers") if "tiers" in parts else (),
            refusal=texts["refusal"],
            is_mandatory="mandatory" in parts
            and self.nodes.truth(parts["mandatory"], "“mandatory”"),
        )

    def _when(self, node: yaml.Node) -> Conditions:
        known = (
            *("over", "up_to", "categories", "groups", "first_order", "home_delivery", "labels"),
            *TERMS,
            *PLAIN,
        )
        parts = self.nodes.mapping(node, "“when”", known)
        read: dict[str, Any] = {}
        labels: dict[str, str] = {}
        for name, value in parts.items():
            if name in ("over", "up_to"):
                read[name] = self._amount(value)
            elif name in ("first_order", "home_delivery"):
                read[f"is_{name}"] = self.nodes.truth(value, f"“{name}”")
            elif name == "labels":
                labels.update(self.nodes.pairs(value, "“labels”"))
            elif name in PLAIN:
                items = self.nodes.items(value, f"“{name}”")
                read[name] = tuple(self.nodes.text(one, f"“{name}”") for one in items)
            else:
                named = [
                    self._names.named(name, one) for one in self.nodes.items(value, f"“{name}”")
                ]
                there = [(one, label) for one, label in named if one is not None]
                read[name] = tuple(one for one, _ in there)
                labels.update((str(one), label) for one, label in there if label is not None)
        return Conditions(**read, labels=tuple(sorted(labels.items())))

    def _aggregation(self, node: yaml.Node, place: str) -> Aggregation:
        self._lines[place] = line_of(node)
        keys = ("by", "to", "days")
        parts = self.nodes.mapping(node, "What counts together", keys, keys)
        by = self._choice(parts["by"], CountedBy, "“by”") if "by" in parts else None
        to = self._choice(parts["to"], CountedTo, "“to”") if "to" in parts else None
        days = self.nodes.number(parts["days"], "“days”") if "days" in parts else 0
        return Aggregation(by or CountedBy.REQUESTER, to or CountedTo.SUPPLIER, days)

    def _tolerances(self, node: yaml.Node) -> Tolerances:
        """Return which changes let approvals stand; what is left out is as usual."""
        self._lines["tolerances"] = line_of(node)
        read: dict[str, Any] = {}
        for name, value in self.nodes.mapping(node, "“changes”", tuple(WHAT)).items():
            self._lines[f"tolerances.{name}"] = line_of(value)
            is_percent = name in PERCENTS
            read[name] = self._amount(value) if is_percent else self.nodes.truth(value, f"“{name}”")
        return replace(USUAL, **read)
