"""Saying who decides while somebody is away: what is refused, who may, and what is warned of."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import services as accounts
from accounts.models import Role
from approvals import services
from approvals.models import Delegation
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.absences import away
from tests.factories.accounts import NOW, Company, make_member, system

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = NOW + timedelta(hours=2)

# Setting it


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"deputy": "Bob"}, "deputy"),
        ({"starts_at": NOW + timedelta(days=10)}, "ends_at"),
        ({"starts_at": NOW - timedelta(days=3), "ends_at": NOW}, "ends_at"),
        ({"up_to": "-1"}, "up_to"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    company: Company, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        away(company, "Bob", **{"deputy": "Tom", **changed})
    assert refusal.value.field == field


def test_nobody_without_access_stands_in(company: Company) -> None:
    company.people["Sam"] = make_member(company.organization, company.root, "Sam Gone")
    accounts.suspend_member(
        actor=system(company.organization),
        membership=company.people["Sam"],
        reason="Left",
        now=NOW,
    )
    with pytest.raises(DomainError) as refusal:
        away(company, "Bob", "Sam")
    assert refusal.value.field == "deputy"


def test_others_set_it_only_where_they_manage_people(company: Company) -> None:
    assert away(company, "Bob", "Tom", by="Adam").source == Delegation.Source.ADMINISTRATOR
    with pytest.raises(NotAllowed):
        away(company, "Bob", "Tom", by="Erin")
    carla = make_member(
        company.organization,
        company.groups["Engineering"],
        "Carla Keeper",
        Role.ADMINISTRATOR,
    )
    company.people["Carla"] = carla
    with pytest.raises(NotAllowed):
        away(company, "Bob", "Tom", by="Carla")


def test_others_end_it_only_where_they_manage_people(company: Company) -> None:
    delegation = away(company, "Bob", "Tom")
    for name in ("Tom", "Erin"):
        with pytest.raises(NotFound):
            services.end_delegation(
                actor=company.actor(name), delegation_id=delegation.id, now=LATER
            )
    for _ in range(2):
        services.end_delegation(actor=company.actor("Adam"), delegation_id=delegation.id, now=LATER)
    assert Delegation.objects.get().ended_at == LATER
    actions = AuditEvent.objects.filter(action__startswith="delegation.").order_by("id")
    assert [event.action for event in actions] == ["delegation.set", "delegation.ended"]


def test_a_chain_that_only_leads_back_is_warned_of(company: Company) -> None:
    away(company, "Tom", "Bob")
    outcome = services.set_delegation(
        actor=company.actor("Bob"),
        membership=company.people["Bob"],
        deputy=company.people["Tom"],
        terms=services.AbsenceTerms(NOW, NOW + timedelta(days=2)),
        now=NOW,
    )
    assert "Tom Technician is away then, too" in outcome.warning
