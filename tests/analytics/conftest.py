"""What the tests of insights share."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories.accounts import NOW
from tests.factories.analytics import Books, make_books


@pytest.fixture
def books(db: None) -> Books:
    """Return a company with spend in every direction."""
    return make_books()


@pytest.fixture
def neighbour(db: None) -> Books:
    """Return another tenant with the same spend."""
    return make_books("Southwind Works")


@pytest.fixture
def november(db: None) -> Iterator[None]:
    """Have pages be opened on the day that the factories work on."""
    with time_machine.travel(NOW, tick=False):
        yield
