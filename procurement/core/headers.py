"""The heads of columns, as people and programs write them."""

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "ł": "l", "&": " ", "№": " no "})


def plain(header: str) -> str:
    """Reduce a header to lower-case ASCII words: ``PostingDate`` and ``posting_date`` are one."""
    spaced = _CAMEL.sub(" ", header.lstrip("\ufeff").strip())
    decomposed = unicodedata.normalize("NFKD", spaced.translate(_LETTERS).lower())
    ascii_only = decomposed.encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", ascii_only).split())
