from datetime import timedelta

import pytest

from accounts.models import Organization
from procurement.audit import tasks
from procurement.audit.models import AuditEvent, AuditSeal
from procurement.core import jobs, tenancy
from tests.audit.conftest import settle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_the_worker_seals_every_minute(organization: Organization) -> None:
    settle(organization)
    assert jobs.periodic_tasks()["audit.seal_events"].interval == timedelta(minutes=1)
    assert tasks.seal_events(organization_id=str(organization.id)) == 1
    with tenancy.scope(organization.id):
        assert AuditSeal.objects.get().event_ids == [AuditEvent.objects.get().id]
