"""Addresses within the organization of the request."""

from typing import Any

from django import template
from django.template.context import Context

from accounts.web import org_reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def org_url(context: Context, name: str, **kwargs: Any) -> str:
    """Return the address of a page of the organization: ``{% org_url 'budgets:list' %}``."""
    organization = context.get("organization") or context["request"].organization
    return org_reverse(organization, name, **kwargs)
