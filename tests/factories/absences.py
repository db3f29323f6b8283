"""Absences for tests, made through the service."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import OrgGroup
from approvals import services
from approvals.models import Delegation
from tests.factories.accounts import NOW, Company


def away(
    company: Company,
    name: str,
    deputy: str,
    *,
    by: str = "",
    starts_at: datetime = NOW,
    ends_at: datetime = NOW + timedelta(days=9),
    groups: Sequence[OrgGroup] = (),
    up_to: str = "",
    now: datetime = NOW,
) -> Delegation:
    """Have somebody of the cast decide for another, by default set by whoever is away."""
    return services.set_delegation(
        actor=company.actor(by or name),
        membership=company.people[name],
        deputy=company.people[deputy],
        terms=services.AbsenceTerms(
            starts_at=starts_at,
            ends_at=ends_at,
            groups=tuple(groups),
            up_to=Decimal(up_to) if up_to else None,
            reason="Holiday",
        ),
        now=now,
    ).delegation
