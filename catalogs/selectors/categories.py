"""Categories, and what other systems' codes stand for."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from catalogs.models import Category, CategoryMapping


@dataclass(frozen=True, slots=True)
class CategoryRef:
    """A category as an order line refers to it; ``path`` is what guidance looks at."""

    category_id: UUID
    code: str
    name: str
    path: tuple[str, ...]


def mapped_categories(scheme: str) -> dict[str, CategoryRef]:
    """Return the category of each code of a scheme (``GL``, ``MCC``). One SQL query."""
    rows = CategoryMapping.objects.filter(scheme=scheme).select_related("category")
    return {row.source_code: ref(row.category) for row in rows}


def categories_by_code(codes: Collection[str] | None = None) -> dict[str, CategoryRef]:
    """Return categories by their code, all of them without ``codes``. One SQL query."""
    rows = Category.objects.all() if codes is None else Category.objects.filter(code__in=codes)
    return {row.code: ref(row) for row in rows}


def categories_named(wanted: Collection[str]) -> dict[str, CategoryRef]:
    """Return categories by their code or else their name, in whatever case. One SQL query."""
    folded = {one.casefold() for one in wanted}
    rows = Category.objects.annotate(folded=Lower("name")).filter(
        Q(code__in=wanted) | Q(folded__in=folded)
    )
    by_name: dict[str, CategoryRef] = {}
    by_code: dict[str, CategoryRef] = {}
    for row in rows.order_by("code"):
        by_code[row.code] = ref(row)
        by_name.setdefault(row.name.casefold(), ref(row))
    found = {one: by_code.get(one) or by_name.get(one.casefold()) for one in wanted}
    return {one: category for one, category in found.items() if category is not None}


def find_categories(words: str, *, limit: int) -> list[CategoryRef]:
    """Return categories whose name or code holds every word, wider ones first. One SQL query."""
    rows = Category.objects.all()
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return [ref(row) for row in rows.order_by("path__len", "name", "code")[:limit]]


def ref(category: Category) -> CategoryRef:
    """Return a category as others refer to it."""
    return CategoryRef(category.id, category.code, category.name, tuple(category.path))
