"""The words that people type into a search (pure), made like the words of the search vector.

`catalogs.models.expressions.PlainWords` does the same in SQL.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8


def plain_words(text: str) -> list[str]:
    """Return the first words of a text in lower case, without accents and punctuation.

    At most eight: who pastes a page is served by its start.
    """
    folded = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return _WORD.findall(bare)[:MOST_WORDS]
