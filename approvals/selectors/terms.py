"""What a rule of a group's policy can name: found by text, and called as people call it."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import OrgGroup
from approvals.checking import Lineage
from approvals.vocabulary import CATEGORIES, Term, vocabulary_of

SHOWN = 8
GROUPS = "groups"
COST_CENTRES = "cost_centres"


def find_terms(group: OrgGroup, kind: str, words: str) -> list[Term]:
    """Return the first things of a kind that hold every word; groups are those below ``group``.

    One SQL query; none without words, and for a kind that nobody keeps.
    """
    if not words.strip():
        return []
    if kind == GROUPS:
        rows = _groups_within(group).exclude(id=group.id)
        return [Term(str(row.id), row.name, row.code) for row in _holding(rows, words)]
    if kind == COST_CENTRES:
        rows = _groups_within(group).exclude(code="")
        found = [Term(row.code, row.code, row.name) for row in _holding(rows, words)]
        return list({term.value: term for term in found}.values())
    vocabulary = vocabulary_of(kind)
    return vocabulary.find(words, limit=SHOWN) if vocabulary else []


def term_labels(kind: str, values: Collection[str]) -> dict[str, str]:
    """Return how people call what a rule names, as far as it exists. One SQL query at most."""
    if not values:
        return {}
    if kind == COST_CENTRES:
        return {value: value for value in values}
    if kind == GROUPS:
        ids = [UUID(value) for value in values if _is_uuid(value)]
        rows = OrgGroup.objects.filter(id__in=ids).values_list("id", "name")
        return {str(key): name for key, name in rows}
    vocabulary = vocabulary_of(kind)
    return vocabulary.labels(values) if vocabulary else {}


def category_lineage(codes: Collection[str]) -> dict[str, Lineage]:
    """Return what stands above categories and how they are called, by code. Two SQL queries."""
    vocabulary = vocabulary_of(CATEGORIES)
    if vocabulary is None or not codes:
        return {}
    labels = vocabulary.labels(codes)
    return {
        code: Lineage(labels.get(code, code), path)
        for code, path in vocabulary.paths(codes).items()
    }


def _groups_within(group: OrgGroup) -> QuerySet[OrgGroup]:
    return OrgGroup.objects.filter(path__contains=[group.id], is_active=True)


def _holding(rows: QuerySet[OrgGroup], words: str) -> QuerySet[OrgGroup]:
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return rows.order_by("name", "id")[:SHOWN]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
