from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from approvals.models import ApprovalRequest
from procurement.core import clock
from tests.factories.accounts import NOW, Company
from tests.factories.approvals import Answered, answering, ask, make_governed_company


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    """The cast's company with the typical policy in force, its scope open."""
    made = make_governed_company()
    with made.scope():
        yield made


@pytest.fixture
def handler() -> Iterator[Answered]:
    with answering() as answered:
        yield answered


@pytest.fixture
def world(handler: Answered) -> Iterator[Company]:
    """That company an hour later, to be looked at from outside."""
    with time_machine.travel(NOW + timedelta(hours=1)):
        company = make_governed_company()
        yield company


@pytest.fixture
def request_(world: Company) -> ApprovalRequest:
    """An order of Alice's, of which Bob has just been asked."""
    with world.scope():
        return ask(world, now=clock.now())
