"""Findings of the check of a policy, as its editor shows them."""

from collections.abc import Iterable

from django import template

from approvals.checking import Finding

register = template.Library()


@register.filter
def at(findings: Iterable[Finding] | None, place: str) -> list[Finding]:
    """Return the findings of one place of the document, such as ``tiers.1.stages.0``."""
    return [finding for finding in findings or () if finding.where == place]
