"""What a budget is limited to and how it is held, in words for pages."""

from django import template

from budgets.models import Budget
from budgets.selectors import terms_of, words_of_scope
from budgets.terms import rules_in_words

register = template.Library()


@register.filter
def scope_in_words(budget: Budget) -> str:
    """Say what a budget is limited to; nothing where everything counts."""
    return words_of_scope(budget)


@register.filter
def rules_of(budget: Budget) -> tuple[str, ...]:
    """Return how a budget is held, in sentences."""
    return rules_in_words(terms_of(budget))
