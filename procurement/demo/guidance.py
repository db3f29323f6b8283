"""The demo's buying rules: what is preferred, restricted and blocked, and why (pure data)."""

from dataclasses import dataclass
from datetime import date

from catalogs.guidance import Effect, Target
from procurement.demo.company import NAME


@dataclass(frozen=True, slots=True)
class DemoRule:
    """A buying rule; ``target_key`` is a category's code, a supplier's name or an item's SKU."""

    group: str
    effect: Effect
    target: Target
    target_key: str
    reason: str
    exception_allowed: bool = False
    valid_to: date | None = None


_UNTIL_SPRING, _EXCEPTION = "until spring", "exception"

# Effect | group | target | its key | until spring, or exception where one may be asked; the reason.
_RULES = f"""
PREFER | Operations | SUPPLIER | Kestrel IT | {_UNTIL_SPRING}
  Serviced on site, one charger for all vehicles.
PREFER | Operations | SUPPLIER | Halden Tools |
  Stocked at both depots, and returns are free.
PREFER | {NAME} | SUPPLIER | Brightline Supply |
  Contract prices for everything in the office.
PREFER | Engineering | SUPPLIER | Signal & Byte |
  Parts come with the test reports that the lab needs.
PREFER | Marketing | SUPPLIER | Meridian Events |
  Framework agreement until the end of the year.
RESTRICT | Operations | ITEM | TD-5510 |
  No repair contract.
RESTRICT | Facilities | CATEGORY | 41110000 |
  Measuring instruments are restricted in Facilities: each one has to be calibrated.
RESTRICT | {NAME} | CATEGORY | 43230000 |
  Security looks at software before anybody installs it.
RESTRICT | {NAME} | CATEGORY | 80140000 |
  Events are planned together with Marketing.
BLOCK | {NAME} | ITEM | TD-1064 | {_EXCEPTION}
  Consumer devices cannot be enrolled, so they may not hold work data.
BLOCK | {NAME} | ITEM | TD-1032 |
  Consumer devices cannot be enrolled, so they may not hold work data.
BLOCK | Operations | CATEGORY | 82100000 | {_EXCEPTION}
  Advertising is bought by Marketing.
"""
_MARCH = 3


def rules(today: date) -> tuple[DemoRule, ...]:
    """Return the rules that are in force on a day."""
    spring = date(today.year + (today.month > _MARCH), _MARCH, 31)
    lines = _RULES.strip().splitlines()
    found = []
    for head, reason in zip(lines[::2], lines[1::2], strict=True):
        effect, group, target, key, further = (part.strip() for part in head.split("|"))
        found.append(
            DemoRule(
                group,
                Effect(effect),
                Target(target),
                key,
                reason.strip(),
                exception_allowed=further == _EXCEPTION,
                valid_to=spring if further == _UNTIL_SPRING else None,
            )
        )
    return tuple(found)
