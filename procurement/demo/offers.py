"""What the demo's suppliers sell: 31 invented firms and their catalog (pure data).

Names, numbers and prices are made up; `procurement.demo.categories` names the categories.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """An item of the catalog; ``price`` in the company's currency for one ``unit``."""

    supplier: str
    sku: str
    title: str
    category: str
    unit: str
    price: Decimal
    lead_days: int
    brand: str = ""
    part_number: str = ""


@dataclass(frozen=True, slots=True)
class DemoSupplier:
    """A supplier with its share of the lines and the spellings that its bills carry."""

    name: str
    email: str
    weight: float
    spellings: tuple[str, ...]
    offers: tuple[Offer, ...]


# Supplier | weight | further spellings; below it SKU | title | category | unit | price | days.
_CATALOG = """
Brightline Supply | 8.1 | BRIGHTLINE SUPPLY #2041; BRIGHTLINE SUPPLY #2117; Brightline Supply Inc.
  BL-C10 | Protective case with hand strap, 10 in | 43210000 | each | 48.50 | 6
  BL-C08 | Protective case with hand strap, 8 in | 43210000 | each | 42.00 | 6
  BL-T10 | Rugged tablet 10 in, 256 GB | 43211509 | each | 1412.00 | 6
  BL-PA4 | Copy paper, letter, 10 reams | 44120000 | box | 46.90 | 2
  BL-PEN | Gel pens, blue, 12 pack | 44120000 | pack | 11.40 | 2
  BL-NB5 | Notebooks, ruled, 5 pack | 44120000 | pack | 14.75 | 2
  BL-FLD | Hanging folders, 25 pack | 44120000 | pack | 19.30 | 2
  BL-LBL | Shipping labels, 4 × 6 in, 500 roll | 44120000 | roll | 21.80 | 2
  BL-MRK | Permanent markers, 12 pack | 44120000 | pack | 13.60 | 2
  BL-STK | Sticky notes, 24 pads | 44120000 | pack | 18.20 | 2
  BL-CLN | Surface cleaner, 1 gal, 4 pack | 47130000 | case | 38.40 | 3
  BL-TWL | Paper towels, 12 rolls | 47130000 | case | 27.95 | 3
  BL-BAT | AA batteries, 48 pack | 44120000 | pack | 24.60 | 2
  BL-WBD | Whiteboard, 6 × 4 ft | 44120000 | each | 189.00 | 7
  BL-SHR | Shredder, cross cut, 18 sheets | 44100000 | each | 229.00 | 5
  BL-CLK | Wall clock, 14 in | 44120000 | each | 32.90 | 3
  BL-BND | Binders, 2 in, 12 pack | 44120000 | pack | 54.00 | 2
  BL-LAM | Laminator, 13 in | 44100000 | each | 98.00 | 4
Halden Tools | 5.3 | HALDEN TOOLS #118; HALDEN TOOLS 0204 PORTLAND OR; Halden Tools, Inc.
  HT-1820 | Cordless drill 18 V, two batteries | 27112700 | each | 219.00 | 3
  HT-1840 | Cordless impact driver 18 V | 27112700 | each | 189.00 | 3
  HT-1905 | Angle grinder 5 in | 27112700 | each | 129.00 | 3
  HT-1950 | Reciprocating saw 18 V, bare | 27112700 | each | 149.00 | 4
  HT-1833 | Battery 18 V, 5 Ah | 27112700 | each | 89.00 | 3
  HT-0412 | Safety glasses, anti-fog, box of 12 | 46180000 | box | 34.00 | 2
  HT-0430 | Work gloves, cut level 4, 12 pairs | 46180000 | pack | 58.80 | 2
  HT-0210 | Screwdriver set, insulated, 7 pieces | 27110000 | set | 64.50 | 3
  HT-0222 | Combination wrench set, 14 pieces | 27110000 | set | 96.00 | 3
  HT-0231 | Socket set 1/2 in, 40 pieces | 27110000 | set | 138.00 | 3
  HT-0245 | Claw hammer 20 oz | 27110000 | each | 27.50 | 2
  HT-0250 | Tape measure 25 ft | 27110000 | each | 18.90 | 2
  HT-0266 | Utility knives, 10 pack | 27110000 | pack | 31.00 | 2
  HT-0301 | Tool bag, 16 in | 24110000 | each | 54.00 | 3
  HT-0320 | Tool chest, 7 drawers | 24110000 | each | 489.00 | 8
  HT-0610 | Drill bit set, 29 pieces | 27110000 | set | 72.00 | 3
  HT-1870 | Circular saw 18 V, bare | 27112700 | each | 159.00 | 4
  HT-0275 | Pipe wrench 18 in | 27110000 | each | 46.00 | 3
  HT-0640 | Step drill bits, 3 pieces | 27110000 | set | 39.50 | 3
Alder Building Supply | 7.4 | ALDER BUILDING SUPPLY #7; ALDER BUILDING SUPPLY #31
  AB-2X4 | Framing lumber 2 × 4 × 8 ft | 30100000 | each | 4.85 | 2
  AB-PLY | Plywood sheet 3/4 in, 4 × 8 ft | 30100000 | each | 52.40 | 2
  AB-DRY | Drywall sheet 1/2 in, 4 × 8 ft | 30160000 | each | 15.60 | 2
  AB-CNC | Concrete mix, 80 lb | 30100000 | bag | 6.45 | 1
  AB-MUD | Joint compound, 4.5 gal | 30160000 | pail | 21.90 | 1
  AB-INS | Insulation batts R-13, 15 in | 30160000 | pack | 58.30 | 2
  AB-TIL | Ceiling tiles 2 × 4 ft, 8 pack | 30160000 | pack | 64.80 | 4
  AB-DOR | Steel door, 36 in, prehung | 30160000 | each | 412.00 | 9
  AB-LD6 | Fiberglass step ladder 6 ft | 30190000 | each | 119.00 | 3
  AB-LD24 | Extension ladder 24 ft | 30190000 | each | 329.00 | 5
  AB-SCF | Rolling scaffold 6 ft | 30190000 | each | 278.00 | 6
  AB-TRP | Tarpaulin 20 × 30 ft | 24120000 | each | 62.00 | 2
  AB-RBR | Steel rebar 1/2 in, 20 ft | 30100000 | each | 13.40 | 3
  AB-BRK | Paving stones, pallet | 30100000 | each | 386.00 | 5
  AB-VNY | Vinyl flooring, 20 sq ft | 30160000 | box | 48.90 | 4
Orrin Precision | 2.6 | ORRIN PRECISION INC; SQ *ORRIN PRECISION; Orrin Precision Inc.
  OP-77 | Torque screwdriver set, 1/4 in | 41110000 | set | 100.00 | 5
  OP-81 | Torque wrench 3/8 in, certified | 41110000 | each | 245.00 | 6
  OP-12 | Digital caliper 6 in | 41110000 | each | 79.50 | 4
  OP-14 | Micrometer 0–1 in, certified | 41110000 | each | 164.00 | 6
  OP-20 | Gauge block set, 47 pieces | 41110000 | set | 689.00 | 12
  OP-31 | Laser distance meter 165 ft | 41110000 | each | 149.00 | 4
  OP-40 | Cross-line laser level | 41110000 | each | 279.00 | 5
  OP-90 | Calibration service, one instrument | 72100000 | each | 85.00 | 10
  OP-55 | Dial indicator, 0.001 in | 41110000 | each | 118.00 | 5
  OP-61 | Precision scale, 5 kg | 41110000 | each | 312.00 | 7
Kestrel IT | 3.2 | KESTREL IT; KESTREL IT*KX88213QT; Kestrel IT LLC
  KX-10R | Rugged tablet 10 in, 256 GB | 43211509 | each | 1360.00 | 3
  KX-08R | Rugged tablet 8 in, 128 GB | 43211509 | each | 985.00 | 3
  KX-DK2 | Vehicle dock for rugged tablet | 43210000 | each | 165.00 | 3
  KX-LT14 | Laptop 14 in, 16 GB, 512 GB | 43210000 | each | 1249.00 | 4
  KX-LT16 | Laptop 16 in, 32 GB, 1 TB | 43210000 | each | 1899.00 | 4
  KX-MN27 | Monitor 27 in, USB-C | 43210000 | each | 329.00 | 3
  KX-DCK | Docking station USB-C, 90 W | 43210000 | each | 189.00 | 3
  KX-KBM | Keyboard and mouse, wireless | 43210000 | set | 64.00 | 3
  KX-HDS | Headset, noise cancelling | 43210000 | each | 129.00 | 3
  KX-CHG | Charger USB-C, 100 W | 43210000 | each | 49.00 | 2
  KX-SSD | External drive 2 TB, encrypted | 43210000 | each | 158.00 | 3
  KX-WEB | Conference camera 4K | 45110000 | each | 349.00 | 5
  KX-PRN | Laser printer, networked | 43210000 | each | 459.00 | 5
  KX-SCN | Barcode scanner, rugged | 43210000 | each | 389.00 | 4
  KX-STY | Stylus for rugged tablet | 43210000 | each | 38.00 | 3
Tideway Direct | 3.9 | TIDEWAY DIRECT*2K91H74; TIDEWAY DIRECT*8L22M03; PAYPAL *TIDEWAY DIRECT
  TD-5510 | Rugged tablet 10 in, imported | 43211509 | each | 1339.00 | 11
  TD-1064 | Consumer tablet 10 in, 64 GB | 43211509 | each | 329.00 | 2
  TD-1032 | Consumer tablet 8 in, 32 GB | 43211509 | each | 189.00 | 2
  TD-CBL | USB-C cables, 5 pack | 43210000 | pack | 24.90 | 2
  TD-MSE | Mouse, wireless | 43210000 | each | 17.80 | 2
  TD-STD | Laptop stand, aluminum | 43210000 | each | 34.50 | 2
  TD-PWR | Power strip, 8 outlets | 39120000 | each | 29.90 | 2
  TD-LMP | Desk lamp, LED | 39110000 | each | 38.00 | 2
  TD-ORG | Drawer organizer | 44120000 | each | 16.40 | 2
  TD-BAG | Laptop backpack | 53100000 | each | 59.00 | 3
  TD-FAN | Desk fan 9 in | 52140000 | each | 31.50 | 2
  TD-CSE | Tablet sleeve 10 in | 43210000 | each | 19.90 | 2
  TD-HUB | USB hub, 7 ports | 43210000 | each | 27.50 | 2
  TD-DRL | Cordless drill 12 V, imported | 27112700 | each | 74.00 | 6
Lumen Field Instruments | 1.9 | LUMEN FIELD INSTRUMENTS; Lumen Field Instruments LLC
  LF-T3 | Thermal camera attachment | 41110000 | each | 225.00 | 6
  LF-T7 | Thermal imager, handheld | 41110000 | each | 1890.00 | 9
  LF-MM2 | Digital multimeter, true RMS | 41110000 | each | 198.00 | 4
  LF-CM5 | Clamp meter 600 A | 41110000 | each | 239.00 | 4
  LF-GD4 | Gas detector, four gases | 41110000 | each | 729.00 | 7
  LF-SND | Sound level meter | 41110000 | each | 159.00 | 5
  LF-HUM | Moisture meter | 41110000 | each | 94.00 | 4
  LF-OSC | Oscilloscope, 4 channels | 41110000 | each | 1240.00 | 9
  LF-IRT | Infrared thermometer | 41110000 | each | 84.00 | 4
Meridian Events | 2.2 | MERIDIAN EVENTS LLC; SQ *MERIDIAN EVENTS
  ME-BTH | Trade show booth, 10 × 10 ft, rental | 80140000 | each | 2350.00 | 21
  ME-BNR | Retractable banner with print | 82120000 | each | 189.00 | 7
  ME-AVP | Audio-visual package, one day | 80140000 | each | 890.00 | 10
  ME-STG | Stage and lighting, one day | 80140000 | each | 1750.00 | 14
  ME-REG | Registration desk service | 80140000 | day | 640.00 | 10
  ME-GFT | Welcome bags, 100 pack | 80140000 | pack | 780.00 | 14
Copperfield Electric | 3.0 | COPPERFIELD ELECTRIC LT; COPPERFIELD ELECTRIC LTD
  CE-122 | Cable 12/2, 250 ft | 39120000 | roll | 118.00 | 2
  CE-BRK | Circuit breaker 20 A | 39120000 | each | 14.20 | 2
  CE-PNL | Load center 200 A, 40 spaces | 39120000 | each | 238.00 | 5
  CE-GFI | GFCI outlets, 10 pack | 39120000 | pack | 164.00 | 2
  CE-LED | LED troffer 2 × 4 ft | 39110000 | each | 79.00 | 3
  CE-HBY | LED high bay 150 W | 39110000 | each | 132.00 | 4
  CE-EXT | Extension cord 50 ft, 12 AWG | 39120000 | each | 48.50 | 2
  CE-BLB | LED lamps A19, 24 pack | 39110000 | pack | 42.00 | 2
  CE-MTR | Motor starter 10 HP | 39120000 | each | 286.00 | 7
  CE-CND | Conduit EMT 3/4 in, 10 ft | 39120000 | each | 11.80 | 2
  CE-SEN | Occupancy sensor, ceiling | 39120000 | each | 64.00 | 3
Fernhill Fasteners | 3.6 | FERNHILL FASTENERS (11); FERNHILL FASTENERS
  FF-BLT | Hex bolts 3/8 × 2 in, 100 box | 31160000 | box | 32.60 | 2
  FF-SCR | Deck screws #9 × 3 in, 5 lb | 31160000 | box | 36.80 | 2
  FF-ANC | Wedge anchors 1/2 in, 25 box | 31160000 | box | 41.50 | 2
  FF-WSH | Washer assortment, 720 pieces | 31160000 | set | 28.40 | 2
  FF-RVT | Blind rivets, 500 box | 31160000 | box | 24.70 | 2
  FF-CHN | Chain 3/8 in, 20 ft | 31160000 | each | 68.00 | 3
  FF-LCK | Padlocks, keyed alike, 6 pack | 31160000 | pack | 74.00 | 2
  FF-EPX | Structural epoxy, 22 oz | 31200000 | each | 33.90 | 2
  FF-SEA | Silicone sealant, 12 pack | 31200000 | case | 86.00 | 2
  FF-PNT | Industrial enamel, 1 gal | 31210000 | can | 54.60 | 2
  FF-ZIP | Cable ties, 1,000 pack | 31160000 | pack | 29.90 | 2
  FF-HNG | Heavy hinges, 4 in, 12 pack | 31160000 | pack | 78.00 | 3
Harbor Plumbing | 2.0 | HARBOR PLUMBING #3; HARBOR PLUMBING INC
  HP-CPR | Copper pipe 3/4 in, 10 ft | 40140000 | each | 31.70 | 2
  HP-PEX | PEX tubing 1/2 in, 300 ft | 40140000 | roll | 104.00 | 2
  HP-VLV | Ball valve 3/4 in | 40140000 | each | 18.60 | 2
  HP-PMP | Sump pump 1/2 HP | 40140000 | each | 219.00 | 4
  HP-WTR | Water heater 50 gal, electric | 40140000 | each | 689.00 | 7
  HP-FLT | Furnace filters 20 × 25 in, 12 pack | 40160000 | case | 118.00 | 3
  HP-FAU | Lavatory faucet, sensor | 40140000 | each | 246.00 | 5
  HP-DRN | Drain snake, powered | 40140000 | each | 389.00 | 5
Ridgeline Safety | 2.1 | RIDGELINE SAFETY; Ridgeline Safety Corp.
  RS-HAT | Hard hat, vented | 46180000 | each | 28.90 | 2
  RS-VST | High-visibility vest, class 2 | 46180000 | each | 16.50 | 2
  RS-HRN | Fall protection harness kit | 46180000 | set | 189.00 | 4
  RS-RSP | Half-mask respirator with filters | 46180000 | each | 46.00 | 3
  RS-EAR | Ear plugs, 200 pairs | 46180000 | box | 32.00 | 2
  RS-KIT | First aid cabinet, 100 people | 42170000 | each | 164.00 | 4
  RS-AED | Defibrillator, semi-automatic | 42170000 | each | 1480.00 | 9
  RS-EXT | Fire extinguisher ABC 10 lb | 46180000 | each | 84.00 | 3
  RS-SGN | Safety signs, set of 20 | 46180000 | set | 96.00 | 4
  RS-GOG | Chemical goggles, 10 pack | 46180000 | pack | 74.00 | 3
  RS-BLT | Back support belt | 46180000 | each | 24.00 | 2
Parkside Market | 8.8 | PARKSIDE MARKET #1021; PARKSIDE MARKET #1066; PARKSIDE MARKET #0753
  PM-COF | Coffee beans, 5 lb | 50200000 | bag | 58.00 | 1
  PM-TEA | Tea assortment, 120 bags | 50200000 | box | 21.50 | 1
  PM-WTR | Spring water, 40 bottles | 50200000 | case | 9.80 | 1
  PM-SNK | Snack assortment, 60 pieces | 50190000 | box | 36.40 | 1
  PM-FRT | Fruit basket, office | 50190000 | each | 42.00 | 1
  PM-MLK | Oat milk, 12 cartons | 50200000 | case | 34.80 | 1
  PM-CUP | Paper cups, 1,000 | 47130000 | case | 61.00 | 1
  PM-SUG | Sugar and creamer set | 50200000 | box | 24.60 | 1
Juniper Kitchen | 4.4 | SQ *JUNIPER KITCHEN; SQ *SQ *JUNIPER KITCHEN; JUNIPER KITCHEN LLC
  JK-LCH | Lunch buffet, 10 people | 90100000 | each | 182.00 | 2
  JK-SND | Sandwich platter, 20 pieces | 50190000 | each | 96.00 | 1
  JK-BRK | Breakfast service, 10 people | 90100000 | each | 128.00 | 2
  JK-DIN | Dinner catering, 25 people | 90100000 | each | 890.00 | 5
  JK-CAK | Sheet cake | 50190000 | each | 64.00 | 2
  JK-COF | Coffee service, 25 people | 90100000 | each | 112.00 | 1
Stillwater Hotels | 2.8 | STILLWATER HOTELS DENVER; STILLWATER HOTELS CHICAGO; STILLWATER HOTELS
  SH-NGT | Room, one night, corporate rate | 90110000 | night | 149.00 | 1
  SH-CNF | Meeting room, half day | 90110000 | each | 380.00 | 3
  SH-PKG | Conference package, per person | 90110000 | each | 86.00 | 5
Swiftlane Freight | 3.4 | SWIFTLANE FREIGHT 93301974; SWIFTLANE FREIGHT 93340090; SWIFTLANE FREIGHT
  SF-PLT | Pallet shipment, regional | 78100000 | each | 165.00 | 2
  SF-LTL | Less-than-truckload, interstate | 78100000 | each | 420.00 | 4
  SF-EXP | Express parcel, next day | 78100000 | each | 38.50 | 1
  SF-BOX | Shipping boxes, 18 in, 25 pack | 24120000 | pack | 44.00 | 2
  SF-WRP | Stretch wrap, 4 rolls | 24120000 | case | 69.00 | 2
  SF-PAL | Plastic pallet 48 × 40 in | 24110000 | each | 58.00 | 4
  SF-TAP | Packing tape, 36 rolls | 24120000 | case | 82.00 | 2
Cityline Cabs | 1.8 | CITYLINE CABS 57033160; CITYLINE CABS
  CC-RID | Ride voucher, 25 | 78110000 | each | 25.00 | 1
  CC-SHT | Shuttle, half day | 78110000 | each | 340.00 | 3
Beacon Telecom | 2.6 | BEACON TELECOM *CBL33708; BEACON TELECOM INC
  BT-PHN | Smartphone, managed, 128 GB | 43190000 | each | 549.00 | 3
  BT-RAD | Two-way radio, 6 pack | 43190000 | set | 768.00 | 5
  BT-SIM | Data plan 20 GB, one month | 83110000 | each | 32.00 | 1
  BT-LNE | Office line, one month | 83110000 | each | 28.00 | 1
  BT-RTR | Router 5G, vehicle mount | 43220000 | each | 624.00 | 5
  BT-SAT | Satellite messenger | 43190000 | each | 349.00 | 5
Northgrid Power | 1.4 | NORTHGRID POWER; NORTHGRID POWER CO
  NP-CHG | Vehicle charger, level 2 | 39120000 | each | 649.00 | 6
  NP-UPS | Uninterruptible power supply 1500 VA | 39120000 | each | 289.00 | 4
  NP-GEN | Portable generator 7 kW | 39120000 | each | 1099.00 | 6
  NP-SOL | Solar charger, folding | 39120000 | each | 219.00 | 5
Palisade Print | 2.0 | PALISADE PRINT #73; PALISADE PRINT #55
  PP-CRD | Business cards, 500 | 82120000 | box | 48.00 | 4
  PP-BRC | Brochures, folded, 1,000 | 82120000 | each | 386.00 | 6
  PP-PST | Posters, 24 × 36 in, 25 | 82120000 | each | 212.00 | 5
  PP-MAN | Bound manuals, 50 | 82120000 | each | 460.00 | 7
  PP-FLY | Flyers, 5,000 | 82120000 | each | 540.00 | 6
Clearcast Media | 1.6 | CLEARCAST MEDIA 4W777EWAQ2; CLEARCAST MEDIA*9BA2E2
  CM-SOC | Social campaign, one week | 82100000 | each | 500.00 | 2
  CM-VID | Video edit, one minute | 82100000 | each | 740.00 | 8
  CM-PHO | Photo shoot, half day | 82100000 | each | 920.00 | 8
Summit Training | 1.2 | SUMMIT TRAINING; PAYPAL *SUMMIT TRAINING
  ST-FLT | Forklift certification, one person | 86100000 | each | 179.00 | 7
  ST-AID | First aid course, one person | 86100000 | each | 129.00 | 7
  ST-PMC | Project management course | 86100000 | each | 890.00 | 14
  ST-SEC | Security awareness, 50 seats | 86100000 | each | 1150.00 | 5
Ashford Furniture | 1.3 | ASHFORD FURNITURE LTD.; ASHFORD FURNITURE LIMIT
  AF-DSK | Height-adjustable desk, 60 in | 56110000 | each | 589.00 | 12
  AF-CHR | Task chair, adjustable | 56110000 | each | 348.00 | 8
  AF-CAB | Filing cabinet, 3 drawers | 56110000 | each | 219.00 | 8
  AF-TBL | Meeting table, 8 seats | 56110000 | each | 940.00 | 15
  AF-PTN | Acoustic panel, 4 pack | 56110000 | pack | 312.00 | 10
  AF-LMP | Locker, 6 doors | 56110000 | each | 426.00 | 12
Greenway Grounds | 1.9 | SQ *GREENWAY GROUNDS; GREENWAY GROUNDS LLC
  GG-MOW | Lawn service, one visit | 72100000 | each | 180.00 | 3
  GG-SNO | Snow clearing, one visit | 72100000 | each | 260.00 | 1
  GG-TRE | Tree work, one day | 72100000 | each | 980.00 | 10
  GG-MLC | Mulch, 2 cu yd | 30100000 | each | 84.00 | 3
  GG-IRR | Irrigation check, one site | 72100000 | each | 220.00 | 5
Bluebird Cleaning | 1.7 | BLUEBIRD CLEANING #4; BLUEBIRD CLEANING INC
  BC-OFC | Office cleaning, one evening | 76110000 | each | 145.00 | 2
  BC-WIN | Window cleaning, one floor | 76110000 | each | 320.00 | 5
  BC-CRP | Carpet cleaning, 1,000 sq ft | 76110000 | each | 240.00 | 5
Redwood Auto Parts | 2.3 | REDWOOD AUTO PARTS #36; REDWOOD AUTO PARTS 040
  RA-BRK | Brake pad set, van | 25170000 | set | 86.00 | 2
  RA-TIR | All-season tire, van | 25170000 | each | 174.00 | 2
  RA-OIL | Engine oil, 5 qt | 15120000 | each | 34.50 | 1
  RA-WPR | Wiper blades, pair | 25170000 | set | 28.00 | 1
  RA-BTY | Battery, group 65 | 25170000 | each | 189.00 | 1
  RA-FIL | Oil filters, 12 pack | 25170000 | case | 92.00 | 2
  RA-JMP | Jump starter, 12 V | 25170000 | each | 148.00 | 2
Quarry Fuel | 3.1 | QUARRY FUEL 574243552; QUARRY FUEL 574267985; QUARRY FUEL
  QF-DSL | Diesel, delivered, 100 gal | 15100000 | each | 398.00 | 1
  QF-CRD | Fuel card, 50 | 15100000 | each | 50.00 | 1
  QF-PRP | Propane exchange, 20 lb | 15100000 | each | 26.00 | 1
Ironbridge Lifts | 0.9 | IRONBRIDGE LIFTS; IRONBRIDGE LIFTS CORP
  IL-PJK | Pallet jack, 5,500 lb | 24100000 | each | 449.00 | 6
  IL-CRT | Platform cart, 1,200 lb | 24100000 | each | 168.00 | 4
  IL-RNT | Scissor lift rental, one week | 24100000 | week | 410.00 | 3
  IL-RAC | Pallet rack, starter bay | 24110000 | each | 364.00 | 9
  IL-BIN | Stacking bins, 24 pack | 24110000 | pack | 118.00 | 4
  IL-DLY | Hand truck, folding | 24100000 | each | 94.00 | 3
Signal & Byte | 1.5 | SIGNAL & BYTE INC; SIGNAL AND BYTE INC.
  SB-SW24 | Switch, 24 ports, PoE | 43220000 | each | 789.00 | 6
  SB-AP6 | Access point, Wi-Fi 6 | 43220000 | each | 249.00 | 5
  SB-CAT | Network cable, 1,000 ft | 43220000 | box | 168.00 | 3
  SB-FPG | FPGA development board | 32100000 | each | 389.00 | 9
  SB-MCU | Microcontroller kit, 10 boards | 32100000 | set | 146.00 | 6
  SB-SEN | Sensor assortment, 37 pieces | 32100000 | set | 59.00 | 5
  SB-SLD | Soldering station | 27110000 | each | 139.00 | 5
  SB-PSU | Bench power supply 30 V | 39120000 | each | 268.00 | 6
  SB-JTG | Debug probe, JTAG | 32100000 | each | 498.00 | 7
Cloudmark Software | 1.4 | CLOUDMARK SOFTWARE*8K2J1; PAYPAL *CLOUDMARK SOFTWARE
  CS-DSG | Design suite, one seat, one year | 43230000 | each | 659.00 | 1
  CS-CAD | CAD licence, one seat, one year | 43230000 | each | 1680.00 | 1
  CS-CRM | Customer database, 5 seats, one month | 43230000 | each | 225.00 | 1
  CS-BCK | Backup storage 1 TB, one month | 43230000 | each | 22.00 | 1
  CS-SIG | Electronic signatures, 100 | 43230000 | each | 120.00 | 1
  CS-PRJ | Project boards, 20 seats, one month | 43230000 | each | 260.00 | 1
Wexford Workwear | 1.0 | WEXFORD WORKWEAR #12; WEXFORD WORKWEAR
  WW-JKT | Work jacket, insulated, logo | 53100000 | each | 124.00 | 8
  WW-TRS | Work trousers, knee pads | 53100000 | each | 78.00 | 6
  WW-BTS | Safety boots | 53100000 | pair | 146.00 | 5
  WW-TSH | T-shirts, logo, 12 pack | 53100000 | pack | 132.00 | 10
  WW-CAP | Caps, logo, 24 pack | 53100000 | pack | 168.00 | 10
"""


