"""How approval rules find categories and suppliers: by text, and by what a rule has stored."""

from collections.abc import Collection
from uuid import UUID

from approvals.vocabulary import CATEGORIES, SUPPLIERS, Term, register
from catalogs import selectors


class Categories:
    """The categories, by code."""

    def find(self, words: str, *, limit: int) -> list[Term]:
        """Return categories whose name or code holds every word, wider ones first. One query."""
        return [
            Term(found.code, found.name, found.code)
            for found in selectors.find_categories(words, limit=limit)
        ]

    def labels(self, values: Collection[str]) -> dict[str, str]:
        """Return the names of categories by their code. One SQL query."""
        return {code: ref.name for code, ref in selectors.categories_by_code(values).items()}

    def paths(self, values: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the codes above each category, the widest first, and its own. One SQL query."""
        return {code: ref.path for code, ref in selectors.categories_by_code(values).items()}


class Suppliers:
    """The suppliers, by id."""

    def find(self, words: str, *, limit: int) -> list[Term]:
        """Return suppliers whose name or spelling holds every word, by name. One SQL query."""
        return [
            Term(str(found.id), found.name)
            for found in selectors.find_suppliers(words, limit=limit)
        ]

    def labels(self, values: Collection[str]) -> dict[str, str]:
        """Return the names of suppliers by their id; what is no id has none. One SQL query."""
        ids = [one for one in map(_uuid, values) if one is not None]
        return {str(key): name for key, name in selectors.supplier_names(ids).items()}

    def paths(self, values: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return each supplier alone: none stands above another."""
        return {value: (value,) for value in values}


def register_vocabularies() -> None:
    """Let approval rules name what catalogs keep."""
    register(CATEGORIES, Categories())
    register(SUPPLIERS, Suppliers())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
