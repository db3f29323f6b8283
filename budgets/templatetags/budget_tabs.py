"""The tabs of budgets and what goes with them, the same on every page of the section."""

from typing import Any

from django import template
from django.template.context import Context

from accounts.permissions import Permission
from accounts.selectors import root_group

register = template.Library()


@register.inclusion_tag("budgets/_tabs.html", takes_context=True)
def budget_tabs(context: Context, here: str, *, below: bool = False) -> dict[str, Any]:
    """Render the tabs that the reader may open, with the one marked that a page belongs to.

    ``here`` names that tab, and ``below`` says that the page is one further down. One SQL query for
    those who keep budgets, else none.
    """
    request = context["request"]
    actor = request.actor
    keeps = actor.can_anywhere(Permission.MANAGE_BUDGETS)
    return {
        "request": request,
        "here": here,
        "current": "true" if below else "page",
        "sees": actor.can_anywhere(Permission.VIEW_BUDGETS),
        "keeps": keeps,
        "runs": keeps and actor.can(Permission.MANAGE_BUDGETS, root_group().path),
    }
