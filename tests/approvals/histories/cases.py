"""Real approval cases as they are in the files: what happened to each, in order."""

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

# The order in which a round asks, as nine of ten cases have it.
ROLES = ("PRE_APPROVER", "ADMINISTRATION", "BUDGET OWNER", "SUPERVISOR", "DIRECTOR")
LAST = {"SUPERVISOR", "DIRECTOR"}
REQUESTER, NOBODY_KNOWN = "EMPLOYEE", "MISSING"


@dataclass(frozen=True)
class Happening:
    """One event: what was done, by which role; SAVED, SUBMITTED, APPROVED, REJECTED or PAID."""

    did: str
    role: str


@dataclass(frozen=True)
class Case:
    """One case of a file with the times of its events."""

    id: str
    happenings: tuple[Happening, ...]
    at: tuple[datetime, ...]

    @property
    def times_to_decide(self) -> Iterator[timedelta]:
        """Yield from each submission to the last word on it."""
        submitted: datetime | None = None
        for happening, at in zip(self.happenings, self.at, strict=True):
            if happening.did == "SUBMITTED":
                submitted = at
            elif submitted is not None and _is_last_word(happening):
                yield at - submitted
                submitted = None


def cases_in(path: Path) -> list[Case]:
    """Read a file; its rows stand case by case, in order."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    return [_case(key, list(found)) for key, found in groupby(rows, key=lambda row: row["case_id"])]


def rounds_of(happenings: Sequence[Happening]) -> list[tuple[str, ...]]:
    """Return for each submission the roles that spoke before the next one, in the order of asking.

    Whoever is to agree is whoever was asked; a supervisor has the last word where nobody above one
    was heard.
    """
    rounds: list[set[str]] = []
    for happening in happenings:
        if happening.did == "SUBMITTED":
            rounds.append(set())
        elif rounds and happening.role in ROLES:
            rounds[-1].add(happening.role)
    return [
        tuple(
            role for role in ROLES if role in heard or (role == "SUPERVISOR" and not heard & LAST)
        )
        for heard in rounds
    ]


def _is_last_word(happening: Happening) -> bool:
    is_known = happening.role in ROLES
    return is_known and happening.did in ("REJECTED", "FINAL_APPROVED")


def _case(key: str, rows: Sequence[dict[str, str]]) -> Case:
    return Case(
        key,
        tuple(_happening(row) for row in rows),
        tuple(datetime.fromisoformat(row["timestamp"]) for row in rows),
    )


def _happening(row: dict[str, str]) -> Happening:
    event = row["event"]
    for did in ("FINAL_APPROVED", "APPROVED", "REJECTED", "SUBMITTED", "SAVED"):
        if f" {did} by " in event:
            return Happening(did, event.rpartition(" by ")[2])
    return Happening("PAID", "SYSTEM")
