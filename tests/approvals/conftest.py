from collections.abc import Iterator

import pytest

from tests.factories.accounts import Company
from tests.factories.approvals import Answered, answering, make_governed_company


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
