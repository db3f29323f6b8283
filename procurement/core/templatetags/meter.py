"""The drawing of a budget meter, worked out from exact amounts.

The drawing's full width is 110% of the cap, so that the marks for 80% and 100% stand at the same
place on every page. What lies beyond the cap is drawn as such, whatever kind of use it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django import template

from procurement.core.meters import Meter
from procurement.core.money import format_money

register = template.Library()

SCALE = Decimal(100) / Decimal("1.1")
WARN_SHARE = Decimal("0.8")
MARKS = (Decimal(80), Decimal(100))
_HUNDREDTH = Decimal("0.01")
_TENTH = Decimal("0.1")
CAP_MARK = SCALE.quantize(_HUNDREDTH)
WARN_MARK = (SCALE * WARN_SHARE).quantize(_HUNDREDTH)


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured stretch; ``x``, ``end`` and ``width`` are percent of the drawing."""

    kind: str
    x: Decimal
    end: Decimal

    @property
    def width(self) -> Decimal:
        """Return how wide the stretch is, in percent of the drawing."""
        return self.end - self.x


@dataclass(frozen=True, slots=True)
class Bar:
    """A meter ready to be drawn: positions in percent of the drawing, and the same in words."""

    parts: tuple[Part, ...]
    edges: tuple[Decimal, ...]
    words: str
    cap: Decimal = CAP_MARK
    warn: Decimal = WARN_MARK


def draw(amounts: tuple[tuple[str, Decimal], ...], cap: Decimal) -> tuple[Part, ...]:
    """Lay amounts end to end on the ruler; a cap of zero puts everything beyond it.

    An amount below zero (more credited than spent) takes no room. Nothing passes the drawing's end.
    """
    parts: list[Part] = []
    end, laid = Decimal(0), Decimal(0)
    for kind, amount in amounts:
        laid += max(amount, Decimal(0))
        place = _place(laid, cap)
        if min(place, CAP_MARK) > end:
            parts.append(Part(kind, end, min(place, CAP_MARK)))
            end = min(place, CAP_MARK)
    beyond = min(_place(laid, cap), Decimal(100))
    if beyond > CAP_MARK:
        parts.append(Part("over", CAP_MARK, beyond))
    return tuple(parts)


def _place(amount: Decimal, cap: Decimal) -> Decimal:
    if cap <= 0:
        return Decimal(100) if amount > 0 else Decimal(0)
    return (amount / cap * SCALE).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


@register.simple_tag
def meter_bar(meter: Meter) -> Bar:
    """Work out the drawing of one meter."""
    parts = draw(
        (
            ("spent", meter.spent),
            ("committed", meter.committed),
            ("reserved", meter.reserved),
            ("this", meter.this_order or Decimal(0)),
        ),
        meter.cap,
    )
    inner = tuple(part.x for part in parts[1:] if part.kind != "over")
    return Bar(parts=parts, edges=inner, words=" ".join(_words(meter)))


def _words(meter: Meter) -> Iterator[str]:
    def amount(value: Decimal) -> str:
        return format_money(value, meter.currency)

    yield f"{meter.label}: {percent(meter.used_percent_after)} of {amount(meter.cap)} used."
    figures = [
        f"Spent {amount(meter.spent)}",
        f"committed {amount(meter.committed)}",
        f"reserved {amount(meter.reserved)}",
    ]
    if meter.this_order:
        figures.append(f"this order {amount(meter.this_order)}")
    yield ", ".join([*figures, f"{room_words(meter.free, meter.currency)}."])


@register.filter
def is_over(free: Decimal | str) -> bool:
    """Tell whether what is left of a cap is below nothing: more is used than there is."""
    return Decimal(free) < 0


@register.filter
def over_by(free: Decimal | str, currency: str) -> str:
    """Write by how much a cap is exceeded, from what is left of it: ``$50.00``."""
    return format_money(-Decimal(free), currency)


@register.filter
def room_words(free: Decimal | str, currency: str) -> str:
    """Say what is left of a cap, alike everywhere: ``$50.00 free``, ``over by …``."""
    if is_over(free):
        return f"over by {over_by(free, currency)}"
    return f"{format_money(Decimal(free), currency)} free"


@register.filter
def percent(value: Decimal | str | None) -> str:
    """Write a percentage with one decimal: ``83.0%``.

    Rounding never carries a figure onto a mark that it has not reached: 79.97 reads 79.9%, since
    at 80.0% people expect the warning.
    """
    if value is None or value == "":
        return ""
    exact = Decimal(value)
    shown = exact.quantize(_TENTH, rounding=ROUND_HALF_UP)
    if any(exact < mark <= shown for mark in MARKS):
        shown = exact.quantize(_TENTH, rounding=ROUND_DOWN)
    return f"{shown:,}%".replace("-", "\N{MINUS SIGN}")


@register.filter
def mail_width(value: Decimal | str) -> int:
    """Return a percentage as the whole-number width of a table cell, 1 to 99: mail has no SVG."""
    return min(99, max(1, int(Decimal(value))))
