"""What somebody has to have read before they buy, and again after some months (pure).

Days are those of the organization. Whoever has never read a page may not buy until they have,
where its requirement says so. Whoever is asked again, since time has passed or since the page has
changed, has `GRACE` to read it before it keeps them from buying.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from dateutil.relativedelta import relativedelta

GRACE = timedelta(days=30)
LONGEST_VIDEO_SECONDS = 180
MOST_LINKS = 10
MOST_MONTHS = 60


class LinkKind(StrEnum):
    """What a link of a training page leads to."""

    SLIDES = "SLIDES"
    VIDEO = "VIDEO"
    CATALOG = "CATALOG"
    PAGE = "PAGE"

    @property
    def label(self) -> str:
        """Return the kind in words."""
        return _KINDS[self]


_KINDS = {
    LinkKind.SLIDES: "Slides",
    LinkKind.VIDEO: "Video",
    LinkKind.CATALOG: "Catalog",
    LinkKind.PAGE: "Page",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a training page; ``seconds`` is how long a video runs."""

    kind: str
    label: str
    url: str
    seconds: int | None = None

    @property
    def length(self) -> str:
        """Return how long a video runs, such as ``2:05``."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}" if self.seconds else ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A page that holders of roles have to have read.

    Acknowledgements of versions before ``counts_from``, published on ``counts_since``, do not count
    any more. ``every_months`` is None where once is enough.
    """

    page_id: UUID
    slug: str
    title: str
    roles: frozenset[str]
    before_buying: bool
    every_months: int | None
    required_from: date
    counts_from: int
    counts_since: date


@dataclass(frozen=True, slots=True)
class Reading:
    """When somebody last read a page: in any version, and in one that counts."""

    last_on: date | None = None
    counted_on: date | None = None


NEVER = Reading()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with a page that they have to have read.

    ``due_on`` is the day from which it is due, gone by or to come; None where nothing more is
    asked. From ``blocks_on`` on it keeps them from buying; None where it never does.
    """

    obligation: Obligation
    due_on: date | None
    blocks_on: date | None
    is_again: bool

    def is_due(self, on: date) -> bool:
        """Tell whether the page has to be read by now."""
        return self.due_on is not None and self.due_on <= on

    def blocks(self, on: date) -> bool:
        """Tell whether nothing may be bought before the page has been read."""
        return self.blocks_on is not None and self.blocks_on <= on


def standing(obligation: Obligation, reading: Reading, *, held_since: date) -> Standing:
    """Return where somebody stands who has held one of the roles since a day."""
    asked_from = max(obligation.required_from, held_since)
    due_on: date | None = None
    if reading.counted_on is None:
        due_on = max(asked_from, obligation.counts_since)
    elif obligation.every_months is not None:
        due_on = max(asked_from, add_months(reading.counted_on, obligation.every_months))
    is_again = reading.last_on is not None
    blocks_on: date | None = None
    if due_on is not None and obligation.before_buying:
        blocks_on = due_on + GRACE if is_again else due_on
    return Standing(obligation, due_on, blocks_on, is_again)


def standings(
    obligations: Iterable[tuple[Obligation, Reading]], roles: Mapping[str, date]
) -> list[Standing]:
    """Return where the holder of ``roles``, each with the day since when, stands with each page.

    Pages that none of their roles has to have read are left out.
    """
    return [
        standing(obligation, reading, held_since=since)
        for obligation, reading in obligations
        if (since := held_since(obligation.roles, roles)) is not None
    ]


def held_since(asked: Collection[str], roles: Mapping[str, date]) -> date | None:
    """Return the day since when somebody has held one of the roles asked for, or None."""
    return min((roles[role] for role in asked if role in roles), default=None)


def in_the_way(found: Iterable[Standing], on: date) -> tuple[Obligation, ...]:
    """Return the pages that have to be read before anything can be bought on a day."""
    return tuple(one.obligation for one in found if one.blocks(on))


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last of a month that is too short."""
    return day + relativedelta(months=months)


def obligations_of(rows: Iterable[Sequence[Any]]) -> tuple[tuple[Obligation, Reading], ...]:
    """Return obligations, and what has been read of them, from rows as the database writes JSON."""
    return tuple(
        (
            Obligation(
                page_id=UUID(row[0]),
                slug=row[1],
                title=row[2],
                roles=frozenset(row[3]),
                before_buying=row[4],
                every_months=row[5],
                required_from=date.fromisoformat(row[6]),
                counts_from=row[7],
                counts_since=date.fromisoformat(row[8]),
            ),
            Reading(_day(row[9]), _day(row[10])),
        )
        for row in rows
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def wrong_with(link: Link) -> tuple[str, str] | None:
    """Return the field of a link that is wrong, and a sentence that helps, or None."""
    if link.kind not in set(LinkKind):
        return "kind", "Choose slides, a video, a catalog or a page."
    if not link.label.strip():
        return "label", "Say what the link leads to."
    if not is_safe_address(link.url):
        return "url", "Enter an address that begins with https:// and names a site."
    length = _wrong_with_length(link)
    return ("seconds", length) if length else None


def _wrong_with_length(link: Link) -> str:
    if link.kind != LinkKind.VIDEO:
        return "" if link.seconds is None else "Only a video has a length."
    if link.seconds is None or link.seconds < 1:
        return "Say how many seconds the video runs."
    if link.seconds <= LONGEST_VIDEO_SECONDS:
        return ""
    return (
        f"A video runs for {LONGEST_VIDEO_SECONDS // 60} minutes ({LONGEST_VIDEO_SECONDS} seconds) "
        f"at most, and this one for {link.length}. Cut it, or split it in two."
    )


def is_safe_address(url: str) -> bool:
    """Tell whether an address is one of the web, encrypted, and without a name or password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    has_spaces = any(sign.isspace() or not sign.isprintable() for sign in url)
    return parts.scheme == "https" and bool(host) and "@" not in parts.netloc and not has_spaces
