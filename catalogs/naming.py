"""The many spellings of one supplier's name, folded to one key (pure).

Card networks print a merchant as "THE HOME DEPOT #7080", "SQ *SQ *PIANOTUNER" or
"AMZN MKTP CA*MW4UZ8M50": with branch numbers, payment services, references and towns, cut off at 22
characters. `fold` takes off what does not belong to the name. It would rather leave two spellings
of one firm apart, which a person can fold by hand, than put two firms together.
"""

# ruff: noqa: PLR2004 – every number here is a length of a word or of a list of words

import re
import unicodedata
from functools import lru_cache

from catalogs.towns import PROVINCES, TOWNS


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Services that print themselves before the merchant they collect for.
_COLLECTORS = (
    r"(?:SQ|SQU|SQC|SP|PAYPAL|PP|PYPL|TST|WPY|INT|IN|WAV|EB|DRI|FS|FSP|IZ|IZETTLE|ZETTLE|SUMUP|STRIPE"
    r"|CKE|BBYMARKETPLA|PADDLE NET|2CO COM|KLARNA|MOLLIE|ADYEN|LS|CTLP|PY|CLV|BPS)"
)
_COLLECTED = re.compile(rf"^(?:{_COLLECTORS}\s*\*\s*)+(?=\S)")
# The same without the star, as other banks print it; only what is no word by itself.
_COLLECTED_PLAIN = re.compile(r"^(?:PAYPAL|SQ|SQU|INT IN|WAV|WPY)\s+(?:SQ\s+)?(?=\S{3,})")
_LEGAL = _words_of(
    "INC INCORPORATED LTD LIMITED LIMITEE LTEE LLC LLP LP ULC PLC CORP CORPORATION CO COMPANY GMBH"
    " MBH AG KG SA SAS SARL SRL BV NV PTY OY OYJ APS AS AB SE EURL LDA SL"
)
# What the 22 characters of a card statement leave of a legal form or of an "and".
_CUT_LEGAL = _words_of("IN LT L LIMI LIMIT LIMITE COR CORPO INCORP C AN")
_CUT_AT = 21
_JOINED = frozenset({"AND", "ET", "UND"})
_LEADING = _words_of("OF DE DU DES LA LE AT IN VON CITY TOWN THE FOR TO")
# Words that name nobody by themselves: a town behind them belongs to the name.
_COMMON = _words_of(
    "TAXI SVC SERVICE SERVICES HOTEL INN PUBLIC LIBRARY UNIVERSITY COLLEGE HOSPITAL GENERAL PARKING"
    " SCHOOL TRANSIT PIZZA RESTAURANT MUSEUM AIRPORT CHAMBER CHURCH CLUB RENTALS POLICE FIRE WATER"
    " HYDRO POWER SUPPLY CENTRE CENTER MARKET HARDWARE AUTO AIR DELTA UNITED AMERICAN NATIONAL"
    " CENTRAL ROYAL GRAND PARK LES HOLIDAY TOURISM VISIT"
)
_BILLED_AS = tuple(
    (re.compile(f"^(?:{pattern})$"), name)
    for name, pattern in {
        "AMAZON": r"(?:AMZN|AMAZON)"
        r"(?: (?:MKTP|MKTPL(?:A?CE)?|MARKETPLA?CE|COM|CA|US|UK|DE|FR|AMZN|BI(?:LL)?))*",
        "FACEBOOK": r"(?:FACEBK|FACEBOOK)(?: [A-Z0-9]*[0-9][A-Z0-9]*| [A-Z]{10})?",
        "WALMART": r"(?:WALMART|WAL MART|WMT SUPRCTR|WM SUPERCENTER)"
        r"(?: (?:STORE|SUPERCENTER|CANADA|COM|CA))*",
        "UBER": r"UBER(?: (?:TRIP(?: [A-Z0-9]{5})?|EATS|PENDING|BV|CANADA|HELP\S*|U|CO|COM))*",
        "CANADIAN TIRE": r"(?:CDN|CANADIAN) TIRE(?: STORE)?",
    }.items()
)
_WEB = re.compile(
    r"\b(?:HTTPS?://)?(?:WWW\.)?([A-Z0-9-]{2,})\.(?:COM|CA|NET|ORG|CO\.UK|CO|IO|DE|FR|EU|US)\b(?:/\S*)?"
)
_BRACKETS = re.compile(r"(?<=\S)\s*\([^)]*(?:\)|$)")
_NUMBERED = re.compile(r"(?<=\S)\s*(?:\bNO\.?\s?|\bSTORE\s?)?#\s*[A-Z]?-?\d[\w-]*.*$")
_APOSTROPHES = re.compile(r"['’‘`´]")  # noqa: RUF001 – those that people type
_GENITIVE = re.compile(r"\b(\w{2,}) S\b(?=.)|\b(\w{3,}) S$")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}[A-Z]?\b\.?|\b[A-Z]\.[A-Z]\b\.?")
_NO_WORD = re.compile(r"[^\w]+|_+")
_GLUED = re.compile(r"^(?:(\w*[^\W\d]{4,})\d{4,}[A-Z]{0,2}|([^\W\d]{3})\d{6,})$")


