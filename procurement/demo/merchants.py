"""The long tail: hundreds of small firms that the demo's company buys from now and then (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from catalogs.unspsc import SEGMENTS
from procurement.demo import figures
from procurement.demo.company import SEED
from procurement.demo.offers import suppliers

COUNT = 620

_FIRST = """
Acorn Amber Anchor Aspen Atlas Bayview Birch Blackwood Bramble Brook Canyon Cedar Chestnut
Cliff Clover Cobalt Corner Crescent Crown Delta Dogwood Eastgate Elm Evergreen Falcon Fern
Foxglove Garnet Glenn Granite Gull Hawthorn Hazel Heron Hickory Hillside Indigo Ivy Jasper
Lakeside Larch Laurel Lighthouse Linden Magnolia Maple Marigold Mason Meadow Mill Mosswood
Nettle Oak Orchard Osprey Pebble Pine Poplar Quail Ravine Reed River Rowan Saddle Sage
Sequoia Silver Sparrow Spruce Stone Sumac Sycamore Thistle Timber Valley Vine Walnut
Warbler Wharf Willow Wren Yarrow
"""

# Segment: what firms of it call themselves | what their bills are for, the cheapest first.
_TRADES = """
30: Builders Supply, Lumber, Door & Glass, Home Hardware | Paint and patching, Trim, Lumber, Doors
50: Grocers, Bakery, Deli, Coffee Roasters, Foods | Bread and fruit, Snacks, Coffee, Team meeting
31: Industrial, Bearings, Fabricating, Metals, Coatings | Seals, Bearings, Sheet metal, Machining
90: Bistro, Grill, Catering, Inn, Hotel | Working lunch, Client dinner, Hotel, Training week
78: Parking, Courier, Transit, Car Rental, Storage | Parking, Courier, Van rental, Storage
27: Tool Repair, Saw & Blade, Tool Rental | Blade sharpening, Blades, Tool rental, Tool repair
83: Internet, Waste Services, Permits Online | Internet access, Permit, Waste container, Utilities
82: Copy Centre, Photo, Graphics, Sign Company | Copies, Photo prints, Site signs, Advertisement
72: Locksmith, Pest Control, HVAC Service, Roofing | Keys, Pest control, Heating repair, Roof repair
44: Stationers, Office Products, Toner Depot | Envelopes, Stationery, Toner, Office supplies
80: Translation, Legal Services, Staffing, Consulting | Notary, Translation, Checks, Temporary help
52: Housewares, Electronics, Appliances | Cups, Kitchen supplies, Microwave, Refrigerator
43: Web Hosting, Computers, Data Recovery | Adapters, Domain renewal, Hosting, Data recovery
25: Car Wash, Auto Glass, Tire & Brake, Truck Parts | Van wash, Wipers, Tire repair, Brake repair
39: Batteries, Lighting, Electric Supply | Batteries, Lamps, Wire and fittings, Fixtures
86: Academy, Institute, Conference Registrations | Course book, Exam, Course fee, Conference
53: Uniforms, Boot Company, Embroidery | Socks, Work shirts, Safety boots, Team jackets
"""
# Bills up to these amounts are for the first, second and third kind of goods.
_STEPS = (Decimal(40), Decimal(150), Decimal(600))


@dataclass(frozen=True, slots=True)
class Merchant:
    """A small firm; ``goods`` is what its bills may be for, the cheapest first."""

    name: str
    category: str
    category_name: str
    goods: tuple[str, ...]

    def bill_for(self, amount: Decimal) -> str:
        """Return what a bill of an amount is for."""
        return self.goods[min(sum(amount > step for step in _STEPS), len(self.goods) - 1)]


def merchants(named: int) -> list[Merchant]:
    """Return the small firms. ``named`` is how many suppliers of the catalog rank before them.

    Their trades make up what the catalog's suppliers leave of each segment's share.
    """
    random = Random(SEED + named)
    trades = _trades()
    wanted = _wanted_shares()
    segments = random.choices(list(wanted), weights=list(wanted.values()), k=COUNT)
    taken: set[str] = set()
    return [_merchant(segment, trades[segment], random, taken) for segment in segments]


def _wanted_shares() -> dict[str, float]:
    """Return each segment's share among the small firms."""
    total = sum(figures.SEGMENTS.values())
    catalog = suppliers()
    weights = sum(supplier.weight for supplier in catalog)
    big = figures.SUPPLIER_SHARES[-1][1]
    sold: dict[str, float] = {}
    for supplier in catalog:
        for offer in supplier.offers:
            part = big * supplier.weight / weights / len(supplier.offers)
            sold[offer.category[:2]] = sold.get(offer.category[:2], 0.0) + part
    return {
        segment: max(share / total - sold.get(segment, 0.0), 0.002)
        for segment, share in figures.SEGMENTS.items()
    }


def _trades() -> dict[str, tuple[list[str], tuple[str, ...]]]:
    found = {}
    for line in _TRADES.strip().splitlines():
        segment, _, rest = line.partition(": ")
        firms, _, goods = rest.partition(" | ")
        found[segment] = firms.split(", "), tuple(goods.split(", "))
    return found


def _merchant(
    segment: str, trade: tuple[list[str], tuple[str, ...]], random: Random, taken: set[str]
) -> Merchant:
    firms, goods = trade
    name = next(one for one in _names(firms, random) if one not in taken)
    taken.add(name)
    code = f"{segment}000000"
    return Merchant(name, code, SEGMENTS[code], goods)


def _names(firms: list[str], random: Random) -> Iterator[str]:
    first = _FIRST.split()
    while True:
        yield f"{random.choice(first)} {random.choice(firms)}"
