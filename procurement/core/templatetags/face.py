"""Small things that templates need: form controls in our look, initials, dates in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString

from procurement.core import clock

register = template.Library()

DEEPEST_LEVEL = 5
PHONE_ENTRIES = 4  # beside “More”


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a form; ``anchor`` is the id of its control, if it has one."""

    label: str
    message: str
    anchor: str


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name: ``AR``."""
    words = str(name).split()
    if not words:
        return ""
    picked = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in picked).upper()


@register.filter
def level(depth: int) -> int:
    """Return how far a row of a tree is moved in: from 1 to 5, however deep the tree is."""
    return min(max(depth, 1), DEEPEST_LEVEL)


_SINGULARS = {"people": "person", "kinds of seats": "kind of seat", "due": "due"}


@register.filter
def singular(noun: str) -> str:
    """Return what one of several things is called: ``transfers`` is ``transfer``."""
    return _SINGULARS.get(noun) or noun.removesuffix("s")


@register.filter
def control_kind(field: BoundField) -> str:
    """Tell how a field is laid out: ``check``, ``choices`` (a fieldset) or ``control``."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "control"


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """Render a field's control with its class, keeping what the form itself asks for."""
    widget = field.field.widget
    if isinstance(widget, Textarea):
        name = "textarea"
    else:
        name = "select" if isinstance(widget, Select) else "input"
    own = str(widget.attrs.get("class", ""))
    attrs: dict[str, Any] = {"class": " ".join(part for part in (name, extra, own) if part)}
    # A placeholder that only repeats the label is noise beside a visible label.
    if str(widget.attrs.get("placeholder", "")).lower().startswith(str(field.label).lower()):
        attrs["placeholder"] = False
    return SafeString(field.as_widget(attrs=attrs))


@register.filter
def problems(form: BaseForm) -> list[Problem]:
    """Return what the summary on top of a form lists: all its errors, when there are two or more.

    A single error that stands beside its field needs no summary; one that belongs to no field does.
    """
    found = [
        Problem(label="", message=str(message), anchor="")
        for message in form.errors.get(NON_FIELD_ERRORS, [])
    ]
    orphans = len(found)
    for bound in form:
        found.extend(
            Problem(label=str(bound.label), message=str(message), anchor=_anchor(bound))
            for message in bound.errors
        )
    return found if orphans or len(found) > 1 else []


def _anchor(bound: BoundField) -> str:
    return bound.id_for_label or bound.auto_id or ""


@register.filter
def moment(value: datetime | str | None, time_zone: str = "") -> str:
    """Write an instant as ``Tue, Nov 24, 4:00 PM``, with the year where it is not this one.

    ``time_zone`` is an IANA name; without it the active time zone holds. An ISO string is welcome,
    since that is how instants travel in JSON.
    """
    local = _local(value, time_zone)
    if local is None:
        return ""
    today = _today(local)
    if local.year == today.year:
        return f"{local:%a, %b} {local.day}, {_hour(local)}"
    return f"{local:%b} {local.day}, {local.year}, {_hour(local)}"


def clock_time(value: datetime | str | None, time_zone: str = "") -> str:
    """Write the time of day as ``4:00 PM``; ``time_zone`` as in `moment`."""
    local = _local(value, time_zone)
    return _hour(local) if local else ""


@register.filter
def day(value: date | datetime | str | None) -> str:
    """Write a day as ``Tue, Nov 24``, or ``Nov 24, 2025`` where it is not this year's."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = _local(value, "") if "T" in value else date.fromisoformat(value)
    elif isinstance(value, datetime):
        value = _local(value, "")
    if value is None:
        return ""
    if value.year == _today(timezone.localtime(clock.now())).year:
        return f"{value:%a, %b} {value.day}"
    return f"{value:%b} {value.day}, {value.year}"


@register.simple_tag
def when(value: datetime | None, *, within: bool = False) -> SafeString:
    """Render an instant as a ``time`` element: ``Today, 8:02 AM``, ``Yesterday, …`` or the day.

    ``within`` a sentence it is ``today`` and ``yesterday``.
    """
    local = _local(value, "")
    if local is None:
        return SafeString("")
    days = (_today(local) - local.date()).days
    near = {0: "Today", 1: "Yesterday"}.get(days)
    words = f"{near.lower() if within else near}, {_hour(local)}" if near else moment(local)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


def _local(value: datetime | str | None, time_zone: str) -> datetime | None:
    instant = parse_datetime(value) if isinstance(value, str) else value
    if instant is None:
        return None
    return instant.astimezone(ZoneInfo(time_zone) if time_zone else timezone.get_current_timezone())


def _today(local: datetime) -> date:
    return clock.now().astimezone(local.tzinfo).date()


def _hour(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M %p}"


@register.simple_tag
def short_nav(entries: Sequence[Any]) -> list[Any]:
    """Return the up to four entries of the navigation that fit the bar on a phone, in their order.

    Those marked for it come first, others fill up; the cart has its own place in the top bar.
    """
    others = [entry for entry in entries or () if entry.icon != "cart"]
    picked = sorted(others, key=lambda entry: not entry.on_phone)[:PHONE_ENTRIES]
    return [entry for entry in others if entry in picked]


@register.simple_tag
def nav_entry(entries: Sequence[Any], icon: str) -> Any:
    """Return one entry of the navigation by its icon, or None where this person has no such one."""
    return next((entry for entry in entries or () if entry.icon == icon), None)