@lru_cache(maxsize=65_536)
def fold(name: str) -> str:
    """Return the key that all spellings of a supplier's name share.

    The key is capital letters and digits with single blanks; '' for a name without either. Folding
    a key again gives the same key.
    """
    key = _fold(name)
    for _ in range(8):
        again = _fold(key)
        if again == key:
            break
        key = again
    return key


def _fold(name: str) -> str:
    text = _capitals(name)
    is_cut = len(" ".join(name.split())) >= _CUT_AT
    bare = _COLLECTED_PLAIN.sub("", _COLLECTED.sub("", text)) or text
    bare = _without_reference(bare)
    bare = _WEB.sub(r"\1 ", bare)
    bare = _NUMBERED.sub("", _BRACKETS.sub(" ", bare))
    words = _words(bare)
    words = _without_ending(words, is_cut=is_cut)
    key = " ".join(words) or " ".join(_words(text))
    for pattern, known in _BILLED_AS:
        key = pattern.sub(known, key)
    return key


def _capitals(name: str) -> str:
    """Take off accents and letter case; scripts without either stay as they are."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o"))
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return " ".join(unicodedata.normalize("NFC", plain).upper().split())


def _without_reference(text: str) -> str:
    """Take off a reference behind a star: ``UPS*1078918669`` is UPS, ``GBC*CANADA`` stays."""
    before, star, after = text.partition("*")
    if not star:
        return text
    first = after.strip().split(" ")[0] if after.strip() else ""
    if not before.strip(" -"):
        return _without_reference(after) if after else text
    if not first or _is_reference(first):
        return before
    glue = "" if before[-1:].isalpha() and after[:1].isalpha() and len(before) <= 4 else " "
    return f"{before}{glue}{_without_reference(after)}"


def _is_reference(word: str) -> bool:
    """Tell whether a word is a number of some document rather than a part of a name."""
    digits = sum(character.isdigit() for character in word)
    letters = sum(character.isalpha() for character in word)
    if not letters:
        return digits >= 3
    if len(word) >= 8 and digits:
        return True
    return (digits >= 2 and len(word) >= 5) or (digits >= 3 and digits == len(word) - 1)


def _words(text: str) -> list[str]:
    text = _APOSTROPHES.sub("", text)
    text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    text = _HYPHEN.sub("", text)
    text = _NO_WORD.sub(" ", text).strip()
    text = _GENITIVE.sub(lambda match: f"{match[1] or match[2]}S", text)
    return [word for word in text.split() if word not in _JOINED]


def _without_ending(words: list[str], *, is_cut: bool) -> list[str]:
    """Take off branch numbers, towns and legal forms from the end, but never the last word."""
    if len(words) > 2 and words[0] == "THE":
        words = words[1:]
    if words and (match := _GLUED.match(words[-1])):
        words = [*words[:-1], match[1] or match[2]]
    was: list[str] = []
    while words != was and len(words) > 1:
        was = words
        words = _without_last(words, is_cut=is_cut)
        is_cut = is_cut and words == was
    return words


def _without_last(words: list[str], *, is_cut: bool) -> list[str]:
    rest, last = words[:-1], words[-1]
    if not _has_name(rest):
        return words
    if last in _LEGAL or (is_cut and last in _CUT_LEGAL):
        return rest
    if _is_reference(last) or (len(last) == 1 and len(rest) > 2):
        return rest
    if last.isdigit() and last.startswith("0"):
        return rest
    if len(rest) > 1 and len(last) <= 3 and _is_reference(rest[-1]) and rest[-1].isdigit():
        return rest[:-1] if _has_name(rest[:-1]) else words
    return _without_town(words)


def _without_town(words: list[str]) -> list[str]:
    """Take off a town with or without its province, where a name of its own stands before it."""
    end = len(words)
    if words[-1] in PROVINCES and len(words) > 2:
        end -= 1
    for size in (3, 2, 1):
        rest = words[: end - size]
        if len(rest) >= 1 and " ".join(words[end - size : end]) in TOWNS:
            is_name = rest[-1] not in _LEADING and any(
                len(word) > 2 and word not in _COMMON for word in rest
            )
            return rest if is_name else words
    return words


def _has_name(words: list[str]) -> bool:
    """Tell whether words still name somebody: one of them has two letters or more in it."""
    return any(sum(character.isalpha() for character in word) >= 2 for word in words)
