import pytest

from accounts.models import User
from approvals import tasks
from approvals.models import StageSeat
from procurement.core.jobs import periodic_tasks
from tests.factories.accounts import Company, make_member, seat
from tests.factories.approvals import Answered, ask, make_governed_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def left() -> Company:
    """A company whose supervisor has lost the sign-in while an order waits for them."""
    company = make_governed_company()
    with company.scope():
        grace = make_member(company.organization, company.root, "Grace Manager")
        seat(company.organization, "supervisor", company.root, grace)
        ask(company)
        User.objects.filter(id=company.people["Bob"].user_id).update(is_active=False)
    return company


def test_the_sweep_seats_others_and_repeating_it_changes_nothing(
    left: Company, handler: Answered
) -> None:
    organization_id = str(left.organization.id)
    assert tasks.reseat(organization_id=organization_id) == 1
    assert tasks.reseat(organization_id=organization_id) == 0
    with left.scope():
        asked = StageSeat.objects.filter(vacated_at__isnull=True)
        assert [found.membership.user.name for found in asked] == ["Grace Manager"]


def test_the_sweep_runs_for_every_organization() -> None:
    assert "approvals.reseat" in periodic_tasks()
