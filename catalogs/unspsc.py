"""The shape of UNSPSC codes (pure), and the segments that the product ships.

A code is four pairs of digits: segment, family, class, commodity. Only the codes with short names
in the product's own words are here; an organization loads the licensed code set by itself.
"""

import re
from enum import StrEnum
from functools import lru_cache

_CODE = re.compile(r"\d{8}")


class Level(StrEnum):
    """How deep a category lies. ``OWN`` is an organization's own category, at any depth."""

    SEGMENT = "SEGMENT"
    FAMILY = "FAMILY"
    CLASS = "CLASS"
    COMMODITY = "COMMODITY"
    OWN = "OWN"


SEGMENTS = {
    "10000000": "Plants and animals",
    "11000000": "Minerals and textiles",
    "12000000": "Chemicals and gases",
    "13000000": "Resins, rubber and foam",
    "14000000": "Paper",
    "15000000": "Fuels and lubricants",
    "20000000": "Mining machinery",
    "21000000": "Farming and forestry machinery",
    "22000000": "Construction machinery",
    "23000000": "Manufacturing machinery",
    "24000000": "Handling and storage equipment",
    "25000000": "Vehicles and parts",
    "26000000": "Power generation",
    "27000000": "Tools",
    "30000000": "Building materials",
    "31000000": "Manufacturing components",
    "32000000": "Electronic components",
    "39000000": "Electrical and lighting",
    "40000000": "Plumbing, heating and pumps",
    "41000000": "Laboratory and measuring",
    "42000000": "Medical",
    "43000000": "IT and telecommunications",
    "44000000": "Office supplies and equipment",
    "45000000": "Printing, photo and audio-visual",
    "46000000": "Safety and security",
    "47000000": "Cleaning supplies",
    "48000000": "Service industry equipment",
    "49000000": "Sports and recreation",
    "50000000": "Food and drink",
    "51000000": "Drugs",
    "52000000": "Appliances and consumer electronics",
    "53000000": "Clothing, luggage and personal care",
    "54000000": "Watches and jewelry",
    "55000000": "Publications",
    "56000000": "Furniture",
    "57000000": "Relief goods",
    "60000000": "Teaching, music, games and crafts",
    "64000000": "Financial contracts",
    "70000000": "Farming and landscaping services",
    "71000000": "Mining and oil services",
    "72000000": "Building and maintenance services",
    "73000000": "Manufacturing services",
    "76000000": "Cleaning and waste services",
    "77000000": "Environmental services",
    "78000000": "Transport, storage and mail",
    "80000000": "Business and administrative services",
    "81000000": "Engineering, research and IT services",
    "82000000": "Design, editorial and media services",
    "83000000": "Utilities and public services",
    "84000000": "Financial and insurance services",
    "85000000": "Health services",
    "86000000": "Education and training",
    "90000000": "Travel, meals and events",
    "91000000": "Personal services",
    "92000000": "Public order and safety services",
    "93000000": "Civic affairs",
    "94000000": "Organizations and clubs",
    "95000000": "Land and buildings",
}


def is_unspsc(code: str) -> bool:
    """Tell whether a code has the shape of UNSPSC: eight digits."""
    return _CODE.fullmatch(code) is not None


@lru_cache(maxsize=32_768)
def lineage(code: str) -> tuple[str, ...]:
    """Return the codes from the segment down to a code, itself last.

    A code of another shape is its own only ancestor. Pairs of zeros mean "all of the level above",
    so ``43210000`` gives its segment and itself.
    """
    if not is_unspsc(code):
        return (code,)
    found: list[str] = []
    for digits in (2, 4, 6, 8):
        ancestor = code[:digits].ljust(8, "0")
        if ancestor not in found:
            found.append(ancestor)
    return tuple(found)


def level_of(code: str) -> Level:
    """Return the level that a code's trailing zeros say; a code of another shape is ``OWN``."""
    if not is_unspsc(code):
        return Level.OWN
    depth = (len(code.rstrip("0")) + 1) // 2
    return (Level.SEGMENT, Level.SEGMENT, Level.FAMILY, Level.CLASS, Level.COMMODITY)[depth]