# The same thing from several suppliers: its maker and the maker's number.
_MAKERS = {
    "KX-10R": ("Torvex", "TX10-256"),
    "BL-T10": ("Torvex", "TX10-256"),
    "TD-5510": ("Torvex", "TX10-256"),
    "HT-1820": ("Ostara", "D18-2B"),
    "OP-31": ("Calibre", "LDM-165"),
}


def suppliers() -> tuple[DemoSupplier, ...]:
    """Return the suppliers, in the order of the catalog."""
    return tuple(_suppliers())


def _suppliers() -> Iterator[DemoSupplier]:
    blocks: list[tuple[str, list[str]]] = []
    for line in _CATALOG.strip("\n").splitlines():
        if line.startswith("  "):
            blocks[-1][1].append(line)
        else:
            blocks.append((line, []))
    for head, items in blocks:
        name, weight, spellings = (part.strip() for part in head.split("|"))
        slug = "".join(one for one in name.lower() if one.isalnum())
        yield DemoSupplier(
            name=name,
            email=f"orders@{slug}.example",
            weight=float(weight),
            spellings=(name, *(one.strip() for one in spellings.split(";"))),
            offers=tuple(_offer(name, line) for line in items),
        )


def _offer(supplier: str, line: str) -> Offer:
    sku, title, category, unit, price, days = (part.strip() for part in line.split("|"))
    maker = _MAKERS.get(sku, ("", ""))
    return Offer(supplier, sku, title, category, unit, Decimal(price), int(days), *maker)
