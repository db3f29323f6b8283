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


def rules(today: date) -> tuple[DemoRule, ...]:
    """Return the rules that are in force on a day."""
    spring = date(today.year + (today.month > 3), 3, 31)  # noqa: PLR2004 – the end of March
    return (
        DemoRule(
            "Operations",
            Effect.PREFER,
            Target.SUPPLIER,
            "Kestrel IT",
            "Serviced on site, one charger for all vehicles.",
            valid_to=spring,
        ),
        DemoRule(
            "Operations",
            Effect.PREFER,
            Target.SUPPLIER,
            "Halden Tools",
            "Stocked at both depots, and returns are free.",
        ),
        DemoRule(
            NAME,
            Effect.PREFER,
            Target.SUPPLIER,
            "Brightline Supply",
            "Contract prices for everything in the office.",
        ),
        DemoRule(
            "Engineering",
            Effect.PREFER,
            Target.SUPPLIER,
            "Signal & Byte",
            "Parts come with the test reports that the lab needs.",
        ),
        DemoRule(
            "Marketing",
            Effect.PREFER,
            Target.SUPPLIER,
            "Meridian Events",
            "Framework agreement until the end of the year.",
        ),
        DemoRule(
            "Operations",
            Effect.RESTRICT,
            Target.ITEM,
            "TD-5510",
            "No repair contract.",
        ),
        DemoRule(
            "Facilities",
            Effect.RESTRICT,
            Target.CATEGORY,
            "41110000",
            "Measuring instruments are restricted in Facilities: each one has to be calibrated.",
        ),
        DemoRule(
            NAME,
            Effect.RESTRICT,
            Target.CATEGORY,
            "43230000",
            "Security looks at software before anybody installs it.",
        ),
        DemoRule(
            NAME,
            Effect.RESTRICT,
            Target.CATEGORY,
            "80140000",
            "Events are planned together with Marketing.",
        ),
        DemoRule(
            NAME,
            Effect.BLOCK,
            Target.ITEM,
            "TD-1064",
            "Consumer devices cannot be enrolled, so they may not hold work data.",
            exception_allowed=True,
        ),
        DemoRule(
            NAME,
            Effect.BLOCK,
            Target.ITEM,
            "TD-1032",
            "Consumer devices cannot be enrolled, so they may not hold work data.",
        ),
        DemoRule(
            "Operations",
            Effect.BLOCK,
            Target.CATEGORY,
            "82100000",
            "Advertising is bought by Marketing.",
            exception_allowed=True,
        ),
    )
