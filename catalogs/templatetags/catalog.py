"""Small things that pages of the catalog need."""

from collections.abc import Sequence

from django import template

register = template.Library()

# The longest beginning of a UNSPSC code that a category's path has decides.
_ICONS = {
    "25": "truck",
    "26": "bolt",
    "27": "tool",
    "30": "tool",
    "31": "tool",
    "39": "bolt",
    "41": "beaker",
    "42": "beaker",
    "4321": "tablet",
    "4319": "tablet",
    "44": "edit",
    "45": "camera",
    "46": "glasses",
    "55": "book",
    "78": "truck",
}


@register.filter
def item_icon(path: Sequence[str]) -> str:
    """Return the icon for an item filed under a category path; a box where none fits better."""
    for code in reversed(path):
        for length in (4, 2):
            if code.isdigit() and code[:length] in _ICONS:
                return _ICONS[code[:length]]
    return "box"


@register.filter
def lead_time(days: int | None) -> str:
    """Write calendar days until delivery: ``in 3 days``; nothing where nobody knows."""
    if days is None:
        return ""
    if days == 0:
        return "the same day"
    return f"in {days} day{'' if days == 1 else 's'}"
