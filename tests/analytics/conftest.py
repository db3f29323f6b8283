"""What the tests of insights share."""

import pytest

from tests.factories.analytics import Books, make_books


@pytest.fixture
def books(transactional_db: None) -> Books:
    """Return a company with spend in every direction."""
    return make_books()
