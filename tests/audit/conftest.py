"""What the tests of the trail share."""

import time

import pytest

from accounts.models import Organization
from procurement.audit import selectors
from procurement.audit.models import AuditEvent
from procurement.audit.selectors import START
from procurement.core import tenancy
from tests.factories.accounts import make_organization


@pytest.fixture
def organization(transactional_db: None) -> Organization:
    """Return an organization whose opening is the first event of its trail."""
    return make_organization()


def settle(organization: Organization, within: float = 120.0) -> None:
    """Wait until all events are settled: transactions of other databases hold the horizon too."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with tenancy.scope(organization.id):
            settled = selectors.settled_after(START, organization.id).count()
            if settled == AuditEvent.objects.count():
                return
        time.sleep(0.05)
    pytest.fail(f"Some transaction of this server has been running for {within} seconds.")
