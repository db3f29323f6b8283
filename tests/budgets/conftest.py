from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.budgets.asking import Books
from tests.factories.accounts import NOW, Company, make_company


@pytest.fixture
def clock_stands() -> Iterator[None]:
    """Have the product read the moment at which the tests' documents are made."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    """Return the company with its cast, its scope open."""
    made = make_company()
    with made.scope():
        yield made


@pytest.fixture
def books(db: None) -> Iterator[Books]:
    """Return the books an hour later, and have the product read that."""
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield Books()


@pytest.fixture
def world() -> Company:
    """Return the company with its cast; no scope is open."""
    return make_company()
