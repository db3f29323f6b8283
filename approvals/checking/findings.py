"""What the check of a policy can find, and how two checks are compared (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class Severity(StrEnum):
    """Whether a finding keeps a policy from being published."""

    BLOCKS = "BLOCKS"
    WARNS = "WARNS"


class FindingCode(StrEnum):
    """What sort of dead end; lists show findings in this order."""

    GAP = "GAP"
    EMPTY_SEAT = "EMPTY_SEAT"
    ONLY_REQUESTER = "ONLY_REQUESTER"
    NO_MANAGER = "NO_MANAGER"
    NO_LIMIT = "NO_LIMIT"
    NO_OWNER = "NO_OWNER"
    UNREACHABLE_RULE = "UNREACHABLE_RULE"
    UNREACHABLE_TIER = "UNREACHABLE_TIER"
    OVERLAP = "OVERLAP"
    DUPLICATE = "DUPLICATE"
    ABSENT_HOLDER = "ABSENT_HOLDER"
    UNTRAINED_HOLDER = "UNTRAINED_HOLDER"

    @property
    def head(self) -> str:
        """Return the words that such findings are listed under."""
        return _HEADS[self]


_HEADS = {
    FindingCode.GAP: "Gap",
    FindingCode.EMPTY_SEAT: "Empty seat",
    FindingCode.ONLY_REQUESTER: "Only the requester",
    FindingCode.NO_MANAGER: "No manager",
    FindingCode.NO_LIMIT: "No sufficient limit",
    FindingCode.NO_OWNER: "No category owner",
    FindingCode.UNREACHABLE_RULE: "Rule never holds",
    FindingCode.UNREACHABLE_TIER: "Tier out of reach",
    FindingCode.OVERLAP: "Overlap",
    FindingCode.DUPLICATE: "Said twice",
    FindingCode.ABSENT_HOLDER: "Holder without access",
    FindingCode.UNTRAINED_HOLDER: "Training due",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One dead end, or what may become one, with its way out.

    ``where`` is a place in the document (``tiers.1.stages.0``); ``about`` tells findings of one
    place apart and stays the same from check to check. ``group_ids`` and ``people`` (memberships)
    are all that it concerns; its sentence counts them and names a few.
    """

    code: FindingCode
    severity: Severity
    where: str
    sentence: str
    way_out: str
    about: str = ""
    group_ids: tuple[UUID, ...] = ()
    people: tuple[UUID, ...] = ()

    @property
    def is_blocking(self) -> bool:
        """Tell whether it keeps the policy from being published."""
        return self.severity is Severity.BLOCKS

    @property
    def key(self) -> str:
        """Return what tells it apart from the other findings of its policy."""
        return f"{self.code}|{self.where}|{self.about}"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, with the first group and how many groups and people."""
        return {
            "code": self.code.value,
            "severity": self.severity.value,
            "where": self.where,
            "about": self.about,
            "sentence": self.sentence,
            "way_out": self.way_out,
            "group": str(self.group_ids[0]) if self.group_ids else None,
            "groups": len(self.group_ids),
            "people": len(self.people),
        }


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that keep a policy from being published."""
    return tuple(finding for finding in findings if finding.is_blocking)


def begun(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Return the blocking findings that are new, or concern a group or person that none did."""
    known: dict[str, set[UUID]] = {}
    for finding in before:
        if finding.is_blocking:
            known.setdefault(finding.key, set()).update(finding.group_ids, finding.people)
    return [
        finding
        for finding in after
        if finding.is_blocking
        and (
            finding.key not in known
            or not known[finding.key].issuperset((*finding.group_ids, *finding.people))
        )
    ]
