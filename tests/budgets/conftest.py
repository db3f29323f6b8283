from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.factories.accounts import NOW, Company, make_company


@pytest.fixture
def clock_stands() -> Iterator[None]:
    """Have the product read the moment at which the tests' documents are made."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> Company:
    """Return the company with its cast; no scope is open."""
    return make_company()


def signed_in(company: Company, name: str) -> Client:
    client = Client()
    client.force_login(
        company.people[name].user, "allauth.account.auth_backends.AuthenticationBackend"
    )
    return client
