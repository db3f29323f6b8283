"""A company with a small catalog, in its scope."""

from collections.abc import Iterator

import pytest

from tests.factories.accounts import Company, make_company
from tests.factories.catalogs import Shop, open_shop


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    company = make_company()
    with company.scope():
        yield company


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    shop = open_shop()
    with shop.company.scope():
        yield shop
