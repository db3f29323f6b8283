"""The worker's way through a batch, and the sweeper that takes up what a stopped one has left."""

import pytest

from accounts import services, tasks
from accounts.models import InvitationBatch
from procurement.core import jobs
from procurement.outbox.models import OutboxMessage
from tests.accounts.invited import check
from tests.factories.accounts import NOW, Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Company:
    return make_company()


def sending(company: Company, people: int) -> InvitationBatch:
    with company.scope():
        batch = check(company, " ".join(f"p{number}@example.com" for number in range(people)))
        return services.send_invitations(actor=company.actor("Adam"), batch=batch, now=NOW)


def test_a_batch_is_sent_in_steps_each_in_a_scope_of_its_own(company: Company) -> None:
    batch, organization_id = sending(company, 205), str(company.organization.id)
    for steps in (2, 1):
        assert (
            tasks.send_invitations(organization_id=organization_id, batch_id=str(batch.id)) == steps
        )
    with company.scope():
        batch.refresh_from_db()
        assert (batch.status, batch.processed) == (InvitationBatch.Status.DONE, 205)
        assert OutboxMessage.objects.filter(template="invitation").count() == 205


def test_what_a_stopped_worker_has_left_is_taken_up_within_a_minute(company: Company) -> None:
    batch, organization_id = sending(company, 3), str(company.organization.id)
    assert jobs.periodic_tasks()["accounts.resume_invitations"].interval.total_seconds() == 60
    assert tasks.resume_invitations(organization_id=organization_id) == 1
    tasks.send_invitations(organization_id=organization_id, batch_id=str(batch.id))
    assert tasks.resume_invitations(organization_id=organization_id) == 0
