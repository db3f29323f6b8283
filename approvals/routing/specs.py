"""Stages as policy asks for them, and the seats that have to agree in each (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from approvals.routing.words import enumerated, uncapitalized


class Mode(StrEnum):
    """How many seats of a stage have to agree."""

    ANY = "ANY"
    ALL = "ALL"
    AT_LEAST = "AT_LEAST"


class ApproverKind(StrEnum):
    """How a seat finds its people.

    MANAGER_LIMIT asks each manager above the requester, up to the first whose personal limit covers
    the amount. CATEGORY_OWNER asks whoever owns each category of the subject.
    """

    POSITION = "POSITION"
    ROLE = "ROLE"
    MANAGER = "MANAGER"
    MANAGER_LIMIT = "MANAGER_LIMIT"
    CATEGORY_OWNER = "CATEGORY_OWNER"
    PERSON = "PERSON"


# Seats that follow from the subject: they name nobody, so they have no value.
FOLLOWING = frozenset(
    {ApproverKind.MANAGER, ApproverKind.MANAGER_LIMIT, ApproverKind.CATEGORY_OWNER}
)
_TITLES = {
    ApproverKind.MANAGER: "Manager",
    ApproverKind.MANAGER_LIMIT: "Managers up to the limit",
    ApproverKind.CATEGORY_OWNER: "Category owner",
}


@dataclass(frozen=True, slots=True)
class ApproverSpec:
    """One seat: a position's code, a role, a membership's id, or one that follows from the subject.

    ``label`` is how people call it, kept with the version so that it still reads years later.
    """

    kind: ApproverKind
    value: str = ""
    label: str = ""

    @property
    def title(self) -> str:
        """Return what the seat is called: ``Supervisor``, ``Manager``, a person's name."""
        if self.label:
            return self.label
        if self.kind in _TITLES:
            return _TITLES[self.kind]
        return self.value.replace("_", " ").replace("-", " ").capitalize()

    @property
    def phrase(self) -> str:
        """Return the seat as it stands within a sentence: ``the supervisor``, ``finance``."""
        match self.kind:
            case ApproverKind.MANAGER:
                return "the requester’s manager"
            case ApproverKind.MANAGER_LIMIT:
                return "the requester’s managers up to the first whose limit covers the amount"
            case ApproverKind.CATEGORY_OWNER:
                return "the owner of each category"
            case ApproverKind.POSITION:
                return f"the {uncapitalized(self.title)}"
            case ApproverKind.ROLE:
                return uncapitalized(self.title)
            case ApproverKind.PERSON:
                return self.title

    def to_json(self) -> dict[str, Any]:
        """Return the seat as a JSON object."""
        return {"kind": self.kind.value, "label": self.label, "value": self.value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        return cls(ApproverKind(stored["kind"]), stored["value"], stored["label"])


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One step of the way: any one of its seats, all, or ``at_least`` so many have to agree.

    ``at_least`` is 0 unless the mode is AT_LEAST. A stage that is ``beside`` another opens together
    with the one listed before it, instead of after it.
    """

    name: str
    mode: Mode
    approvers: tuple[ApproverSpec, ...]
    at_least: int = 0
    beside: bool = False

    @property
    def phrase(self) -> str:
        """Return who is asked, within a sentence: ``the director and finance``."""
        phrases = [approver.phrase for approver in self.approvers]
        match self.mode:
            case Mode.ANY:
                return enumerated(phrases, "or")
            case Mode.ALL:
                return enumerated(phrases)
            case Mode.AT_LEAST:
                return f"at least {self.at_least} of {enumerated(phrases)}"

    def to_json(self) -> dict[str, Any]:
        """Return the stage as a JSON object; what is as usual is left out."""
        stored: dict[str, Any] = {
            "approvers": [approver.to_json() for approver in self.approvers],
            "mode": self.mode.value,
            "name": self.name,
        }
        if self.at_least:
            stored["at_least"] = self.at_least
        if self.beside:
            stored["beside"] = True
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            name=stored["name"],
            mode=Mode(stored["mode"]),
            approvers=tuple(ApproverSpec.from_json(one) for one in stored["approvers"]),
            at_least=int(stored.get("at_least", 0)),
            beside=bool(stored.get("beside", False)),
        )


def in_words(stages: "tuple[StageSpec, ...]") -> str:
    """Return stages as one way: ``the supervisor, then the director beside finance``."""
    words = ""
    for stage in stages:
        joint = " beside " if stage.beside else ", then "
        words += f"{joint if words else ''}{stage.phrase}"
    return words
