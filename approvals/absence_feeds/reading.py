"""What an iCalendar file (RFC 5545) says about who is away, and when. Pure.

A personal calendar is full of other things, so only events that say so count: all day long and
marked as busy; marked as out of office; or with a word such as “vacation” in their title or
category, for half a day at least, unless they are marked as free. Every event of an organization's
calendar of absences counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar.cal import Event

# How far ahead a reading looks; further events come with later readings.
AHEAD = timedelta(days=90)
MOST_EVENTS = 5_000
_HALF_A_DAY = timedelta(hours=4)
# Nobody is away again every hour; expanding such a rule would only keep the reader busy.
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_WORDS = re.compile(
    r"\b(out of (the )?office|ooo|vacation|holidays?|absent|absence|annual leave|sick leave|"
    r"parental leave|leave of absence|on leave|time off|day off|pto|urlaub|abwesend|congés?)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_LONGEST_UID = 300


class FeedUnreadable(Exception):
    """What was fetched is no calendar, or not one that can be read."""


@dataclass(frozen=True, slots=True)
class AwayEvent:
    """An event that means “away”, and the addresses that it names, in lower case."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An absence that a calendar asks for: whose, when, and which event says so."""

    member: str
    event: AwayEvent


def read_events(text: str, *, now: datetime, zone: ZoneInfo, is_personal: bool) -> list[AwayEvent]:
    """Return the events that mean “away” and end within the next 90 days, the earliest first.

    Whole days and times without a zone are those of ``zone``. An event that was moved keeps its
    uid; each occurrence of one that is repeated has its own. Raises `FeedUnreadable`.
    """
    try:
        calendar = Calendar.from_ical(text)
        repeated = _drop_too_frequent(calendar)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(now, now + AHEAD)
        events = [
            _event(one, repeated, zone)
            for one in found[:MOST_EVENTS]
            if isinstance(one, Event) and _counts(one, is_personal=is_personal)
        ]
    except FeedUnreadable:
        raise
    except Exception as error:  # whatever a stranger's file makes the parser raise
        raise FeedUnreadable("This is no calendar that can be read.") from error
    return sorted(
        (one for one in events if one.ends_at > max(one.starts_at, now)),
        key=lambda one: (one.starts_at, one.uid),
    )


def addresses_of(events: Iterable[AwayEvent]) -> frozenset[str]:
    """Return all addresses that events name."""
    return frozenset(address for event in events for address in event.addresses)


def wanted_of(
    events: Iterable[AwayEvent], members: Mapping[str, str]
) -> tuple[list[Wanted], list[AwayEvent]]:
    """Return whose absence each event is, by address, and the events that name nobody known.

    Those whom an event invites count before whom its text names, and its organizer is the last:
    often that is whoever keeps the calendar.
    """
    wanted, unmatched = [], []
    for event in events:
        known = list(dict.fromkeys(members[one] for one in event.addresses if one in members))
        if known:
            wanted.append(Wanted(known[0], event))
        else:
            unmatched.append(event)
    return wanted, unmatched


def _drop_too_frequent(calendar: Calendar) -> frozenset[str]:
    """Take out rules that repeat too often; return the uids of events that are repeated."""
    repeated = set()
    for event in list(calendar.walk("VEVENT")):
        rules = event.get("RRULE")
        for rule in rules if isinstance(rules, list) else [rules] if rules else []:
            if not _TOO_OFTEN.isdisjoint(map(str, rule.get("FREQ", ()))):
                raise FeedUnreadable("It has an event that repeats every hour or more often.")
        if rules or "RDATE" in event or "RECURRENCE-ID" in event:
            repeated.add(str(event.get("UID", "")))
    return frozenset(repeated)


def _counts(event: Event, *, is_personal: bool) -> bool:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if not is_personal:
        return True
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF":
        return True
    busy = str(event.get("TRANSP", "")).upper()
    if _is_all_day(event) and busy == "OPAQUE":
        return True
    words = " ".join([str(event.get("SUMMARY", "")), *_categories(event)])
    lasts = event.end - event.start
    return busy != "TRANSPARENT" and lasts >= _HALF_A_DAY and _WORDS.search(words) is not None


def _event(event: Event, repeated: frozenset[str], zone: ZoneInfo) -> AwayEvent:
    uid = str(event.get("UID", "")) or f"{event.get('SUMMARY', '')}:{event.start}"
    if uid in repeated:
        occurrence = event.get("RECURRENCE-ID")
        began = occurrence.dt if occurrence is not None else event.start
        uid = f"{uid[: _LONGEST_UID - 40]}:{began.isoformat()}"
    return AwayEvent(
        uid=uid[:_LONGEST_UID],
        starts_at=_instant(event.start, zone),
        ends_at=_instant(event.end, zone),
        title=str(event.get("SUMMARY", ""))[:200],
        addresses=tuple(dict.fromkeys(_addresses(event))),
    )


def _addresses(event: Event) -> Iterator[str]:
    """Yield the addresses that an event names: invited, in its text, and its organizer's last."""
    invited = event.get("ATTENDEE", [])
    for one in invited if isinstance(invited, list) else [invited]:
        yield from _mailto(one)
    for name in ("SUMMARY", "DESCRIPTION"):
        text = str(event.get(name, ""))[:5_000]
        yield from (found.lower() for found in _ADDRESS.findall(text))
    yield from _mailto(event.get("ORGANIZER", ""))


def _mailto(address: object) -> Iterator[str]:
    kind, _, rest = str(address).partition(":")
    if kind.lower() == "mailto" and rest.strip():
        yield rest.strip().lower()


def _categories(event: Event) -> list[str]:
    found = event.get("CATEGORIES", [])
    each = found if isinstance(found, list) else [found]
    return [str(name) for one in each for name in getattr(one, "cats", [one])]


def _is_all_day(event: Event) -> bool:
    return not isinstance(event.start, datetime)


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time.min, tzinfo=zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
