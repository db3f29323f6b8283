import pytest
from django.db import connection
from django.db.models import Q

from accounts.models import Membership, Organization, RoleGrant
from procurement.audit.models import AuditEvent
from procurement.core import writes
from tests.factories.accounts import make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def is_prepared(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = %s", [statement]
        )
        return bool(cursor.fetchone() == (1,))


def test_a_statement_is_prepared_where_that_is_asked_and_planned_anew_where_not() -> None:
    writes.execute("SELECT 1 AS prepared")
    writes.execute("SELECT 1 AS planned_anew", prepare=False)
    assert is_prepared("SELECT 1 AS prepared")
    assert not is_prepared("SELECT 1 AS planned_anew")


def test_a_statement_in_a_batch_is_prepared_too() -> None:
    with writes.batch():
        writes.execute("SELECT 1 AS batched")
    assert is_prepared("SELECT 1 AS batched")


def test_what_the_orm_asks_is_never_prepared() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        before = cursor.fetchone()
    for _ in range(10):
        list(Organization.objects.filter(Q(slug="nobody")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == before


def test_what_goes_to_the_driver_as_it_is_is_what_the_orm_would_send() -> None:
    company = make_company()
    with company.scope():
        rows = (RoleGrant.objects.first(), Membership.objects.first(), AuditEvent.objects.first())
        for row in (*rows, company.root):
            assert row is not None
            plain = [
                field for field, is_plain in writes._insert_statement(type(row))[1] if is_plain
            ]
            assert plain
            for field in plain:
                value = getattr(row, field.attname)
                assert field.get_db_prep_save(value, connection) == value
