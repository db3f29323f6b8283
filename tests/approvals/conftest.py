from collections.abc import Iterator

import pytest

from tests.factories.accounts import Company, make_company
from tests.factories.approvals import Answered, answering, publish


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    """The cast's company with the typical policy in force, its scope open."""
    made = make_company()
    with made.scope():
        publish(made)
        yield made


@pytest.fixture
def handler() -> Iterator[Answered]:
    with answering() as answered:
        yield answered
