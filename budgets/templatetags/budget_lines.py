"""Lines of the ledger in words, for templates."""

from django import template

from budgets.line_words import line_words as words_of
from budgets.models import LedgerEntry

register = template.Library()


@register.simple_tag
def line_words(line: LedgerEntry, currency: str) -> str:
    """Say what a line moved."""
    used = line.delta_reserved + line.delta_committed + line.delta_spent
    return words_of(line.kind, line.delta_cap, currency, used=used)
